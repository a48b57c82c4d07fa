import { toHex } from '../../base/hex.ts';
import { ROW, type Row } from '../../base/record.ts';
import { slotsOf } from '../../world/areas.ts';
import { hostInstances } from '../../world/instances.ts';
import type { World } from '../../world/world.ts';
import { slotPlace } from '../answers.ts';
import type { Answers } from '../names.ts';
import type { BreakLine, Where } from './break-line.ts';
import type { VectorEvent } from '../../base/break-forms.ts';
import type { TapRow } from './tap.ts';

/** Bytes of memory. */
export interface Span {
  readonly addr: number;
  readonly bytes: number;
}

/** A line, ready to be looked for. */
export interface Armed {
  readonly id: number;
  readonly line: BreakLine;
  /** Kinds of rows it is found by. */
  readonly kinds: readonly Row[];
  /** Whether each single step must be looked at, whatever the rows say. */
  readonly eachStep: boolean;
}

const VECTOR_ROWS: Readonly<Record<VectorEvent, Row>> = {
  sent: ROW.send,
  arrived: ROW.arrive,
  merged: ROW.merge,
  dropped: ROW.drop,
  taken: ROW.take,
  ended: ROW.eoi,
};

/** Makes a line ready under a number of its own. */
export function arm(id: number, line: BreakLine): Armed {
  return {
    id,
    line,
    kinds: kindsOf(line),
    eachStep: line.kind === 'claim' || line.kind === 'changes',
  };
}

function kindsOf(line: BreakLine): readonly Row[] {
  switch (line.kind) {
    case 'at':
      return [ROW.step];
    case 'write':
    case 'change':
      return [ROW.write];
    case 'read':
      return [ROW.read];
    case 'vector':
      return [VECTOR_ROWS[line.event]];
    case 'log':
      return [ROW.log];
    case 'hazard':
      return [ROW.hazard];
    case 'claim':
    case 'changes':
      return [];
  }
}

/** Where the bytes of a line are at this moment; undefined while there are none of that name. */
export function spanOf(world: World, where: Where): Span | undefined {
  if (where.kind === 'slot') return slotPlace(world, where.kernel, where.slot, where.field);
  return world.mem.covers(where.addr, where.bytes) ? where : undefined;
}

/** Whether bytes lie among the slots of an area: kernels write there only so that others see it. */
export const isShared = (world: World, span: Span | undefined): boolean =>
  span === undefined ||
  hostInstances(world).some(({ id, addr }) => {
    const slots = slotsOf(world, 0, id, addr);
    if (!slots) return false;
    const end = slots.start + slots.count * slots.layout.size;
    return span.addr >= slots.start && span.addr + span.bytes <= end;
  });

/** The step a row makes the run stop behind; before it for a step that is about to be taken. */
export const stopAt = ({ line }: Armed, { step }: TapRow): number =>
  line.kind === 'at' ? step : step + 1;

/** Whether a row is what a line waits for. `span` is where its bytes are. */
export function isHit({ line }: Armed, row: TapRow, world: World, span: Span | undefined): boolean {
  switch (line.kind) {
    case 'at':
      return row.kind === ROW.step && line.pcs.has(row.b) && isOn(line.cpu, row);
    case 'write':
    case 'read':
      return row.kind === (line.kind === 'write' ? ROW.write : ROW.read) && touches(row, span);
    case 'vector':
      return (
        row.kind === VECTOR_ROWS[line.event] &&
        (line.vector < 0 || row.b === line.vector) &&
        isOn(line.cpu, row)
      );
    case 'log':
      return (
        row.kind === ROW.log &&
        row.d === line.event &&
        (line.kernel === null || world.sys.kernels[row.b]?.name === line.kernel)
      );
    case 'hazard':
      return row.kind === ROW.hazard && line.ids.has(row.b);
    case 'claim':
    case 'changes':
    case 'change':
      return false;
  }
}

/** Whether an access was one of these bytes. */
export const touches = (row: TapRow, span: Span | undefined): boolean =>
  span !== undefined && row.a < span.addr + span.bytes && row.a + row.b > span.addr;

const isOn = (cpu: number | null, row: TapRow): boolean => cpu === null || cpu === row.cpu;

/** What a line compares from step to step: a value, bytes, or whether a claim holds. */
export function valueNow(
  { line }: Armed,
  world: World,
  answers: Answers,
  span: Span | undefined,
): string | undefined {
  switch (line.kind) {
    case 'claim':
      return line.expression.happens(answers) ? 'true' : undefined;
    case 'changes': {
      const { ok, value } = line.expression.present(answers);
      return ok ? JSON.stringify(value) : undefined;
    }
    case 'change':
    case 'write':
      return span && toHex(world.mem.peek(span.addr, span.bytes));
    default:
      return undefined;
  }
}

/** Whether the step from one value to the next is what a line waits for. */
export const isTurn = (
  { line }: Armed,
  before: string | undefined,
  now: string | undefined,
): boolean => before !== now && (line.kind !== 'claim' || now !== undefined);
