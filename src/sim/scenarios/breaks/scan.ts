import { ROW, type Row } from '../../base/record.ts';
import type { MemorySnapshot } from '../../machine/moments.ts';
import type { Run } from '../run.ts';
import type { Reason } from '../run-parts.ts';
import {
  isHit,
  isShared,
  isTurn,
  spanOf,
  stopAt,
  touches,
  valueNow,
  type Armed,
  type Span,
} from './arm.ts';
import { Tap, type TapRow } from './tap.ts';

/** What a run stops at: so many steps, because of those lines. */
export interface Hit {
  readonly at: number;
  readonly ids: readonly number[];
}

/** How far to run, as `Run.advance` takes it. */
export type Limit = NonNullable<Parameters<Run['advance']>[0]>;

interface Stretch {
  readonly reason: Reason;
  /** In order of steps, each step once. */
  readonly hits: readonly Hit[];
  /** The run could not go on; what was found before counts. */
  readonly error?: unknown;
}

/** Steps of a stretch that is run in one go, and looked at afterwards. */
const FAST_STEPS = 4096;
/** As {@link FAST_STEPS}, where a name must be looked up again now and then. */
const NAMED_STEPS = 256;
/** Steps of a stretch in which each is looked at. */
const SLOW_STEPS = 1024;

/** Looks for what stops a run, over stretches of it. */
export class Scanner {
  readonly armed: readonly Armed[];
  readonly #tap: Tap;
  readonly #kinds: readonly Row[];
  /** Each step must be looked at. */
  readonly slow: boolean;
  readonly #steps: number;

  constructor(armed: readonly Armed[]) {
    this.armed = armed;
    this.#kinds = armed.flatMap(({ kinds }) => kinds);
    this.#tap = new Tap(this.#kinds);
    this.slow = armed.some(({ eachStep }) => eachStep);
    const named = armed.some(({ line }) => 'where' in line && line.where.kind === 'slot');
    this.#steps = this.slow ? SLOW_STEPS : named ? NAMED_STEPS : FAST_STEPS;
  }

  /**
   * One stretch of the run, at most `limit.steps` steps and a bounded number in any case; with
   * `first`, no longer than to the first hit behind its beginning, as far as that is known in time.
   */
  stretch(run: Run, limit: Limit, first: boolean): Stretch {
    const steps = Math.min(limit.steps ?? Infinity, this.#steps);
    if (this.slow) return this.#eachStep(run, { ...limit, steps }, first);
    const watched = this.armed.filter(isOfBytes);
    if (watched.length === 0) return this.#atOnce(run, { ...limit, steps });
    const before = run.hold();
    const spans = watched.map((one) => this.#span(run, one));
    const found = this.#atOnce(run, { ...limit, steps });
    const after = run.world.mem.snapshot();
    const same = watched.every((one, i) => {
      const span = this.#span(run, one);
      if (!isSame(spans[i], span)) return false;
      // What others can see is told with a row; of the rest only the page is known.
      if (!isShared(run.world, span)) return isUntouched(run, before.memory, after, span);
      const { rows } = this.#tap;
      return one.line.kind === 'write' || !rows.some((row) => isWriteTo(row, span));
    });
    if (same) return found;
    before.back();
    return this.#eachStep(run, { ...limit, steps }, first);
  }

  #span(run: Run, { line }: Armed): Span | undefined {
    return 'where' in line ? spanOf(run.world, line.where) : undefined;
  }

  #atOnce(run: Run, limit: Limit): Stretch {
    const spans = this.armed.map((one) => this.#span(run, one));
    this.#tap.begin(run.step);
    const { reason, error } = this.#listening(run, () => attempt(run, limit));
    const hits = new Map<number, number[]>();
    this.armed.forEach((one, i) => {
      const late = this.#span(run, one);
      for (const row of this.#tap.rows) {
        const is =
          isHit(one, row, run.world, spans[i]) ||
          (!isSame(spans[i], late) && isHit(one, row, run.world, late));
        if (is) note(hits, stopAt(one, row), one.id);
      }
    });
    return { reason, error, hits: inOrder(hits, reason === 'steps' ? Infinity : run.step) };
  }

  #eachStep(run: Run, limit: Limit, first: boolean): Stretch {
    const begin = run.step;
    const end = begin + (limit.steps ?? SLOW_STEPS);
    const hits = new Map<number, number[]>();
    // A name is looked up once: a stretch with names is short.
    const spans = this.armed.map((one) => this.#span(run, one));
    const valuesNow = () =>
      this.armed.map((one, i) => valueNow(one, run.world, run.answers, spans[i]));
    return this.#listening(run, () => {
      let values = valuesNow();
      let tried: Tried = { reason: 'steps', error: undefined };
      while (run.step < end) {
        const step = run.step;
        this.#tap.begin(step);
        tried = attempt(run, { ...limit, steps: 1 });
        const now = valuesNow();
        let named = false;
        for (const [i, one] of this.armed.entries()) {
          for (const row of this.#tap.rows)
            if (isHit(one, row, run.world, spans[i])) note(hits, stopAt(one, row), one.id);
          if (isTurn(one, values[i], now[i])) note(hits, run.step, one.id);
          // The name stands for bytes only now.
          if (spans[i] !== undefined || !('where' in one.line)) continue;
          spans[i] = this.#span(run, one);
          named ||= spans[i] !== undefined;
        }
        values = named ? valuesNow() : now;
        if (tried.error !== undefined || tried.reason !== 'steps' || run.step === step) break;
        if (first && [...hits.keys()].some((at) => at > begin)) break;
      }
      const { reason, error } = tried;
      return { reason, error, hits: inOrder(hits, reason === 'steps' ? Infinity : run.step) };
    });
  }

