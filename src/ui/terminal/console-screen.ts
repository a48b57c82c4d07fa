import { LineEditor, type Completion } from './line-editor.ts';
import type { LineHistory } from './line-history.ts';
import { appended, columns, draw, erase, forTerminal, NOT_DRAWN, type Drawn } from './prompt.ts';

/** The part of a terminal a screen writes to. */
export interface Screen {
  readonly cols: number;
  write(data: string): void;
  reset(): void;
}

/** What the screen asks the worker for. */
export interface Worker {
  /** Runs a line; rejects with a sentence when it is refused. */
  type(line: string): Promise<unknown>;
  complete(line: string): Promise<Completion>;
  /** Ends the command that runs; rejects when there is none. */
  interrupt(): Promise<unknown>;
}

/** Keys typed while a command runs that are kept for later; more is a cat on the keyboard. */
const AHEAD_MAX = 4096;
const TOO_MUCH = `More than ${AHEAD_MAX} characters at once: the rest was left out.`;
const RED = '\x1b[31m';
const PLAIN = '\x1b[0m';
const CLEAR = '\x1b[2J\x1b[3J\x1b[H';

/**
 * A console's text as the worker has it, and the line being typed behind its prompt. The text may
 * go on, or be another one after a jump in time; the line stays. Interprets nothing.
 */
export class ConsoleScreen {
  readonly editor: LineEditor;
  readonly #screen: Screen;
  readonly #worker: Worker;
  readonly #paint: (text: string) => string;
  #text = '';
  /** The last line of the text: what the line being typed stands behind. */
  #prompt = '';
  #drawn: Drawn = NOT_DRAWN;
  /** A command of ours runs, or the console is busy with one of somebody else's. */
  #running = false;
  #busy = false;
  #ahead = '';

  constructor(
    screen: Screen,
    worker: Worker,
    history: LineHistory,
    paint = (text: string) => text,
  ) {
    this.#screen = screen;
    this.#worker = worker;
    this.#paint = paint;
    this.editor = new LineEditor(history);
  }

  /** Shows the text of a moment. */
  show(text: string, busy: boolean): void {
    const more = appended(this.#text, text);
    if (more === '' && busy === this.#busy) return;
    const { cols } = this.#screen;
    this.#busy = busy;
    this.#text = text;
    if (more === undefined) {
      this.#screen.reset();
      this.#screen.write(this.#paint(forTerminal(text)));
    } else {
      const before = erase(this.#drawn) + this.#paint(this.#prompt);
      this.#screen.write(before + this.#paint(forTerminal(more)));
    }
    this.#prompt = /[^\n]*$/.exec(text)?.[0] ?? '';
    this.#drawn = { cursorRow: Math.floor(widthOf(this.#prompt) / Math.max(1, cols)) };
    if (!busy && this.editor.text !== '') this.redraw();
    if (!busy && !this.#running && this.#ahead !== '') this.#goOn();
  }

  /** A command runs, whatever text is still to come of it. */
  occupy(): void {
    this.#busy = true;
  }

  /** Draws prompt and line where they stand. */
  redraw(): void {
    const { text, cursor } = this.editor;
    const prompt = this.#paint(this.#prompt);
    const line = { prompt, promptWidth: widthOf(this.#prompt), text, cursor };
    const { out, drawn } = draw(line, this.#screen.cols);
    this.#screen.write(erase(this.#drawn) + out);
    this.#drawn = drawn;
  }

  /** Keys, or what was pasted. While a command runs they wait for its end, which Ctrl-C brings. */
  feed(data: string): void {
    if (data === '\x03' && (this.#running || this.#busy)) {
      this.#ahead = '';
      // It may be over in this very moment: then there is nothing left to end.
      this.#worker.interrupt().catch(() => undefined);
      return;
    }
    const room = AHEAD_MAX - this.#ahead.length;
    this.#ahead += data.slice(0, room);
    if (!this.#running && !this.#busy) this.#goOn();
    // Said once: keys that follow find no room at all.
    if (room > 0 && data.length > room) this.say(TOO_MUCH);
  }

  /** A sentence of ours, in red; the prompt comes again behind it. */
  say(sentence: string): void {
    this.#screen.write(`${RED}${forTerminal(sentence)}${PLAIN}\r\n`);
    this.#drawn = NOT_DRAWN;
    this.redraw();
  }

  #goOn(): void {
    while (this.#ahead !== '' && !this.#running) {
      const { asked, rest } = this.editor.feed(this.#ahead);
      this.#ahead = rest;
      switch (asked?.kind) {
        case 'enter':
          void this.#run(asked.line);
          return;
        case 'complete':
          void this.#complete();
          return;
        case 'clear':
          this.#screen.write(CLEAR);
          this.#drawn = NOT_DRAWN;
          break;
        case 'cancel':
          this.#screen.write('^C\r\n');
          this.#drawn = NOT_DRAWN;
          break;
        case undefined:
      }
    }
    this.redraw();
  }

  async #run(line: string): Promise<void> {
    this.#running = true;
    try {
      await this.#worker.type(line);
    } catch (error) {
      this.#screen.write('\r\n');
      this.say(error instanceof Error ? error.message : String(error));
    } finally {
      this.#running = false;
    }
    if (!this.#busy) this.#goOn();
  }

  async #complete(): Promise<void> {
    const { text, cursor } = this.editor;
    this.#running = true;
    try {
      const completion = await this.#worker.complete(text.slice(0, cursor));
      const words = this.editor.complete(completion);
      if (words.length > 0) {
        this.#screen.write(`\r\n${columns(words, this.#screen.cols)}\r\n`);
        this.#drawn = NOT_DRAWN;
      }
    } catch {
      // No words, no harm: the line stays as it is.
    } finally {
      this.#running = false;
    }
    this.#goOn();
  }
}

/** Columns a text takes, without what only colours it. */
const widthOf = (text: string): number =>
  // eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
  text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').replace(/\r/g, '').length;
