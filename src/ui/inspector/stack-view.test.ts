import { describe, expect, it } from 'vitest';
import type { CpuFrame, Legend } from '../../sim/world/frame.ts';
import { busiest, localText, stepsOf } from './stack-view.ts';

const step = (routine: number, id: string) => ({
  ...{ routine, id, label: id, text: `do ${id}`, cost: 4, local: true },
});
/** Stands behind a routine; never shown. */
const GUARD = { ...step(1, 'end'), cost: 0 };
const legend: Legend = {
  routines: [],
  steps: [step(0, 'A1'), step(1, 'B1'), step(1, 'B2'), step(1, 'B3'), GUARD, step(2, 'C1')],
  hazards: [],
  glue: [],
  design: [],
  profiles: [],
};
const frame = { routine: 'b', source: 'b.c', start: 1, end: 4, locals: [] };

describe('a frame of the stack', () => {
  it('has the steps of its routine, before and after the next one', () => {
    expect(stepsOf({ ...frame, pc: 2 }, legend).map(({ id, when }) => [id, when])).toEqual([
      ...[
        ['B1', 'done'],
        ['B2', 'now'],
        ['B3', 'later'],
      ],
    ]);
  });

  it('has none where the legend knows nothing', () => {
    expect(stepsOf({ ...frame, start: 99, end: 101, pc: 99 }, legend)).toEqual([]);
  });
});

describe('the CPU to show first', () => {
  const cpu = (id: number, mode: CpuFrame['mode'], depth = 0): CpuFrame =>
    ({ id, mode, stack: Array.from({ length: depth }, () => frame) }) as unknown as CpuFrame;

  it('is in an interrupt, or does something, or is the first', () => {
    expect(busiest([cpu(0, 'task', 1), cpu(4, 'interrupt', 1)])).toBe(4);
    expect(busiest([cpu(0, 'idle'), cpu(1, 'task', 1)])).toBe(1);
    expect(busiest([cpu(0, 'idle'), cpu(1, 'offline')])).toBe(0);
    expect(busiest([])).toBe(-1);
  });
});

describe('locals', () => {
  it('are hexadecimal once they look like addresses', () => {
    expect([7, -22, 0x80000440, 0.5].map(localText)).toEqual(['7', '-22', '0x80000440', '0.5']);
  });
});
