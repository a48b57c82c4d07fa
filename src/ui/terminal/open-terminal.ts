import { FitAddon } from '@xterm/addon-fit';
import { Terminal, type ITheme } from '@xterm/xterm';
import { tokenReader } from '../kit/theme-tokens.ts';
import { ConsoleScreen, type Worker } from './console-screen.ts';
import { LineHistory } from './line-history.ts';

const SCROLLBACK = 5000;
/** WCAG AA for text. */
const CONTRAST = 4.5;
const FONT_PX = 12;
/** Keys the page has its own use for, wherever the focus is. */
const PAGE_KEYS = (event: KeyboardEvent): boolean =>
  (event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === 'k';

const HOW_TO_LEAVE =
  'Tab completes a word. Escape and then Tab, or Shift and Tab, leave the console.';

/** Tab completes, so a console would keep whoever has no mouse: behind Escape it moves the focus. */
function tabLeaves(): (event: KeyboardEvent) => boolean {
  let escaped = false;
  return ({ type, key, shiftKey }) => {
    if (type !== 'keydown') return false;
    const isLeaving = key === 'Tab' && (shiftKey || escaped);
    escaped = key === 'Escape';
    return isLeaving;
  };
}

/** A terminal in the page, and the console it shows. */
export interface OpenTerminal {
  readonly screen: ConsoleScreen;
  readonly fit: () => void;
  /** Takes the colours of the theme; runs again when that changes, inside an effect. */
  readonly dress: () => void;
  readonly focus: () => void;
  readonly close: () => void;
}

/** Whose console it is, and who answers. */
interface Console {
  readonly kernel: string;
  /** Of the kernel, for its hue. */
  readonly index: number;
  readonly worker: Worker;
}

/** Opens a terminal inside an element. */
export function openTerminal(
  element: HTMLElement,
  { kernel, index, worker }: Console,
): OpenTerminal {
  const terminal = new Terminal({
    ...{ scrollback: SCROLLBACK, minimumContrastRatio: CONTRAST, fontSize: FONT_PX },
    ...{ screenReaderMode: true, cursorBlink: false, cursorInactiveStyle: 'outline' },
    ...{ fontFamily: tokenReader()('--mono'), lineHeight: 1.25, theme: themeOf(index) },
    // Text is turned into lines for a terminal before it is written.
    convertEol: false,
  });
  const fitted = new FitAddon();
  terminal.loadAddon(fitted);
  terminal.open(element);
  terminal.textarea?.setAttribute('aria-label', `Console of ${kernel}`);
  terminal.textarea?.setAttribute('aria-description', HOW_TO_LEAVE);
  const leaves = tabLeaves();
  terminal.attachCustomKeyEventHandler((event) => !PAGE_KEYS(event) && !leaves(event));

  const history = new LineHistory(kernel, storage());
  const prompt = `\x1b[1m${kernel}#`;
  const paint = (text: string): string => text.replaceAll(prompt, `\x1b[1;36m${kernel}#`);
  const screen = new ConsoleScreen(terminal, worker, history, paint);
  terminal.onData((data) => screen.feed(data));

  const fit = (): void => {
    if (element.clientWidth > 0 && element.clientHeight > 0) fitted.fit();
  };
  const observer = new ResizeObserver(fit);
  observer.observe(element);
  return {
    ...{ screen, fit },
    dress: () => (terminal.options.theme = themeOf(index)),
    focus: () => terminal.focus(),
    close: () => {
      observer.disconnect();
      terminal.dispose();
    },
  };
}

/** The page's colours for the few a console uses; cyan is the kernel's own. */
function themeOf(kernel: number): ITheme {
  const token = tokenReader();
  const hue = token(`--kernel-${kernel % 8}`);
  const [danger, good, ink, quiet] = ['--danger-ink', '--good', '--ink', '--ink-3'].map(token) as [
    string,
    string,
    string,
    string,
  ];
  const background = token('--stage');
  return {
    ...{ background, foreground: ink, cursor: ink, cursorAccent: background },
    selectionBackground: token('--line-strong'),
    ...{ red: danger, brightRed: danger, green: good, brightGreen: good },
    ...{ yellow: token('--kernel-3'), brightYellow: token('--kernel-3') },
    ...{ blue: token('--message-pfn'), brightBlue: token('--message-pfn') },
    ...{ cyan: hue, brightCyan: hue, brightBlack: quiet, white: ink, brightWhite: ink },
  };
}

/** Storage, where it is allowed. */
function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
