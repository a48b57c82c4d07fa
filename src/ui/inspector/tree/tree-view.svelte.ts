import type { TreeChoice, TreeReading } from '../../../worker/tree-types.ts';
import type { Session } from '../../state/session.svelte.ts';
import { changesOf, type Mapped } from './changes.ts';
import { FlipRun } from './flip-run.svelte.ts';
import { rowAtSource } from './row-list.ts';
import { patchedProperty } from './source-patch.ts';
import { TreeRanges } from './tree-ranges.ts';
import { TreeRows, type TreeRow } from './tree-rows.ts';

/** Where a device tree came from. */
export type Origin =
  | { readonly kind: 'lesson' | 'file'; readonly name: string }
  | {
      readonly kind: 'instance' | 'kho';
      readonly name: string;
      readonly addr: number;
      readonly bytes: number;
    }
  | { readonly kind: 'opened'; readonly name: string; readonly content: Uint8Array };

/** What is selected: a row of the tree or none (-1), a byte, and the pane that said so. */
export interface Spot {
  readonly row: number;
  readonly at: number;
  readonly by: 'source' | 'tree' | 'bytes' | '';
}

/** One byte that was changed by hand, and how things stood before. */
interface ByteEdit {
  readonly at: number;
  readonly was: number;
  readonly now: number;
  readonly before: {
    readonly text: string;
    readonly bytes: Uint8Array;
    readonly good: Mapped;
    readonly ahead: TreeView['ahead'];
  };
}

/** Work for the worker: a source or a blob to read. `opens` begins anew. */
interface Job {
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** Sources that may come to these bytes: the first that does is kept, so that comments stay. */
  readonly texts?: readonly string[];
  readonly opens: boolean;
}

const FDT_MAGIC = [0xd0, 0x0d, 0xfe, 0xed];
/** Quiet while typing before the source is compiled again, in ms. */
const QUIET_MS = 80;
/** Name under which the browser's own tools show how long the worker took to read a tree. */
const READ_MEASURE = 'device tree';
const NONE: Mapped = { bytes: new Uint8Array(), ranges: new TreeRanges(), rows: new TreeRows() };

const isBlob = (bytes: Uint8Array): boolean => FDT_MAGIC.every((byte, i) => bytes[i] === byte);

