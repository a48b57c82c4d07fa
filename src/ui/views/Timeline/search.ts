import { hex } from '../../../sim/base/hex.ts';
import { ROW } from '../../../sim/base/record.ts';
import type { ClaimFrame, Legend } from '../../../sim/world/frame.ts';
import { messageName, narrate, vectorName, type Names } from '../../narrate.ts';
import { routineOf } from './describe.ts';
import { END, isLoud, MARK, type TimelineHistory } from './history.ts';

/** What a hit is; `ref` is the number of the step on its lane, of the flight, mark or claim. */
export type HitKind = 'step' | 'bar' | 'flight' | 'mark' | 'claim';
export interface Found {
  readonly time: number;
  /** -1 for what no CPU does. */
  readonly cpu: number;
  readonly kind: HitKind;
  readonly ref: number;
}

/** More hits than this are not told one from another by anybody. */
const FOUND_MAX = 100_000;

/** What is searched. */
export interface Searched {
  readonly history: TimelineHistory;
  readonly names: Names;
  readonly claims: readonly ClaimFrame[];
}

/**
 * What has all words of a text in its name, in order of time: routines and steps, vectors, messages
 * and how IPIs ended, lines of logs, hazards, failed claims. Without a text: the marks that matter.
 */
export function findAll(searched: Searched, text: string): readonly Found[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (said: string): boolean => {
    const lower = said.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
  const out: Found[] = [];
  if (words.length > 0) {
    stepsNamed(searched, fits, out);
    flightsNamed(searched, fits, out);
  }
  marksNamed(searched, words.length > 0 ? fits : undefined, out);
  searched.claims.forEach(({ ok, claim, timeNs }, ref) => {
    if (!ok && fits(`failed claim ${claim}`))
      out.push({ time: timeNs, cpu: -1, kind: 'claim', ref });
  });
  return out.sort((a, b) => a.time - b.time);
}

/** Steps by program counter that fit: of a routine that is named itself the first, else each. */
function stepsThatFit(legend: Legend, fits: (said: string) => boolean): Uint8Array {
  return Uint8Array.from(legend.steps, ({ id, label, text, routine }, pc) => {
    const name = routineOf(legend, pc);
    if (fits(name)) return legend.routines[routine]?.start === pc ? 1 : 0;
    return fits(`${name} ${id} ${label} ${text}`) ? 1 : 0;
  });
}

function stepsNamed(
  { history, names }: Searched,
  fits: (said: string) => boolean,
  out: Found[],
): void {
  const fitting = stepsThatFit(names.legend, fits);
  history.lanes.forEach(({ steps, levels }, cpu) => {
    const { start, pc } = steps.at;
    const known = steps.length > 0 ? start[0]! : Infinity;
    // Of older steps only the bars are known.
    for (const { at, length } of levels)
      for (let i = 0; i < length && at.start[i]! < known && out.length < FOUND_MAX; i++)
        if (fitting[at.pc[i]!] === 1) out.push({ time: at.start[i]!, cpu, kind: 'bar', ref: i });
    for (let i = 0; i < steps.length && out.length < FOUND_MAX; i++)
      if (fitting[pc[i]!] === 1) out.push({ time: start[i]!, cpu, kind: 'step', ref: i });
  });
}

const ENDED: Readonly<Record<number, string>> = {
  [END.flying]: 'under way',
  [END.arrived]: 'taken',
  [END.merged]: 'merged',
  [END.dropped]: 'dropped',
};

function flightsNamed({ history }: Searched, fits: (said: string) => boolean, out: Found[]): void {
  const { at, length } = history.flights;
  // A million flights have a few names.
  const known = new Map<string, boolean>();
  for (let i = 0; i < length && out.length < FOUND_MAX; i++) {
    const [type, delivery, vector] = [at.type[i]!, at.delivery[i]!, at.vector[i]!];
    const name = type === 0 ? '' : messageName(type, at.subtype[i]!);
    const key = `${name} ${delivery} ${vector} ${at.end[i]!}`;
    let fit = known.get(key);
    if (fit === undefined) {
      const kind = delivery === 5 ? 'init' : delivery === 6 ? 'sipi startup' : '';
      const ended = ENDED[at.end[i]!] ?? '';
      fit = fits(`ipi ${kind} vector ${hex(vector)} ${vectorName(vector)} ${name} ${ended}`);
      known.set(key, fit);
    }
    if (fit) out.push({ time: at.sent[i]!, cpu: at.from[i]!, kind: 'flight', ref: i });
  }
}

/** Marks that fit; without a text the loud ones and the lines of logs. */
function marksNamed(
  { history, names }: Searched,
  fits: ((said: string) => boolean) | undefined,
  out: Found[],
): void {
  const { at, length } = history.marks;
  const outcomes = new Map<number, boolean>();
  for (let i = 0; i < length && out.length < FOUND_MAX; i++) {
    const [kind, b] = [at.kind[i]!, at.b[i]!];
    let fit: boolean;
    if (!fits) fit = kind === MARK.log || isLoud(kind, b);
    else if (kind === MARK.outcome) {
      fit = outcomes.get(b) ?? fits(narrate({ ...NO_ROW, kind: ROW.outcome, b }, names));
      outcomes.set(b, fit);
    } else fit = fits(said(kind, b, at.c[i]!, names));
    if (fit) out.push({ time: at.time[i]!, cpu: at.cpu[i]!, kind: 'mark', ref: i });
  }
}

const NO_ROW = { cpu: 0, a: 0, b: 0, c: 0, d: 0 };

/** A log line or a hazard, with the words by which somebody may look for it. */
function said(kind: number, b: number, c: number, names: Names): string {
  if (kind === MARK.log) return `log ${names.kernels[b] ?? ''} ${names.log?.(b, c) ?? ''}`;
  const hazard = names.legend.hazards.find(({ id }) => id === b);
  return `hazard ${b} ${hazard?.key ?? ''} ${hazard?.text ?? ''}`;
}
