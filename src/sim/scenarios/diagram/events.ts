import { OUTCOME, ROW } from '../../base/record.ts';
import { hex } from '../../base/hex.ts';
import type { TraceRow } from '../../engine/trace.ts';
import { HAZARDS } from '../../kernel/hazards.ts';

/** One line of a diagram: something a CPU did, or an interrupt that reached one. */
export type DiagramEvent =
  | {
      readonly kind: 'note';
      readonly time: number;
      readonly cpu: number;
      readonly text: string;
      /** Something nobody wanted. */
      readonly loud: boolean;
    }
  | {
      readonly kind: 'arrow';
      readonly time: number;
      readonly from: number;
      readonly to: number;
      readonly text: string;
      readonly loud: boolean;
    };

/** What a diagram is made of. */
export interface DiagramSource {
  readonly rows: {
    readonly begin: number;
    readonly head: number;
    at(index: number): TraceRow | undefined;
  };
  /** By program counter. */
  readonly steps: readonly {
    readonly id: string;
    readonly label: string;
    readonly local: boolean;
  }[];
  /** Simulated nanoseconds: what happens from `from` up to and with `to`. */
  readonly from: number;
  readonly to: number;
}

const LOSS: Readonly<Record<number, string>> = {
  [OUTCOME.torn]: 'TORN: header and payload of two messages',
  [OUTCOME.phantom]: 'PHANTOM: nobody sent this',
  [OUTCOME.duplicated]: 'REPEATED: handled before',
  [OUTCOME.overwritten]: 'OVERWRITTEN',
};

const VECTOR_MASK = 0xff;
const INIT = 5;
const STARTUP = 6;

/** `0xea`, `INIT`, `SIPI`. */
function vectorName(word: number): string {
  const delivery = word >> 8;
  if (delivery === INIT) return 'INIT';
  return delivery === STARTUP ? 'SIPI' : hex(word & VECTOR_MASK);
}

/**
 * What happened between two moments, in order: steps that others can see or be seen by, interrupts
 * with where they came from, handlers and harm. Steps that touch only their own CPU are left out.
 */
export function diagramEvents({ rows, steps, from, to }: DiagramSource): readonly DiagramEvent[] {
  const events: DiagramEvent[] = [];
  for (let index = rows.begin; index < rows.head; index++) {
    const row = rows.at(index)!;
    if (row.time < from || row.time > to) continue;
    const event = eventOf(row, steps);
    if (event) events.splice(placeOf(events, row), 0, event);
  }
  return events;
}

/** A step's row comes behind those of what it did; a reader wants the cause first. */
function placeOf(events: readonly DiagramEvent[], { kind, time, cpu }: TraceRow): number {
  let at = events.length;
  if (kind !== ROW.step) return at;
  const isOfStep = (event: DiagramEvent | undefined): boolean =>
    event?.time === time && (event.kind === 'arrow' || event.loud || event.cpu === cpu);
  while (isOfStep(events[at - 1])) at--;
  return at;
}

function eventOf(row: TraceRow, steps: DiagramSource['steps']): DiagramEvent | undefined {
  const { kind, time, cpu, b, c } = row;
  const note = (text: string, loud = false): DiagramEvent => ({
    kind: 'note',
    time,
    cpu,
    text,
    loud,
  });
  const arrow = (text: string, loud = false): DiagramEvent | undefined =>
    cpu < 0 || c === cpu ? undefined : { kind: 'arrow', time, from: c, to: cpu, text, loud };
  switch (kind) {
    case ROW.step: {
      const step = steps[b];
      if (!step || step.local) return undefined;
      return note(step.label === step.id ? step.id : `${step.id} ${step.label}`);
    }
    case ROW.take:
      return note(`takes ${hex(b)}`);
    case ROW.arrive:
      return arrow(vectorName(b));
    case ROW.merge:
      return arrow(`${vectorName(b)} merged`, true);
    case ROW.outcome:
      return b === OUTCOME.whole ? note('handled whole') : note(LOSS[b] ?? '', true);
    case ROW.hazard:
      return note(`!! ${HAZARDS.find(({ id }) => id === b)?.key ?? `hazard ${b}`}`, true);
    default:
      return undefined;
  }
}

/** The CPUs that take part, ascending. */
export const cpusOf = (events: readonly DiagramEvent[]): readonly number[] =>
  [
    ...new Set(
      events.flatMap((event) => (event.kind === 'note' ? [event.cpu] : [event.from, event.to])),
    ),
  ].sort((a, b) => a - b);