/** One device tree as source, rows and bytes; whatever is edited, the others follow. */
export class TreeView {
  readonly #session: Session;
  choices: readonly TreeChoice[] = $state.raw([]);
  origin: Origin | undefined = $state.raw();
  text: string = $state.raw('');
  /** The bytes shown: those of the last source that compiled, or those edited by hand. */
  bytes: Uint8Array = $state.raw(NONE.bytes);
  /** What the worker said last. */
  reading: TreeReading | undefined = $state.raw();
  /** The last blob whose source, rows and bytes belong together. */
  #good: Mapped = $state.raw(NONE);
  /** What changes are held against: the blob as it came, or a moment ago when it is live. */
  #before: Mapped | undefined = $state.raw();
  edits: readonly ByteEdit[] = $state.raw([]);
  edited = $state(false);
  spot: Spot = $state.raw({ row: -1, at: 0, by: '' });
  /** What became of the blob's bits when they were last flipped. */
  readonly flips = new FlipRun();
  /** The source shown is the user's, with a byte changed at its place. */
  #keepsSource = $state(true);
  #next: Job | undefined;
  #working = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lesson: object | undefined;
  #known: Uint8Array | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The pane that is ahead of the others, because what was edited there cannot be read. */
  readonly ahead: 'source' | 'bytes' | '' = $derived.by(() => {
    if (!this.reading || this.bytes !== this.#good.bytes) return this.reading ? 'bytes' : '';
    return this.reading.blob ? '' : 'source';
  });
  readonly rows: TreeRows = $derived(this.#good.rows);
  readonly ranges: TreeRanges = $derived(
    this.bytes.length === this.#good.bytes.length && this.#good.ranges.count > 0
      ? this.#good.ranges
      : new TreeRanges(this.reading?.ranges, this.bytes),
  );
  readonly changes = $derived(
    changesOf(this.#before, { bytes: this.bytes, ranges: this.ranges, rows: this.rows }),
  );
  /** The blob lies in memory and is read again as time goes by. */
  readonly live = $derived(
    !this.edited && (this.origin?.kind === 'instance' || this.origin?.kind === 'kho'),
  );
  /** Physical address of the first byte, 0 for a file. */
  readonly base = $derived(
    this.origin?.kind === 'instance' || this.origin?.kind === 'kho' ? this.origin.addr : 0,
  );
  readonly row: TreeRow | undefined = $derived(this.rows.at(this.spot.row));
  readonly lastEdit = $derived(this.edits.at(-1));
  /** The source was written anew from the bytes: what only it said is gone until that is undone. */
  readonly rewritten = $derived(
    this.ahead === '' && this.edits.length > 0 && !this.#keepsSource && this.text !== '',
  );
  readonly errors = $derived(
    this.reading?.problems.filter(({ severity }) => severity === 'error') ?? [],
  );

  /** Looks again: what there is, and what became of a blob that lies in memory. */
  async follow(): Promise<void> {
    const session = this.#session;
    this.choices = await session.ask('trees', {});
    const { origin } = this;
    const lesson = session.source;
    const file = origin?.kind === 'lesson' ? this.#fileOf(origin.name) : undefined;
    const isOther = this.#lesson !== lesson && !sameLesson(this.#lesson, lesson);
    if (!origin || isOther || (origin.kind === 'lesson' && !file)) {
      const first = this.#first();
      if (first) await this.open(first);
    } else if (file && !this.edited && file !== this.#known && !sameBytes(file, this.#known)) {
      await this.open(origin);
    } else if (this.live && (origin.kind === 'instance' || origin.kind === 'kho')) {
      const bytes = await session.ask('memory', { addr: origin.addr, bytes: origin.bytes });
      if (!this.#isStill(origin) || sameBytes(bytes, this.bytes)) return;
      this.#before = { bytes: this.bytes, ranges: this.ranges, rows: this.rows };
      await this.#read({ bytes, opens: false });
    }
    this.#lesson = lesson;
  }

  #isStill(origin: Origin): boolean {
    return this.origin === origin && this.live;
  }

  #first(): Origin | undefined {
    const own = this.#session.files.find(({ name }) => name.includes('.dt'));
    if (own) return { kind: 'lesson', name: own.name };
    return this.choices[0] && { ...this.choices[0] };
  }

  #fileOf(name: string): Uint8Array | undefined {
    return this.#session.files.find((file) => file.name === name)?.bytes;
  }

  /** Shows another device tree. What was edited and not used is gone. */
  async open(origin: Origin): Promise<void> {
    clearTimeout(this.#timer);
    const bytes = await this.#contentOf(origin);
    this.origin = origin;
    this.#known = bytes;
    this.#lesson = this.#session.source;
    this.edited = false;
    this.edits = [];
    this.#before = undefined;
    this.spot = { row: -1, at: 0, by: '' };
    const isSource = !('addr' in origin) && !isBlob(bytes);
    if (isSource) this.text = new TextDecoder().decode(bytes);
    await this.#read(isSource ? { text: this.text, opens: true } : { bytes, opens: true });
  }

  /** Shows the device tree that a value is, where it lies. */
  async openInside(row: number): Promise<void> {
    const value = this.ranges.ofRow(row);
    const { origin } = this;
    if (value?.kind !== 'value' || !origin) return;
    const name = `${this.rows.nameOf(row)} of ${origin.name}`;
    const bytes = value.to - value.from;
    const content = this.bytes.slice(value.from, value.to);
    if (this.live && 'addr' in origin)
      await this.open({ kind: origin.kind, name, addr: origin.addr + value.from, bytes });
    else await this.open({ kind: 'opened', name, content });
  }

  #contentOf(origin: Origin): Promise<Uint8Array> {
    switch (origin.kind) {
      case 'lesson':
        return Promise.resolve(this.#fileOf(origin.name) ?? NONE.bytes);
      case 'opened':
        return Promise.resolve(origin.content);
      case 'file':
        return this.#session.ask('treeFile', { path: origin.name });
      default:
        return this.#session.ask('memory', { addr: origin.addr, bytes: origin.bytes });
    }
  }

  /** The source was typed in: compiles it when the typing rests. */
  editSource(text: string): void {
    this.text = text;
    this.edited = true;
    this.edits = [];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start({ text, opens: false }), QUIET_MS);
  }

  editByte(at: number, now: number): void {
    const was = this.bytes[at];
    if (was === undefined || was === now) return;
    const last = this.edits.at(-1);
    const before = { text: this.text, bytes: this.bytes, good: this.#good, ahead: this.ahead };
    // The second digit of a byte belongs to the same edit.
    this.edits =
      last?.at === at
        ? [...this.edits.slice(0, -1), { ...last, now }]
        : [...this.edits, { at, was, now, before }];
    const bytes = this.bytes.slice();
    bytes[at] = now;
    const { text } = this.edits.at(-1)!.before;
    const patched = this.#patched(at, bytes);
    this.#show(bytes, patched === undefined ? [text, this.text] : [text, patched, this.text]);
  }

  /** The source with the byte changed where it is written; undefined when that cannot be told. */
  #patched(at: number, bytes: Uint8Array): string | undefined {
    const range = this.ranges.at(at);
    const source = range?.kind === 'value' ? this.rows.sourceOf(range.row) : undefined;
    if (!range || !source) return undefined;
    const value = bytes.subarray(range.from, range.to);
    const property = patchedProperty(this.text.slice(...source), at - range.from, value);
    if (property === undefined) return undefined;
    return this.text.slice(0, source[0]) + property + this.text.slice(source[1]);
  }

  undoByte(): void {
    const last = this.edits.at(-1);
    if (!last) return;
    const { text, bytes, good, ahead } = last.before;
    this.edits = this.edits.slice(0, -1);
    if (ahead === 'source') {
      this.text = text;
      this.bytes = bytes;
      this.#good = good;
      this.#start({ text, opens: false });
    } else this.#show(bytes, [text]);
    this.selectByte(last.at);
  }

  #show(bytes: Uint8Array, texts: readonly string[]): void {
    this.bytes = bytes;
    this.edited = true;
    this.#start({ bytes, texts: this.text === '' ? [] : texts, opens: false });
  }

