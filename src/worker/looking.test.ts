import { describe, expect, it } from 'vitest';
import { Refused } from '../sim/base/assert.ts';
import { loaded } from './testing/hired.ts';

describe('looking', () => {
  it('evaluates any expression of the language, and refuses what is none', async () => {
    const page = await loaded();
    expect(await page.ask('evaluate', { expression: 'kernel("host").cpus.size() + 1' })).toBe(9);
    await expect(page.ask('evaluate', { expression: 'kernle("host")' })).rejects.toThrow(/kernel/);
    await expect(page.ask('evaluate', { expression: 'stats.' })).rejects.toThrow(Refused);
    await expect(page.ask('evaluate', { expression: 'cpu(99).id' })).rejects.toThrow(
      'there are 0, 1, 2, 3, 4, 5, 6, 7',
    );
  });

  it('runs until a claim holds, or gives up after as many steps as it was told', async () => {
    const page = await loaded();
    const claim = 'instance("web-server").exists';
    const few = await page.ask('runUntil', { claim, maxSteps: 3 });
    expect(few).toMatchObject({ reached: false, frame: { step: 3 } });
    const { reached, frame } = await page.ask('runUntil', { claim });
    expect(reached).toBe(true);
    expect(frame.kernels.map(({ name }) => name)).toEqual(['host', 'web-server']);
    await expect(page.ask('runUntil', { claim: 'nonsense(' })).rejects.toThrow(Refused);
  });

  it('reads memory, and refuses what is not there or too much', async () => {
    const page = await loaded();
    expect(await page.ask('memory', { addr: 0x80000000, bytes: 4 })).toEqual(new Uint8Array(4));
    for (const [addr, bytes] of [
      [2 ** 32 - 2, 4],
      [-4, 4],
      [0, (1 << 20) + 1],
      [0, -1],
      [0, NaN],
    ] as const)
      await expect(page.ask('memory', { addr, bytes })).rejects.toThrow('there is no memory of');
  });

  it('gives rows of the trace', async () => {
    const page = await loaded('lost-message');
    const { traceEnd } = await page.ask('step', { count: 200 });
    const rows = await page.ask('rows', { from: 5, to: 9 });
    expect([rows.from, rows.time.length]).toEqual([5, 4]);
    expect((await page.ask('rows', { from: 0, to: 1e9 })).time).toHaveLength(traceEnd);
  });

  it('tells the state as JSON', async () => {
    const page = await loaded('lost-message');
    await page.ask('seek', { step: 1e9 });
    const state = await page.ask('state', {});
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(state.kernels).toMatchObject([
      { name: 'host', id: 0 },
      { name: 'web-server', id: 2 },
    ]);
    expect(state.messages).toHaveLength(4);
    expect(state.messages[0]).toMatchObject({ id: 1, from_cpu: 1, outcome: 'lost' });
  });
});
