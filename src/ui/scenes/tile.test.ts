import { describe, expect, it } from 'vitest';
import type { CpuFrame } from '../../sim/world/frame.ts';
import { EMPTY_LEGEND } from '../state/empty-frame.ts';
import { describeTile, strangers, viewTiles } from './tile.ts';

const cpu = (rest: Partial<CpuFrame> = {}): CpuFrame => ({
  ...{ id: 4, apicId: 4, kernel: 1, logical: 0, mode: 'idle', interruptsOn: true },
  ...{ irr: [], isr: [], tpr: 0, svr: 0x1ff, icrLow: 0, icrHigh: 0, stack: [] },
  ...{ countCall: 0, countIrqWork: 0, held: [] },
  ...rest,
});

describe('tiles', () => {
  it('say what a CPU does to who cannot see it', () => {
    const { name } = describeTile(cpu({ irr: [0xea] }), 'web-server', EMPTY_LEGEND);
    expect(name).toBe('CPU 4, web-server, idle, 0xea pending');
    expect(describeTile(cpu({ kernel: -1, mode: 'offline' }), '', EMPTY_LEGEND).name).toBe(
      'CPU 4, no kernel, offline',
    );
  });

  it('leave the two vectors with a place of their own off the strip', () => {
    expect(strangers([0xf6, 0xea, 0x30])).toEqual([0x30]);
  });

  it('keep the object of a CPU that looks as it did', () => {
    const place = { x: 0, y: 0, width: 1, height: 1 };
    const layout = { detail: 'full', tiles: new Map([4, 5].map((id) => [id, place])) } as const;
    const at = (cpus: readonly CpuFrame[], entry = 4) =>
      [{ cpus, kernels: [] }, layout, entry] as const;
    const before = viewTiles([], ...at([cpu(), cpu({ id: 5 })]));
    const after = viewTiles(before, ...at([cpu({ countCall: 9 }), cpu({ id: 5, irr: [0xea] })]));
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(viewTiles(after, ...at([cpu(), cpu({ id: 5 })], 5))[0]).not.toBe(after[0]);
  });
});
