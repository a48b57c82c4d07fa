import { describe, expect, it } from 'vitest';
import type { CpuFrame, KernelFrame } from '../../sim/world/frame.ts';
import { layOutStage, type Box } from './stage.ts';

const machine = (owners: readonly number[]) => {
  const cpus = owners.map((kernel, id) => ({ id, kernel }) as CpuFrame);
  const count = Math.max(...owners) + 1;
  const kernels = Array.from({ length: count }, (_, index) => ({ index }) as KernelFrame);
  return { cpus, kernels };
};
const apart = (a: Box, b: Box) =>
  a.x + a.width <= b.x + 0.01 ||
  b.x + b.width <= a.x + 0.01 ||
  a.y + a.height <= b.y + 0.01 ||
  b.y + b.height <= a.y + 0.01;
const inside = (a: Box, b: Box) =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

const BOXES = [
  [760, 430],
  [600, 330],
  [390, 420],
  [1200, 900],
] as const;
const OWNERS = [
  Array.from({ length: 8 }, () => 0),
  [0, 0, 0, 0, 1, 1, 0, 0],
  [0, 0, 2, 2, 1, 1, 0, -1],
  Array.from({ length: 64 }, (_, i) => i % 8),
  Array.from({ length: 1024 }, (_, i) => (i < 512 ? 0 : 1 + (i % 16))),
];

describe('the stage', () => {
  it.each(BOXES.flatMap((box) => OWNERS.map((owners) => ({ box, owners }))))(
    'keeps $owners.length tiles apart, and each inside the region of its owner, on $box',
    ({ box: [width, height], owners }) => {
      const { cpus, kernels } = machine(owners);
      const { tiles, regions } = layOutStage(cpus, kernels, { width, height });
      expect(tiles.size).toBe(cpus.length);
      for (const region of regions) {
        expect(region.x).toBeGreaterThanOrEqual(0);
        expect(region.x + region.width).toBeLessThanOrEqual(width + 0.01);
        for (const cpu of region.cpus) {
          expect(owners[cpu]).toBe(region.kernel);
          expect(inside(tiles.get(cpu)!, region)).toBe(true);
        }
        for (const other of regions) if (other !== region) expect(apart(region, other)).toBe(true);
      }
      const boxes = [...tiles.values()].slice(0, 40);
      boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => expect(apart(a, b)).toBe(true)));
    },
  );

  it('has room for every word with eight CPUs, and for a colour each with 1,024', () => {
    const of = (owners: readonly number[], width: number, height: number) => {
      const { cpus, kernels } = machine(owners);
      return layOutStage(cpus, kernels, { width, height });
    };
    expect(of(OWNERS[0]!, 760, 430).detail).toBe('full');
    expect(of(OWNERS[1]!, 760, 430).detail).toBe('full');
    expect(of(OWNERS[4]!, 760, 430)).toMatchObject({ detail: 'cell', height: 430 });
  });

  it('puts CPUs of nobody last', () => {
    const { cpus, kernels } = machine([-1, 0, 1]);
    const { regions } = layOutStage(cpus, kernels, { width: 800, height: 400 });
    expect(regions.map(({ kernel }) => kernel)).toEqual([0, 1, -1]);
  });

  it('is empty without CPUs', () => {
    expect(layOutStage([], [], { width: 800, height: 400 }).tiles.size).toBe(0);
  });
});
