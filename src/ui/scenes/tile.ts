import { hex } from '../../sim/base/hex.ts';
import { IRQ_WORK_VECTOR, MULTIKERNEL_VECTOR } from '../../sim/kernel/mk.layout.ts';
import type { CpuFrame, Legend } from '../../sim/world/frame.ts';

/** What a mode is called on a tile. */
const MODE_WORDS: Readonly<Record<CpuFrame['mode'], string>> = {
  offline: 'offline',
  idle: 'idle',
  task: 'running',
  interrupt: 'in an interrupt',
  irq_work: 'in irq_work',
  'wait-sipi': 'waits for SIPI',
  boot: 'booting',
  hung: 'hung',
};

/** The words of a tile. */
export interface TileText {
  readonly mode: string;
  /** Routine that runs, '' while idle. */
  readonly routine: string;
  /** Its next step, '' while idle. */
  readonly next: string;
  /** For who cannot see it: `CPU 4, web-server, idle, 0xea pending`. */
  readonly name: string;
}

/** Says what a CPU does. `owner` is its kernel's name, '' for none. */
export function describeTile(cpu: CpuFrame, owner: string, legend: Legend): TileText {
  const top = cpu.stack.at(-1);
  const mode = MODE_WORDS[cpu.mode];
  const next = top ? (legend.steps[top.pc]?.text ?? '') : '';
  const parts = [
    `CPU ${cpu.id}`,
    owner === '' ? 'no kernel' : owner,
    mode,
    top ? top.routine : '',
    cpu.irr.length > 0 ? `${cpu.irr.map((vector) => hex(vector)).join(' and ')} pending` : '',
    cpu.isr.length > 0 ? `${cpu.isr.map((vector) => hex(vector)).join(' and ')} in service` : '',
    cpu.held.length > 0 ? `${cpu.held.length} held` : '',
  ];
  return { mode, routine: top?.routine ?? '', next, name: parts.filter(Boolean).join(', ') };
}

/** Vectors a tile always has a place for. */
export const NAMED_VECTORS = [
  { vector: MULTIKERNEL_VECTOR, name: 'multikernel: another kernel rings' },
  { vector: IRQ_WORK_VECTOR, name: 'irq_work: deferred work is waiting' },
] as const;

/** Where set bits stand on a strip of 256, as shares of its width; named ones have their own place. */
export const strangers = (vectors: readonly number[]): readonly number[] =>
  vectors.filter((vector) => NAMED_VECTORS.every((named) => named.vector !== vector));

/**
 * The CPUs of `now`, with the objects of `before` for all that look as they did: a tile whose object
 * is the same is not looked at again, and of 1,024 CPUs few do something at a time.
 */
export function reuseCpus(
  before: readonly CpuFrame[],
  now: readonly CpuFrame[],
): readonly CpuFrame[] {
  return now.map((cpu, i) => {
    const old = before[i];
    return old && looksLike(old, cpu) ? old : cpu;
  });
}

function looksLike(a: CpuFrame, b: CpuFrame): boolean {
  const [top, other] = [a.stack.at(-1), b.stack.at(-1)];
  return (
    a.id === b.id &&
    a.mode === b.mode &&
    a.kernel === b.kernel &&
    a.interruptsOn === b.interruptsOn &&
    top?.pc === other?.pc &&
    top?.routine === other?.routine &&
    isSameList(a.irr, b.irr) &&
    isSameList(a.isr, b.isr) &&
    isSameList(a.held, b.held)
  );
}

const isSameList = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);
