import { ROW } from '../../sim/base/record.ts';
import type { Trace, TraceRow } from '../../sim/engine/trace.ts';
import { MULTIKERNEL_VECTOR } from '../../sim/kernel/mk.layout.ts';
import type { Run } from '../../sim/scenarios/run.ts';
import { readBreaks, takerOf } from '../../sim/scenarios/breaks/breaks.ts';
import { lookBack } from '../../sim/scenarios/breaks/scan.ts';
import type { Calls } from '../protocol.ts';
import { isStep, rowsBack } from './trace-steps.ts';
import type { Writer } from './inspections.ts';

/** Rows behind a write in which its interrupt is looked for. */
const IPI_ROWS_MAX = 4096;

/** Stretches of the run in which a byte's last change is looked for without being asked. */
const STRETCHES_MAX = 8;

/**
 * The step that made a byte what it is: the last write that other kernels could see, with the
 * interrupt that told of it; else, by replaying, the last step that changed it, which is all that is
 * known of what only its own kernel sees. Looks back no further than takes a moment.
 */
export function findWriter(run: Run, addr: number): Calls['writer']['answer'] {
  const seen = writeSeen(run, addr);
  if (seen) return { writer: seen, since: 0 };
  const { spot } = run;
  const search = lookForWriter(run, addr);
  let since = run.step;
  let next = search.next();
  for (let n = 0; next.done !== true && n < STRETCHES_MAX; n++) {
    since = Math.min(since, next.value);
    next = search.next();
  }
  const found = next.done === true ? next.value : undefined;
  run.goTo(spot);
  return { writer: found, since: next.done === true ? 0 : since };
}

/**
 * As {@link findWriter}, through all of the run. Gives the step it looks at now and then; the run is
 * anywhere afterwards.
 */
export function* lookForWriter(run: Run, addr: number): Generator<number, Writer | undefined> {
  const line = `write 0x${addr.toString(16)}`;
  const { scanner } = readBreaks([{ id: 0, text: line }]);
  const hit = yield* lookBack(run, scanner!);
  const taker = hit && takerOf(run, hit.at - 1);
  if (!taker) return undefined;
  const { cpu, pc, timeNs } = taker;
  const kernel = run.world.sys.kernels[taker.kernel]?.name ?? '';
  return { cpu, kernel, timeNs, step: hit.at - 1, pc, addr, bytes: 1, ipi: undefined };
}

/** The last write of a byte that other kernels could see, and the interrupt that told of it. */
function writeSeen({ world, step: steps }: Run, addr: number): Writer | undefined {
  const { trace } = world;
  if (!trace) return undefined;
  for (const [row, step] of rowsBack(trace, ROW.write, steps)) {
    if (row.a > addr || addr >= row.a + row.b || row.cpu < 0) continue;
    const owner = ownerAt(trace, row);
    return {
      cpu: row.cpu,
      kernel: world.sys.kernels[owner]?.name ?? '',
      timeNs: row.time,
      step,
      pc: stepOf(trace, row),
      addr: row.a,
      bytes: row.b,
      ipi: ipiAfter(trace, row, step),
    };
  }
  return undefined;
}

/** Index of the kernel a CPU belonged to: at first all are the host's. */
function ownerAt(trace: Trace, { index, cpu }: TraceRow): number {
  for (const [row] of trace.back(new Set([ROW.owner])))
    if (row.index <= index && row.cpu === cpu) return row.b;
  return 0;
}

/** The step that made an access: its row comes after what it did. */
function stepOf(trace: Trace, { index, cpu }: TraceRow): number {
  for (let i = index + 1; i < trace.head; i++) {
    const row = trace.at(i)!;
    if (row.kind === ROW.step && row.cpu === cpu) return row.b;
  }
  return -1;
}

/** The first interrupt of the multikernel that the same task of that CPU sent afterwards. */
function ipiAfter(trace: Trace, { index, cpu }: TraceRow, from: number): Writer['ipi'] {
  let step = from;
  for (let i = index + 1; i < Math.min(trace.head, index + IPI_ROWS_MAX); i++) {
    const row = trace.at(i)!;
    if (row.kind === ROW.send && row.cpu === cpu && (row.b & 0xff) === MULTIKERNEL_VECTOR)
      return { serial: row.d, vector: row.b & 0xff, apicId: row.c, timeNs: row.time, step };
    if (isStep(row)) step++;
    if (row.cpu === cpu && (row.kind === ROW.end || row.kind === ROW.begin)) return undefined;
  }
  return undefined;
}
