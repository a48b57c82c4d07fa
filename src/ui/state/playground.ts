import { catalogue } from 'virtual:scenarios';
import type { Compared } from '../../worker/compare-protocol.ts';
import type { Calls, Source } from '../../worker/protocol.ts';
import { tick } from 'svelte';
import type { Breakpoint } from './breakpoints.svelte.ts';
import type { Session } from './session.svelte.ts';

/** What `load` takes besides the lesson. */
interface LoadOptions {
  readonly seed?: number;
  readonly profile?: string;
}

/** `window.playground`: lets a test, a teacher's script or the console drive the page. */
export interface Playground {
  /** Resolves once the first lesson is loaded, drawn and paused. */
  readonly ready: Promise<void>;
  /** A bundled lesson by name, or the text of one. Rejects when it is refused. */
  load(nameOrText: string, options?: LoadOptions): Promise<void>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** So many steps on; resolves when they are done, or where `pause` or a breakpoint ends them. */
  step(n?: number): Promise<void>;
  /** To any step; resolves there, or where `pause` ends it. A newer wish takes the place of this one. */
  seek(step: number): Promise<void>;
  /** Runs until a claim is true; tells whether it became so. */
  runUntil(claim: string, options?: { readonly maxSteps?: number }): Promise<boolean>;
  evaluate(expression: string): Promise<unknown>;
  /** Types a line on a kernel's console and waits until the command is over. */
  type(kernel: string, line: string): Promise<Calls['type']['answer']>;
  /**
   * Stops the run when that comes true or happens: a line as the Breaks tab takes it. Answers its
   * number; rejects with the place when the line means nothing.
   */
  addBreakpoint(line: string): Promise<number>;
  /** False when there is none of that number. */
  removeBreakpoint(id: number): boolean;
  /** All there are, with how often each has stopped the run. */
  breakpoints(): readonly Breakpoint[];
  /**
   * Back to the last moment before this one at which that line, or else any breakpoint, would have
   * stopped the run. False when there is none: the run then stays where it is.
   */
  runBack(line?: string): Promise<boolean>;
  /** Hash of the whole state: 16 lower-case hex digits. */
  hash(): Promise<string>;
  state(): Promise<Calls['state']['answer']>;
  /** The futures of this lesson that were tried; the one that runs is `current`. */
  branches(): Promise<Calls['branches']['answer']>;
  /** Runs the branch of a name, to its end. Rejects when there is none. */
  switchTo(name: string): Promise<void>;
  /** Follows two branches to their ends: where they part, and that in a sentence. */
  compare(a: string, b: string): Promise<Pick<Compared, 'sentence' | 'parting' | 'first'>>;
}

declare global {
  interface Window {
    playground: Playground;
  }
}

/** A bundled lesson when there is one of that name, else the text of a lesson. */
const sourceOf = (nameOrText: string): Source =>
  catalogue.some(({ name }) => name === nameOrText) || !nameOrText.includes('\n')
    ? { kind: 'bundled', name: nameOrText }
    : { kind: 'text', text: nameOrText, file: 'scenario.md' };

/** Puts `window.playground` in place. `ready` comes from whoever loads the first lesson. */
export function installPlayground(session: Session, ready: Promise<unknown>): void {
  /** Whatever the page asks about a moment when it draws it is answered before the `ping` behind it. */
  const drawn = async (): Promise<void> => {
    await tick();
    await session.ask('ping', {});
    await tick();
  };
  const shown = async (frame: Promise<Calls['step']['answer']>): Promise<void> => {
    await session.show(await frame);
    await drawn();
  };
  window.playground = {
    ready: ready.then(tick),
    load: (nameOrText, options = {}) =>
      session.loadOrThrow({ source: sourceOf(nameOrText), ...options }).then(tick),
    play: () => session.play().then(tick),
    pause: () => session.pause().then(tick),
    step: (count = 1) => shown(session.ask('step', { count })),
    seek: (step) => session.seek(step).then(drawn),
    async runUntil(claim, options = {}) {
      const { reached, frame } = await session.ask('runUntil', { claim, ...options });
      await shown(Promise.resolve(frame));
      return reached;
    },
    evaluate: (expression) => session.ask('evaluate', { expression }),
    type: (kernel, line) => session.type(kernel, line),
    async addBreakpoint(line) {
      const { id } = await session.breakpoints.add(line);
      await tick();
      return id;
    },
    removeBreakpoint: (id) => session.breakpoints.remove(id),
    breakpoints: () => session.breakpoints.list.map((one) => ({ ...one })),
    async runBack(line) {
      const found = await session.runBackOrThrow(line === undefined ? undefined : [line]);
      await tick();
      return found;
    },
    hash: () => session.ask('hash', {}),
    state: () => session.ask('state', {}),
    branches: () => session.ask('branches', {}),
    async switchTo(name) {
      const { switchToNamed } = await import('./recordings.ts');
      await switchToNamed(session, name).then(tick);
    },
    async compare(a, b) {
      const { compareBranches } = await import('../views/Compare/compare-branches.ts');
      return compareBranches(session, a, b);
    },
  };
}
