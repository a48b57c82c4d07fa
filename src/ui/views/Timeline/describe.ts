import { hex } from '../../../sim/base/hex.ts';
import { ROW } from '../../../sim/base/record.ts';
import { MODE, MODE_NAMES } from '../../../sim/machine/cpu.layout.ts';
import type { ClaimFrame, Legend } from '../../../sim/world/frame.ts';
import { formatSpan, formatTime } from '../../kit/time.ts';
import { messageName, narrate, vectorName, type Names } from '../../narrate.ts';
import { END, MARK, type TimelineHistory } from './history.ts';
import type { Hit } from './hit.ts';
import type { Found } from './search.ts';

/** What a tooltip says. */
export interface Told {
  readonly title: string;
  readonly lines: readonly string[];
}

const ENDS: Readonly<Record<number, string>> = {
  [END.flying]: 'under way',
  [END.arrived]: 'taken: it reaches its APIC and the IRR bit sets',
  [END.merged]: 'merged: the IRR bit is set already, two rings become one',
  [END.dropped]: 'dropped: nobody takes it',
};

/** A thing that was found, in one line. */
export function tell(
  { kind, ref, cpu }: Found,
  history: TimelineHistory,
  names: Names,
  claims: readonly ClaimFrame[],
): string {
  switch (kind) {
    case 'flight':
      return ofArrow(ref, 1, history).title;
    case 'mark':
      return ofPoint(ref, 1, history, names).title;
    case 'claim':
      return `Failed claim ${claims[ref]?.claim ?? ''}`;
    case 'bar':
    case 'step': {
      const lane = history.lanes[cpu]!;
      const pc = kind === 'step' ? lane.steps.at.pc[ref]! : (lane.levels[0]?.at.pc[ref] ?? -1);
      return `CPU ${cpu} · ${routineOf(names.legend, pc)} · ${stepOf(names.legend, pc)}`;
    }
  }
}

/** What lies under the pointer, in words. `time` is the moment the pointer stands at. */
export function describe(hit: Hit, history: TimelineHistory, names: Names, time: number): Told {
  switch (hit.kind) {
    case 'lane':
      return { title: `CPU ${hit.lane}`, lines: [formatTime(time)] };
    case 'bar': {
      const { lane, start, end, mode, vector, count, pc } = hit.bar;
      const span = `${formatTime(start)}, ${formatSpan(end - start)}`;
      if (count > 1)
        return { title: `CPU ${lane} · ${count} in one place`, lines: [span, 'Zoom in'] };
      const now = history.pcAt(time, lane);
      const top = now < 0 ? pc : now;
      return {
        title: `CPU ${lane} · ${modeName(mode, vector)}`,
        lines: [routineOf(names.legend, top), stepOf(names.legend, top), span].filter(Boolean),
      };
    }
    case 'arrow':
      return ofArrow(hit.arrow.flight, hit.arrow.count, history);
    case 'point':
      return ofPoint(hit.point.mark, hit.point.count, history, names);
  }
}

function modeName(mode: number, vector: number): string {
  if (mode === MODE.interrupt && vector > 0) {
    return `interrupt ${hex(vector)} ${vectorName(vector)}`.trim();
  }
  return mode === MODE.boot ? 'starting a kernel' : (MODE_NAMES[mode] ?? '');
}

export const routineOf = ({ routines, steps }: Legend, pc: number): string =>
  routines[steps[pc]?.routine ?? -1]?.name ?? '';
const stepOf = ({ steps }: Legend, pc: number): string => steps[pc]?.text ?? '';

/** What flies: the message it announces, else INIT, SIPI or the vector. */
function flightName(history: TimelineHistory, flight: number): string {
  const { type, subtype, delivery, vector } = history.flights.at;
  if (delivery[flight] === 5) return 'INIT';
  if (delivery[flight] === 6) return `SIPI ${hex(vector[flight]!)}`;
  if (type[flight]! !== 0) return messageName(type[flight]!, subtype[flight]!);
  return `${hex(vector[flight]!)} ${vectorName(vector[flight]!)}`.trim();
}

function ofArrow(flight: number, count: number, history: TimelineHistory): Told {
  const { sent, done, from, to, vector, delivery, end } = history.flights.at;
  const target = to[flight]! < 0 ? 'nobody' : `CPU ${to[flight]!}`;
  const what = delivery[flight] === 0 ? `vector ${hex(vector[flight]!)}, ` : '';
  return {
    title: `${flightName(history, flight)} · CPU ${from[flight]!} → ${target}`,
    lines: [
      `${what}${formatSpan(done[flight]! - sent[flight]!)} under way`,
      ENDS[end[flight]!] ?? '',
      ...(count > 1 ? [`and ${count - 1} more in this place`] : []),
    ],
  };
}

function ofPoint(mark: number, count: number, history: TimelineHistory, names: Names): Told {
  const { time, cpu, kind, a, b, c, d } = history.marks.at;
  const row = KINDS[kind[mark]!] ?? ROW.log;
  const text = narrate(
    { ...{ kind: row, cpu: cpu[mark]!, a: a[mark]!, b: b[mark]! }, c: c[mark]!, d: d[mark]! },
    names,
  );
  const more = count > 1 ? [`and ${count - 1} more in this place`] : [];
  return { title: text, lines: [`CPU ${cpu[mark]!} · ${formatTime(time[mark]!)}`, ...more] };
}

const KINDS: Readonly<Record<number, number>> = {
  [MARK.log]: ROW.log,
  [MARK.outcome]: ROW.outcome,
  [MARK.hazard]: ROW.hazard,
};
