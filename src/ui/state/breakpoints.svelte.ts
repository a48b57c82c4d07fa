import { Refused } from '../../sim/base/assert.ts';
import type { Frame } from '../../sim/world/frame.ts';
import type { Ask } from '../../worker/client.ts';
import type { WatchValue } from '../../worker/protocol.ts';
import type { Notices } from './notices.svelte.ts';

/** A line that says when the run is to stop. */
export interface Breakpoint {
  readonly id: number;
  readonly text: string;
  readonly enabled: boolean;
  /** How often it has stopped the run. */
  readonly hits: number;
  /** Why it means nothing to this version of the page, '' for nothing wrong. */
  readonly fault: string;
}

/** An expression whose value is shown at each moment. */
export interface Watch {
  readonly text: string;
  readonly value: WatchValue | undefined;
  /** Another value than at the moment shown before. */
  readonly changed: boolean;
}

/** What of them is kept with a session. */
export interface KeptBreaks {
  readonly breakpoints?: readonly { readonly text: string; readonly enabled: boolean }[];
  readonly watches?: readonly string[];
}

/** Most of each that a session has: all of them are looked at in every step, or in every frame. */
const BREAKPOINTS_MAX = 100;
const WATCHES_MAX = 50;

/** What of a session these need. */
interface Watched {
  readonly ask: Ask;
  readonly notices: Notices;
}

/** The breakpoints and watches of a page: they outlive lessons, and dead workers. */
export class Breakpoints {
  list: readonly Breakpoint[] = $state.raw([]);
  watches: readonly Watch[] = $state.raw([]);
  readonly #session: Watched;
  #last = 0;
  #stopped: Pick<Frame, 'step' | 'hits'> | undefined;

  constructor(session: Watched) {
    this.#session = session;
  }

