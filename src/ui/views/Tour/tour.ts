import type { Block, ClaimsBlock, Item, Stop } from '../../../sim/scenarios/scenario.ts';
import type { ClaimFrame, TourFrame } from '../../../sim/world/frame.ts';

export type Phase = TourFrame['phase'];

/** Which stop is shown, and what the run was at when that was decided. */
export interface Shown {
  readonly run: number;
  readonly stop: number;
  readonly at: number;
  readonly phase: Phase;
}

/**
 * The stop to show. The run goes on to the next stop as soon as one is over; the reader stays, to
 * read what came out, until the next one begins or is asked for.
 */
export function follow(before: Shown | undefined, run: number, { stop, phase }: TourFrame): Shown {
  const now = { run, at: stop, phase };
  if (before?.run !== run) return { ...now, stop };
  const wentOn = stop === before.at + 1 && phase === 'ready' && before.phase !== 'ready';
  const stays = stop === before.at && phase === 'ready' && before.stop === stop - 1;
  return { ...now, stop: wentOn || stays ? stop - 1 : stop };
}

/** How far the stop that is shown has come. */
export const phaseOf = (shown: number, tour: TourFrame): Phase =>
  shown < tour.stop ? 'done' : shown > tour.stop ? 'ready' : tour.phase;

const WORDS_ONLY: readonly Item['kind'][] = ['prose', 'view', 'question'];

/** Whether anything happens at a stop: commands, files, schedules, claims that are checked. */
const acts = (stop: Stop): boolean => stop.items.some(({ kind }) => !WORDS_ONLY.includes(kind));

/** What the button that leads on does, in words. */
export interface Onward {
  readonly kind: 'run' | 'finish' | 'next' | 'lesson' | 'end';
  readonly label: string;
}

/** `lesson` is the title of the one behind this one; '' when there is none. */
export function onward(stops: readonly Stop[], shown: number, phase: Phase, lesson = ''): Onward {
  const stop = stops[shown];
  const next = stops[shown + 1];
  if (phase === 'running') return { kind: 'finish', label: 'Finish this stop' };
  if (phase === 'ready' && stop && acts(stop)) return { kind: 'run', label: 'Run this stop' };
  if (next) return { kind: 'next', label: `Next: ${next.title}` };
  if (lesson !== '') return { kind: 'lesson', label: `Next lesson: ${lesson}` };
  return { kind: 'end', label: 'That was all' };
}

/** How each claim of a block came out; undefined for those that were not looked at yet. */
export function outcomesOf(
  block: ClaimsBlock,
  stop: number,
  claims: readonly ClaimFrame[],
): readonly (ClaimFrame | undefined)[] {
  return block.claims.map(({ line, column }) =>
    claims.findLast((one) => one.stop === stop && one.line === line && one.column === column),
  );
}

/** `sent = 2, lost = 1`: what a claim really found. */
export const actualText = ({ actual }: ClaimFrame): string =>
  actual.map(([name, value]) => `${name} = ${valueText(value)}`).join(', ');

/** A value of the expression language as one would write it there. */
export function valueText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === undefined) return 'nothing';
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? Number(inner) : inner,
  );
}

/** What a schedule asks of one CPU, in words. */
export function moveText(entry: Extract<Block, { kind: 'schedule' }>['entries'][number]): string {
  switch (entry.kind) {
    case 'until':
      return `up to ${entry.label}`;
    case 'take':
      return entry.vector === null
        ? 'takes an interrupt'
        : `takes vector 0x${entry.vector.toString(16)}`;
    case 'drain':
      return 'its oldest store becomes visible';
    case 'end':
      return 'until it is idle';
    case 'step':
      return `one step: ${entry.label}`;
    case 'steps':
      return entry.count === 1 ? 'one step' : `${entry.count} steps`;
  }
}