  /** What is shown is what the lesson has now. */
  used(bytes: Uint8Array): void {
    this.#known = bytes;
    this.edited = false;
    this.edits = [];
  }

  selectRow(row: number, by: Spot['by'] = 'tree'): void {
    this.spot = { row, at: this.ranges.ofRow(row)?.from ?? this.spot.at, by };
  }

  selectByte(at: number, by: Spot['by'] = 'bytes'): void {
    const range = this.ranges.at(at);
    const row = range?.kind === 'string' ? this.rows.rowOfString(at) : (range?.row ?? -1);
    this.spot = { row, at, by };
  }

  selectSource(at: number): void {
    const row = rowAtSource(this.rows, at);
    if (row >= 0 && this.ahead === '') this.selectRow(row, 'source');
  }

  #start(job: Job): void {
    this.#read(job).catch((error: unknown) => this.#session.notices.tell(error));
  }

  /** One question at a time: of those that come meanwhile only the newest is asked. */
  async #read(job: Job): Promise<void> {
    this.#next = job;
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#takeNext(); next; next = this.#takeNext()) {
        const reading = await this.#ask(next);
        if (this.#isNewest()) this.#take(next, reading);
      }
    } finally {
      this.#working = false;
    }
  }

  #isNewest(): boolean {
    return this.#next === undefined;
  }

  #takeNext(): Job | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }

  async #ask(job: Job): Promise<TreeReading> {
    const start = performance.now();
    const reading = await this.#askFor(job);
    performance.measure(READ_MEASURE, { start });
    return reading;
  }

  async #askFor({ text, bytes = NONE.bytes, texts = [] }: Job): Promise<TreeReading> {
    const file = this.origin?.name ?? 'tree';
    if (text !== undefined) return this.#session.ask('compileTree', { text, file });
    for (const one of texts.filter((each, i) => texts.indexOf(each) === i)) {
      const reading = await this.#session.ask('compileTree', { text: one, file });
      if (sameBytes(bytes, reading.blob)) return { ...reading, text: one };
    }
    return this.#session.ask('mapTree', { bytes, file });
  }

  #take(job: Job, reading: TreeReading): void {
    const { row, spot } = this;
    const { blob, rows, ranges, text } = reading;
    const isWhole = blob !== undefined && rows.count > 0 && reading.verdicts?.full === 'no error';
    this.reading = reading;
    if (job.opens && !isWhole) {
      this.#good = { ...NONE, bytes: blob ?? NONE.bytes };
      if (job.text === undefined) this.text = text ?? '';
    }
    if (blob) this.bytes = blob;
    if (job.opens && !blob) this.bytes = NONE.bytes;
    if (!isWhole) return;
    this.#good = { bytes: blob, ranges: new TreeRanges(ranges, blob), rows: new TreeRows(rows) };
    if (text !== undefined) {
      const comes = job.texts?.includes(text) ?? false;
      // Undone, or typed as it was: the user's own again.
      this.#keepsSource = comes || job.opens;
      this.text = text;
    }
    if (job.opens || !this.#before) this.#before = this.#good;
    if (row === undefined) return;
    const same = this.rows.same(row);
    if (spot.by === 'bytes') this.selectByte(Math.min(spot.at, blob.length - 1), 'bytes');
    else this.selectRow(same, spot.by);
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  a.length === b?.length && a.every((byte, i) => byte === b[i]);

/** The same bundled lesson, loaded again with another seed or file. */
const sameLesson = (a: object | undefined, b: object | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const views = new WeakMap<Session, TreeView>();

/** The view of a session; edits outlive the panes that show them. */
export function treeViewOf(session: Session): TreeView {
  const known = views.get(session);
  if (known) return known;
  // In a root of its own: what is derived goes on when the pane that asked first is closed.
  let made: TreeView | undefined;
  $effect.root(() => {
    made = new TreeView(session);
  });
  const view = made!;
  views.set(session, view);
  return view;
}
