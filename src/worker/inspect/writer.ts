import { ROW } from '../../sim/base/record.ts';
import type { Trace, TraceRow } from '../../sim/engine/trace.ts';
import { MULTIKERNEL_VECTOR } from '../../sim/kernel/mk.layout.ts';
import type { Run } from '../../sim/scenarios/run.ts';
import { isStep, rowsBack } from './trace-steps.ts';
import type { Writer } from './inspections.ts';

/** Rows behind a write in which its interrupt is looked for. */
const IPI_ROWS_MAX = 4096;

/** Steps back from now in which a byte's last change is looked for, and those of one look. */
const BACK_MAX = 16_384;
const BACK = 512;

/**
 * The step that made a byte what it is: the last write that other kernels could see, with the
 * interrupt that told of it; else, by replaying, the last step that changed it, which is all that is
 * known of what only its own kernel sees.
 */
export function findWriter(run: Run, addr: number): Writer | undefined {
  return writeSeen(run, addr) ?? lastChange(run, addr);
}

/** As {@link findWriter}, by going back and forth; the run is where it was afterwards. */
function lastChange(run: Run, addr: number): Writer | undefined {
  const { spot, world } = run;
  const now = world.mem.peek(addr, 1)[0];
  let end = run.step;
  let begin = end;
  let changed = false;
  while (!changed && begin > 0 && run.step > spot.step - BACK_MAX) {
    end = begin;
    begin = Math.max(0, end - BACK);
    run.seek(begin);
    changed = world.mem.peek(addr, 1)[0] !== now;
  }
  let step = -1;
  for (let isNow = false; changed && run.step < end;) {
    const before = run.step;
    run.seek(before + 1);
    const was = isNow;
    isNow = world.mem.peek(addr, 1)[0] === now;
    if (isNow && !was) step = before;
  }
  run.goTo(spot);
  return step < 0 ? undefined : changeAt(run, addr, step);
}

/** What the trace knows of a step of the run that changed a byte. */
function changeAt({ world, step: steps }: Run, addr: number, step: number): Writer | undefined {
  const { trace } = world;
  if (!trace) return undefined;
  for (const [row, before] of rowsBack(trace, steps)) {
    if (before !== step || !isStep(row)) continue;
    const kernel = world.sys.kernels[ownerAt(trace, row)]?.name ?? '';
    const { cpu, time: timeNs } = row;
    return { cpu, kernel, timeNs, step, pc: stepOf(trace, row, 0), addr, bytes: 1, ipi: undefined };
  }
  return undefined;
}

/** The last write of a byte that other kernels could see, and the interrupt that told of it. */
function writeSeen({ world, step: steps }: Run, addr: number): Writer | undefined {
  const { trace } = world;
  if (!trace) return undefined;
  for (const [row, step] of rowsBack(trace, steps)) {
    if (row.kind !== ROW.write || row.a > addr || addr >= row.a + row.b || row.cpu < 0) continue;
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
  for (let i = index; i >= trace.begin; i--) {
    const row = trace.at(i)!;
    if (row.kind === ROW.owner && row.cpu === cpu) return row.b;
  }
  return 0;
}

/** The step that made an access: its row comes after what it did. */
function stepOf(trace: Trace, { index, cpu }: TraceRow, after = 1): number {
  for (let i = index + after; i < trace.head; i++) {
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
    if (row.kind === ROW.step || row.kind === ROW.take) step++;
    if (row.cpu === cpu && (row.kind === ROW.end || row.kind === ROW.begin)) return undefined;
  }
  return undefined;
}
