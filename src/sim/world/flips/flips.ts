import { errnoName } from '../../base/errno.ts';
import { formatSize } from '../../base/units.ts';
import { fdtStrerror } from '../../fdt/error.ts';
import { HAZARDS } from '../../kernel/hazards.ts';
import type { LogKey, LogRecord } from '../../kernel/log-events.ts';
import { HandOverBench, type HandedOver, type Restored } from './hand-over.ts';

/** What a spawned kernel makes of a blob of which one bit is wrong, mildest first. */
export const FLIP_KINDS = ['unchanged', 'refused', 'changed', 'hazard'] as const;
export type FlipKind = (typeof FLIP_KINDS)[number];

/** One thing that can come of a flipped bit: `what` is the check, the field or the hazard. */
export interface FlipOutcome {
  readonly kind: FlipKind;
  readonly what: string;
}

/** What came of one bit: an index among the outcomes, and what is special about it, or ''. */
export interface Flip {
  readonly outcome: number;
  readonly detail: string;
}

/** Where a hand-over ends without an instance: the routine and what it checks (facts 04 §3, §5). */
const REFUSALS: Readonly<Partial<Record<LogKey, string>>> = {
  'kho.populate_map_failed': 'mk_kho_populate: the page cannot be mapped',
  'kho.invalid_fdt': 'mk_kho_populate: header of the page',
  'kho.incompatible': 'mk_kho_populate: compatible of the page',
  'kho.fdt_map_failed': 'mk_kho_restore_dtbs: the page cannot be mapped',
  'kho.no_multikernel_node': 'mk_kho_restore_dtbs: no node multikernel',
  'kho.no_dtb_data': 'mk_kho_restore_dtbs: no dtb-data',
  'kho.bad_dtb_header': 'mk_kho_restore_dtbs: header of dtb-data',
  'kho.dtb_too_large': 'mk_kho_restore_dtbs: size of dtb-data',
  'kho.dtb_copy_alloc_failed': 'mk_kho_restore_dtbs: no memory for dtb-data',
  'kho.no_instances_node': 'mk_kho_restore_dtbs: no /instances',
  'kho.no_instance': 'mk_kho_restore_dtbs: /instances is empty',
  'kho.no_instance_name': 'mk_kho_restore_dtbs: name of the instance',
  'kho.no_id_property': 'mk_kho_restore_dtbs: no id',
  'kho.parse_failed': 'mk_dt_parse',
  'kho.reserve_failed': 'mk_instance_reserve_resources',
};
/** Refusals whose last argument is an errno; of the others it may be a code of libfdt. */
const WITH_ERRNO: ReadonlySet<LogKey> = new Set(['kho.parse_failed', 'kho.reserve_failed']);
const WITH_CODE: ReadonlySet<LogKey> = new Set([
  'kho.invalid_fdt',
  'kho.incompatible',
  'kho.bad_dtb_header',
]);

/**
 * Flips the bits of one blob, each by itself, and tells what the spawned kernel does with the blob
 * then. What counts is the effect of the whole blob: which instance is restored, with what.
 */
export class BitFlips {
  readonly bits: number;
  /** Every outcome so far; grows, and never changes. */
  readonly outcomes: FlipOutcome[] = [];
  /** What comes of the blob as it is. */
  readonly whole: HandedOver;
  readonly #bench: HandOverBench;
  readonly #blob: Uint8Array;
  readonly #known = new Map<string, number>();

  constructor(blob: Uint8Array, profile: string) {
    this.#blob = blob.slice();
    this.bits = 8 * blob.length;
    this.#bench = new HandOverBench(blob, profile);
    this.whole = this.#bench.handOver(blob);
  }

  /** Bit `bit % 8` (0 is the least) of byte `bit / 8`. */
  flip(bit: number): Flip {
    const at = bit >> 3;
    const was = this.#blob[at]!;
    this.#blob[at] = was ^ (1 << (bit & 7));
    const result = this.#bench.handOver(this.#blob);
    this.#blob[at] = was;
    const { kind, what, detail = '' } = judged(this.whole, result);
    return { outcome: this.#number(kind, what), detail };
  }

  #number(kind: FlipKind, what: string): number {
    const key = `${kind} ${what}`;
    const known = this.#known.get(key) ?? this.outcomes.length;
    if (known === this.outcomes.length) {
      this.outcomes.push({ kind, what });
      this.#known.set(key, known);
    }
    return known;
  }
}

/** A hand-over held against that of the whole blob. */
function judged(whole: HandedOver, result: HandedOver): FlipOutcome & { readonly detail?: string } {
  const harm = result.hazards.filter((id) => !whole.hazards.includes(id));
  if (harm.length > 0) {
    const texts = HAZARDS.filter(({ id }) => harm.includes(id)).map(({ text }) => text);
    return { kind: 'hazard', what: texts.join('; ') };
  }
  if (!result.restored) {
    // Where nothing came of the whole blob either, the same end is no change.
    const what = refusalOf(result.log);
    const isSame = !whole.restored && what === refusalOf(whole.log);
    return isSame ? { kind: 'unchanged', what } : { kind: 'refused', what };
  }
  if (!whole.restored) return { kind: 'changed', what: 'an instance is restored' };
  const changes = differences(whole.restored, result.restored);
  if (changes.length > 0)
    return {
      kind: 'changed',
      what: changes.map(({ field }) => field).join(', '),
      detail: changes.map(({ field, was, now }) => `${field}: ${was} → ${now}`).join(', '),
    };
  const isSame = keysOf(whole.log) === keysOf(result.log);
  return isSame
    ? { kind: 'unchanged', what: 'the same instance is restored' }
    : { kind: 'changed', what: 'what the kernels log' };
}

const keysOf = (log: readonly LogRecord[]): string => log.map(({ event }) => event.key).join(' ');

/** Which check ended it, from what was logged. */
function refusalOf(log: readonly LogRecord[]): string {
  const decisive = log.find(({ event }) => REFUSALS[event.key] !== undefined);
  if (!decisive) return log.at(-1)?.event.key ?? 'nothing is logged';
  const { key } = decisive.event;
  const code = Number(decisive.args.at(-1));
  const why = WITH_ERRNO.has(key) ? errnoName(code) : WITH_CODE.has(key) ? codeText(code) : '';
  return `${REFUSALS[key]}${why === '' ? '' : `, ${why}`}`;
}

/** A positive code says that the string is another one (facts 04 §5.1). */
const codeText = (code: number): string => (code > 0 ? 'another string' : fdtStrerror(code));

interface Difference {
  readonly field: string;
  readonly was: string;
  readonly now: string;
}

function differences(whole: Restored, flipped: Restored): Difference[] {
  const fields: readonly (readonly [field: string, text: (one: Restored) => string])[] = [
    ['id', ({ id }) => String(id)],
    ['name', ({ name }) => JSON.stringify(name)],
    ['state', ({ state }) => String(state)],
    ['memory', ({ memory }) => formatSize(memory)],
    ['cpus', ({ cpus }) => (cpus.length > 0 ? cpus.join(' ') : 'none')],
    ['size of the tree', ({ bytes }) => formatSize(bytes)],
  ];
  return fields
    .map(([field, text]) => ({ field, was: text(whole), now: text(flipped) }))
    .filter(({ was, now }) => was !== now);
}