  /** With the tap open, if anybody wants rows. */
  #listening<T>(run: Run, work: () => T): T {
    if (this.#kinds.length > 0) run.world.listenIn(this.#tap);
    try {
      return work();
    } finally {
      if (this.#kinds.length > 0) run.world.listenIn(null);
    }
  }
}

interface Tried {
  readonly reason: Reason;
  readonly error: unknown;
}

function attempt(run: Run, limit: Limit): Tried {
  try {
    return { reason: run.advance(limit), error: undefined };
  } catch (error) {
    return { reason: 'ended', error };
  }
}

/** Lines about bytes that may become others without anybody being told. */
const isOfBytes = ({ line }: Armed): boolean => line.kind === 'write' || line.kind === 'change';

const isWriteTo = (row: TapRow, span: Span | undefined): boolean =>
  row.kind === ROW.write && touches(row, span);

function note(hits: Map<number, number[]>, at: number, id: number): void {
  const ids = hits.get(at);
  if (!ids) hits.set(at, [id]);
  else if (!ids.includes(id)) ids.push(id);
}

/** What happened after the last step there is, without one of its own, is stopped at there. */
function inOrder(hits: ReadonlyMap<number, number[]>, last: number): Hit[] {
  const kept = new Map<number, number[]>();
  for (const [at, ids] of hits) for (const id of ids) note(kept, Math.min(at, last), id);
  return [...kept].map(([at, ids]) => ({ at, ids })).sort((a, b) => a.at - b.at);
}

const isSame = (a: Span | undefined, b: Span | undefined): boolean =>
  a?.addr === b?.addr && a?.bytes === b?.bytes;

/** Whether no byte of a span can have been written between two moments. */
function isUntouched(
  { world }: Run,
  before: MemorySnapshot,
  after: MemorySnapshot,
  span: Span | undefined,
): boolean {
  return span === undefined || world.mem.isSame(before, after, span.addr, span.bytes);
}

/**
 * As `Run.advance`, but stops at the first hit behind where the run stands: answers it, or the
 * reason. `Run.advance` may end before its steps are used up, this one too.
 */
export function advanceTo(run: Run, scanner: Scanner, limit: Limit): Reason | Hit {
  const begin = run.step;
  const { reason, hits, error } = scanner.stretch(run, limit, true);
  const hit = hits.find(({ at }) => at > begin);
  if (hit) {
    if (hit.at !== run.step) run.seek(hit.at);
    return hit;
  }
  // Thrown as it came: a refusal, or a bug of ours.
  if (error instanceof Error) throw error;
  return reason;
}

/**
 * The last hit before where the run stands; undefined when there is none. Gives the step it looks
 * at whenever it has looked at a stretch: whoever asks may breathe, or give up. Leaves the run
 * anywhere.
 */
export function* lookBack(run: Run, scanner: Scanner): Generator<number, Hit | undefined> {
  const before = run.step;
  let after = run.world.mem.snapshot();
  for (let end = before; end > 0;) {
    const mark = run.markBefore(end - 1);
    if (!mark || mark.step >= end) return undefined;
    let found: Hit | undefined;
    if (!isQuiet(run, scanner, mark.memory, after)) {
      run.seek(mark.step);
      while (run.step < end) {
        const from = run.step;
        const { hits, error } = scanner.stretch(run, { steps: end - from, through: true }, false);
        found = hits.findLast(({ at }) => at < before) ?? found;
        yield run.step;
        if (error !== undefined || run.step === from) break;
      }
    } else yield mark.step;
    if (found) return found;
    end = mark.step;
    after = mark.memory;
  }
  return undefined;
}

/** Whether all that is looked for are bytes which nobody wrote between two moments. */
const isQuiet = (
  run: Run,
  { armed }: Scanner,
  before: MemorySnapshot,
  after: MemorySnapshot,
): boolean =>
  armed.every(
    ({ line }) =>
      (line.kind === 'write' || line.kind === 'change') &&
      line.where.kind === 'range' &&
      isUntouched(run, before, after, line.where),
  );
