import { SvelteMap } from 'svelte/reactivity';
import type { Selection } from '../../state/selection.svelte.ts';
import type { Session } from '../../state/session.svelte.ts';
import type { Names } from '../../narrate.ts';
import { formatTime } from '../../kit/time.ts';
import { upperBound } from './columns.ts';
import { tell } from './describe.ts';
import { findAll, type Found } from './search.ts';
import type { TimelineView } from './timeline-view.svelte.ts';

/** How long a text must stay before it is searched for, in ms. */
const PATIENCE_MS = 150;
/** Lines of a log that are asked for at once. */
const LOG_LINES = 1024;

/** Finds things in the timeline, and goes from one to the next. */
export class Finder {
  text = $state('');
  /** Number of the hit gone to last, -1 when the moment is another one since. */
  at = $state(-1);
  /** What was gone to, in words: for who cannot see it. */
  said = $state('');
  #found: { readonly text: string; readonly hits: readonly Found[] } = $state.raw({
    text: '',
    hits: [],
  });
  /** Lines of logs by kernel and number, as far as they were read. */
  readonly #lines = new SvelteMap<string, string>();
  readonly #session: Session;
  readonly #selection: Selection;
  readonly #view: TimelineView;
  #step = -1;
  #going: Promise<void> = Promise.resolve();

  constructor(session: Session, selection: Selection, view: TimelineView) {
    this.#session = session;
    this.#selection = selection;
    this.#view = view;
  }

  readonly #playing = $derived.by(() => this.#session.frame.playing);
  /** Hits of the text, none while there is none. */
  readonly hits = $derived(this.text.trim() === '' ? [] : this.#found.hits);
  readonly names: Names = $derived.by(() => ({
    legend: this.#session.legend,
    kernels: this.#session.frame.kernels.map(({ name }) => name),
    log: (kernel: number, record: number) => this.#lines.get(`${kernel} ${record}`) ?? '',
  }));

  /** Searches anew when the text or the run has changed; call it inside an effect. */
  follow(): () => void {
    const { text } = this;
    const searching = text.trim() !== '' && !this.#playing && this.#view.followed.version >= 0;
    const timer = setTimeout(() => searching && void this.#search(text), PATIENCE_MS);
    return () => clearTimeout(timer);
  }

  /** Reads the lines of logs that are not known yet. */
  async readLogs(): Promise<void> {
    const { kernels } = this.#session.frame;
    const { run } = this.#session;
    for (const { name, index, running } of kernels) {
      if (!running) continue;
      const lines = await this.#session.ask('log', { kernel: name, last: LOG_LINES });
      if (run !== this.#session.run) return;
      for (const { record, text } of lines) this.#lines.set(`${index} ${record}`, text);
    }
  }

  forget(): void {
    this.#lines.clear();
    this.#found = { text: '', hits: [] };
    this.at = -1;
  }

  async #search(text: string): Promise<void> {
    await this.readLogs().catch(() => undefined);
    if (text !== this.text) return;
    // The same text again: the run has grown, and what was gone to is where it was.
    if (text !== this.#found.text) this.at = -1;
    this.#found = { text, hits: this.#all(text) };
  }

  #all(text: string): readonly Found[] {
    const { history } = this.#view;
    return findAll({ history, names: this.names, claims: this.#session.frame.claims }, text);
  }

  /** To the next hit, or the one before; without a text to the next mark that matters. */
  go(by: 1 | -1): Promise<void> {
    // One after the other, however fast the key is pressed.
    this.#going = this.#going.then(() => this.#go(by)).catch(() => undefined);
    return this.#going;
  }

  async #go(by: 1 | -1): Promise<void> {
    if (this.text.trim() !== '' && this.#found.text !== this.text) await this.#search(this.text);
    const hits = this.text.trim() === '' ? this.#all('') : this.hits;
    if (hits.length === 0) {
      this.said = this.text.trim() === '' ? 'There are no marks.' : 'Nothing is found.';
      return;
    }
    const { step, timeNs } = this.#session.frame;
    const known = this.at >= 0 && step === this.#step && this.at < hits.length;
    const times = Float64Array.from(hits, ({ time }) => time);
    const behind = upperBound(times, timeNs, 0, hits.length);
    const next = known ? this.at + by : by > 0 ? behind : behind - 1;
    this.at = (next + hits.length) % hits.length;
    const hit = hits[this.at]!;
    await this.#view.goTo(hit.time);
    this.#step = this.#session.frame.step;
    this.#select(hit);
    const place = `${this.at + 1} of ${hits.length}`;
    this.said = `${place}: ${tell(hit, this.#view.history, this.names, this.#session.frame.claims)}, ${formatTime(hit.time)}`;
  }

  #select(hit: Found): void {
    const { flights } = this.#view.history;
    if (hit.kind === 'flight')
      this.#selection.select(
        { kind: 'flight', serial: flights.at.serial[hit.ref]! },
        { stay: true },
      );
    else if (hit.cpu >= 0) this.#selection.select({ kind: 'cpu', cpu: hit.cpu }, { stay: true });
  }

  /** To where what is selected happens: an IPI leaves, a message is read, a CPU does something. */
  async goToSelected(): Promise<void> {
    const { now } = this.#selection;
    const { history } = this.#view;
    const time =
      now.kind === 'flight'
        ? history.flights.at.sent[history.flightOf(now.serial)]
        : now.kind === 'message'
          ? history.outcomeOf(now.id)
          : now.kind === 'cpu'
            ? history.nextOn(now.cpu, this.#session.frame.timeNs)
            : undefined;
    if (time !== undefined) await this.#view.goTo(time);
    else this.said = 'What is selected does not happen here.';
  }
}
