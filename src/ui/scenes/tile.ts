import { hex } from '../../sim/base/hex.ts';
import { IRQ_WORK_VECTOR, MULTIKERNEL_VECTOR } from '../../sim/kernel/mk.layout.ts';
import type { CpuFrame, Frame, Legend } from '../../sim/world/frame.ts';
import type { Box, Detail, StageLayout } from './stage.ts';

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

/** All that one tile is drawn from. */
export interface TileView {
  readonly cpu: CpuFrame;
  /** Name of its kernel, '' for none. */
  readonly owner: string;
  readonly place: Box;
  readonly detail: Detail;
  /** Only one tile is in the order of the tab key; arrows go on from there. */
  readonly inTabOrder: boolean;
}

/**
 * The tiles of a moment, with the objects of the moment before for all that look as they did. A tile
 * whose object is the same is not even looked at, and of 1,024 CPUs few do something at a time.
 */
export function viewTiles(
  before: readonly TileView[],
  { cpus, kernels }: Pick<Frame, 'cpus' | 'kernels'>,
  { tiles, detail }: Pick<StageLayout, 'tiles' | 'detail'>,
  entry: number,
): readonly TileView[] {
  return cpus.flatMap((cpu, i) => {
    const place = tiles.get(cpu.id);
    if (!place) return [];
    const owner = kernels[cpu.kernel]?.name ?? '';
    const view = { cpu, owner, place, detail, inTabOrder: cpu.id === entry };
    const old = before[i];
    return old && isSameTile(old, view) ? old : view;
  });
}

const isSameTile = (a: TileView, b: TileView): boolean =>
  a.place === b.place &&
  a.owner === b.owner &&
  a.detail === b.detail &&
  a.inTabOrder === b.inTabOrder &&
  looksLike(a.cpu, b.cpu);

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
