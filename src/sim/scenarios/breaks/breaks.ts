import { Refused } from '../../base/assert.ts';
import { isStepRow, ROW } from '../../base/record.ts';
import { CPU } from '../../machine/cpu.layout.ts';
import type { Run } from '../run.ts';
import { arm, type Armed } from './arm.ts';
import { readBreak } from './break-line.ts';
import { Scanner } from './scan.ts';
import { Tap } from './tap.ts';

/** A line that says when to stop, under a number of its own. */
export interface NumberedLine {
  readonly id: number;
  readonly text: string;
}

/** Why a line means nothing, and where in it. Columns count from 1. */
export interface LineFault {
  readonly id: number;
  readonly why: string;
  readonly column: number;
}

/** Reads lines: a scanner for those that mean something, and what is wrong with the others. */
export function readBreaks(lines: readonly NumberedLine[]): {
  readonly scanner: Scanner | undefined;
  readonly faults: readonly LineFault[];
} {
  const armed: Armed[] = [];
  const faults: LineFault[] = [];
  for (const { id, text } of lines)
    try {
      armed.push(arm(id, readBreak(text, { file: 'breakpoint', line: 1, column: 1 })));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      faults.push({ id, why: error.message, column: error.place?.column ?? 1 });
    }
  return { scanner: armed.length > 0 ? new Scanner(armed) : undefined, faults };
}

/** Who took a step of the run. */
export interface Taker {
  readonly cpu: number;
  /** Program counter of the step, -1 for the acceptance of an interrupt. */
  readonly pc: number;
  readonly timeNs: number;
  /** Index of the kernel the CPU belonged to, -1 for nobody's. */
  readonly kernel: number;
}

/** Takes that step of the run again and tells who it was; the run stands behind it afterwards. */
export function takerOf(run: Run, step: number): Taker | undefined {
  run.seek(step);
  const { world } = run;
  const { H, cpus } = world.machine;
  const owners = Array.from({ length: cpus }, (_, cpu) => H[cpu * CPU.stride + CPU.kernel]!);
  const tap = new Tap([ROW.step, ROW.take, ROW.drain]);
  tap.begin(step);
  world.listenIn(tap);
  try {
    run.advance({ steps: 1, through: true });
  } finally {
    world.listenIn(null);
  }
  const row = tap.rows.find(({ kind, c }) => isStepRow(kind, c));
  if (!row) return undefined;
  const pc = row.kind === ROW.step ? row.b : -1;
  return { cpu: row.cpu, pc, timeNs: row.time, kernel: owners[row.cpu] ?? -1 };
}