  /** Sets a breakpoint; refused, with the column that is wrong, when the line means nothing. */
  async add(text: string): Promise<Breakpoint> {
    const line = text.trim();
    const known = this.find(line);
    if (known) {
      if (!known.enabled) await this.enable(known.id, true);
      return this.find(line)!;
    }
    if (this.list.length >= BREAKPOINTS_MAX)
      throw new Refused(`a session has at most ${BREAKPOINTS_MAX} breakpoints`);
    const one = { id: ++this.#last, text: line, enabled: true, hits: 0, fault: '' };
    await this.#adopt([...this.list, one], one.id);
    return one;
  }

  /** The breakpoint of a line, if there is one. */
  find(text: string): Breakpoint | undefined {
    return this.list.find((one) => one.text === text);
  }

  /** Sets or removes the breakpoint of a line. Never throws: what goes wrong becomes a notice. */
  async toggle(text: string): Promise<void> {
    const known = this.find(text);
    if (known) {
      this.remove(known.id);
      return;
    }
    await this.add(text).then(
      () => this.#session.notices.add('news', `The run will stop: ${text}`),
      (error: unknown) => this.#session.notices.tell(error),
    );
  }

  /** Another line in the place of one; refused as by {@link add}, and then nothing has changed. */
  async edit(id: number, text: string): Promise<void> {
    const line = text.trim();
    const next = this.list.map((one) =>
      one.id === id ? { ...one, text: line, hits: 0, fault: '' } : one,
    );
    await this.#adopt(next, id);
  }

  async enable(id: number, enabled: boolean): Promise<void> {
    this.list = this.list.map((one) => (one.id === id ? { ...one, enabled } : one));
    await this.send();
  }

  /** Removes one, and offers to take that back. False when there is none of that number. */
  remove(id: number): boolean {
    const at = this.list.findIndex((one) => one.id === id);
    const gone = this.list[at];
    if (!gone) return false;
    this.list = this.list.filter((one) => one !== gone);
    void this.send();
    const run = (): void => {
      if (this.list.some((one) => one.id === id)) return;
      this.list = [...this.list.slice(0, at), gone, ...this.list.slice(at)];
      void this.send();
    };
    this.#session.notices.add('news', `Breakpoint removed: ${gone.text}`, {
      action: { label: 'Undo', run },
    });
    return true;
  }

  /** Tells the worker which there are: after a change, and when it is another worker. */
  async send(): Promise<void> {
    try {
      const faults = await this.#session.ask('breakpoints', { lines: armed(this.list) });
      this.list = this.list.map((one) => ({
        ...one,
        fault: faults.find(({ id }) => id === one.id)?.why ?? '',
      }));
    } catch (error) {
      this.#session.notices.tell(error);
    }
  }

  async #adopt(next: readonly Breakpoint[], id: number): Promise<void> {
    const lines = armed(next.map((one) => (one.id === id ? { ...one, enabled: true } : one)));
    const fault = (await this.#session.ask('breakpoints', { lines })).find((one) => one.id === id);
    if (!fault) this.list = next;
    if (fault || !next.every(({ enabled }) => enabled)) await this.send();
    if (fault) throw new Refused(fault.why, { file: 'breakpoint', line: 1, column: fault.column });
  }

  /** Counts what has just stopped the run. */
  note({ step, hits }: Pick<Frame, 'step' | 'hits'>): void {
    const before = this.#stopped;
    this.#stopped = { step, hits };
    if (hits.length === 0 || (before?.step === step && before.hits.length > 0)) return;
    this.list = this.list.map((one) =>
      hits.includes(one.id) ? { ...one, hits: one.hits + 1 } : one,
    );
  }

  /** Watches an expression; refused when it means nothing. */
  async watch(text: string, instead?: string): Promise<void> {
    const line = text.trim();
    if (this.watches.some((one) => one.text === line) && line !== instead)
      throw new Refused('this is watched already');
    if (instead === undefined && this.watches.length >= WATCHES_MAX)
      throw new Refused(`a session has at most ${WATCHES_MAX} watches`);
    const [value] = await this.#session.ask('watches', { lines: [line] });
    if (value?.kind === 'wrong')
      throw new Refused(value.why, { file: 'watch', line: 1, column: value.column });
    const one = { text: line, value, changed: false };
    this.watches =
      instead === undefined
        ? [...this.watches, one]
        : this.watches.map((each) => (each.text === instead ? one : each));
  }

  /** No longer watches an expression, and offers to take that back. */
  unwatch(text: string): void {
    const before = this.watches;
    this.watches = before.filter((one) => one.text !== text);
    this.#session.notices.add('news', `No longer watched: ${text}`, {
      action: { label: 'Undo', run: () => (this.watches = before) },
    });
  }

  /** Asks for the values of another moment. */
  async look(): Promise<void> {
    const lines = this.watches.map(({ text }) => text);
    if (lines.length === 0) return;
    try {
      const values = await this.#session.ask('watches', { lines });
      this.watches = this.watches.map((one) => {
        const value = values[lines.indexOf(one.text)] ?? one.value;
        const changed = one.value !== undefined && textOf(value) !== textOf(one.value);
        return { ...one, value, changed };
      });
    } catch (error) {
      this.#session.notices.tell(error);
    }
  }

  /** What is kept of them with a session; undefined while there is nothing. */
  get kept(): KeptBreaks {
    const breakpoints = this.list.map(({ text, enabled }) => ({ text, enabled }));
    const watches = this.watches.map(({ text }) => text);
    return {
      ...(breakpoints.length > 0 && { breakpoints }),
      ...(watches.length > 0 && { watches }),
    };
  }

  get empty(): boolean {
    return this.list.length === 0 && this.watches.length === 0;
  }

  /** Takes those of a session that was opened; one that has none leaves them as they are. */
  async take({ breakpoints, watches }: KeptBreaks): Promise<void> {
    if (breakpoints) {
      this.list = breakpoints.map(({ text, enabled }) => ({
        ...{ id: ++this.#last, text, enabled, hits: 0, fault: '' },
      }));
      await this.send();
    }
    if (watches) {
      this.watches = watches.map((text) => ({ text, value: undefined, changed: false }));
      await this.look();
    }
  }
}

const armed = (list: readonly Breakpoint[]) =>
  list.filter(({ enabled }) => enabled).map(({ id, text }) => ({ id, text }));

const textOf = (value: WatchValue | undefined): string =>
  value?.kind === 'value' ? value.text : (value?.kind ?? '');
