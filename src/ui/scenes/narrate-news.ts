import { ROW } from '../../sim/base/record.ts';
import { narrate, type Names } from '../narrate.ts';
import type { RowStore, TraceRow } from '../state/rows.svelte.ts';

/** What is worth saying, most important first; of equal ones the newest. */
const WEIGHT: Readonly<Record<number, number>> = {
  [ROW.outcome]: 6,
  [ROW.hazard]: 6,
  [ROW.drop]: 5,
  [ROW.merge]: 5,
  [ROW.owner]: 4,
  [ROW.state]: 4,
  [ROW.mode]: 3,
  [ROW.take]: 3,
  [ROW.sent]: 3,
  [ROW.handler]: 3,
  [ROW.send]: 2,
  [ROW.arrive]: 2,
  [ROW.step]: 1,
};
const SENTENCES_MAX = 2;
/** Of a long stretch only the end is looked at. */
const ROWS_MAX = 400;

/** What has just happened, in at most two sentences; '' for nothing that matters. */
export function narrateNews(
  rows: Pick<RowStore, 'each'>,
  news: { readonly from: number; readonly to: number },
  names: Names,
): string {
  const heavy: TraceRow[] = [];
  rows.each(Math.max(news.from, news.to - ROWS_MAX), news.to, (row) => {
    if (weight(row) > 0) heavy.push(row);
  });
  return heavy
    .sort((a, b) => weight(b) - weight(a) || b.index - a.index)
    .slice(0, SENTENCES_MAX)
    .map((row) => narrate(row, names))
    .filter(Boolean)
    .map((sentence) => `${sentence}.`)
    .join(' ');
}

const weight = ({ kind }: TraceRow): number => WEIGHT[kind] ?? 0;
