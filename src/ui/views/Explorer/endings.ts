import { hex } from '../../../sim/base/hex.ts';
import type { Effect } from '../../../sim/world/explore/effects.ts';
import { firstNote, shareNote } from '../Shares/shares.ts';
import type { Explored, OutcomeRow, ScheduleEntry } from '../../../worker/explore-protocol.ts';

/** What endings can be looked through for. */
export const KINDS = ['all', 'kept', 'lose', 'tear', 'invent', 'repeat'] as const;
export type Kind = (typeof KINDS)[number];

export const KIND_TEXT: Readonly<Record<Kind, string>> = {
  all: 'All endings',
  kept: 'All is well',
  lose: 'A message is lost',
  tear: 'A message is torn',
  invent: 'One that nobody sent',
  repeat: 'One is repeated',
};

const isOf: Readonly<Record<Kind, (row: OutcomeRow) => boolean>> = {
  all: () => true,
  kept: ({ lost, torn, phantom, duplicated }) =>
    lost.length + torn.length + phantom + duplicated.length === 0,
  lose: ({ lost }) => lost.length > 0,
  tear: ({ torn }) => torn.length > 0,
  invent: ({ phantom }) => phantom > 0,
  repeat: ({ duplicated }) => duplicated.length > 0,
};

/** An ending with its place among all. */
export interface Ending {
  readonly number: number;
  readonly row: OutcomeRow;
}

/** Endings of one kind, shortest schedule first. */
export const endingsOf = ({ outcomes }: Explored, kind: Kind): Ending[] =>
  outcomes.map((row, number) => ({ number, row })).filter(({ row }) => isOf[kind](row));

/** What went wrong, in a few words; empty when nothing did. */
export function verdictText({ lost, torn, phantom, duplicated }: OutcomeRow): string {
  const names = (subtypes: readonly number[]): string => subtypes.map((n) => hex(n)).join(', ');
  return [
    ...(lost.length > 0 ? [`lost ${names(lost)}`] : []),
    ...(torn.length > 0 ? [`torn ${names(torn)}`] : []),
    ...(phantom > 0 ? [phantom === 1 ? 'a phantom' : `${phantom} phantoms`] : []),
    ...(duplicated.length > 0 ? [`repeated ${names(duplicated)}`] : []),
  ].join(' · ');
}

/** One effect in a few words. */
export function effectText(effect: Effect): string {
  if (effect.t === 'cb') {
    const bytes = effect.payload === '' ? 'no bytes' : effect.payload;
    return `handles ${hex(effect.subtype)} with ${bytes}`;
  }
  switch (effect.ev) {
    case 'ipi.received':
      return `rung, slot from CPU ${String(effect.sender_cpu)}, type ${hex(Number(effect.type))}`;
    case 'ipi.no_valid_data':
      return 'rung, slot empty';
    case 'msg.type_mismatch':
      return `type is ${hex(Number(effect.got))} now`;
    case 'msg.too_small':
      return `${String(effect.size)} bytes are too few now`;
    default:
      return effect.ev;
  }
}

/** `62 of 7,149`, `7 149` without a locale: thin groups of three. */
export const counted = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** `63 %`, and never 0 or 100 unless it is. */
export function shareText(share: number): string {
  if (share === 0 || share === 1) return `${100 * share} %`;
  const percent = Math.min(99.9, Math.max(0.1, 100 * share));
  return `${percent < 1 || percent > 99 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/**
 * A schedule as a block that can be pasted into a scenario. Where shares are known they stand behind the
 * entries as remarks; `first` is the one before all of them.
 */
export function scheduleBlock(entries: readonly ScheduleEntry[], first: number | null): string {
  const longest = Math.max(0, ...entries.map(({ word }) => word.length));
  const lines = entries.map(({ word, share }) =>
    share === null ? word : `${word.padEnd(longest)}  ${shareNote(share)}`,
  );
  const head = first === null ? [] : [firstNote(first)];
  return ['```schedule', ...head, ...lines, '```', ''].join('\n');
}

/**
 * The lesson up to its explore block, which begins at line `line`, and then this one order: a scenario
 * of its own, to be played, kept and shared.
 */
export function lessonOf(
  text: string,
  line: number,
  title: string,
  entries: readonly ScheduleEntry[],
  first: number | null,
): string {
  const before = text.split('\n').slice(0, line - 1);
  return [
    ...before,
    `## ${title}`,
    '',
    'One of the shortest orders that ends this way.',
    '',
    scheduleBlock(entries, first),
    '```expect',
    'stats.sent > 0',
    '```',
    '',
  ].join('\n');
}
