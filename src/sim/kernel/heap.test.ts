import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { hostRun, lookAt } from '../testing/world.ts';
import { heapKind, isLive, kfree, kmalloc } from './heap.ts';
import { K } from './kernel.layout.ts';

const KIND = heapKind('buffer');
const MIB = 1024 * 1024;

describe('kmalloc', () => {
  it.each([1, 32, 33, 4096, 16_384, 16_385, 65_536, 65_537, MIB])(
    'gives %i bytes that are its own, and again after they were freed',
    (bytes) => {
      const x = lookAt(hostRun(), 'host');
      const addr = kmalloc(x, KIND, bytes, true);
      const next = kmalloc(x, KIND, 32, false);
      expect(addr).toBeGreaterThan(0);
      expect(next).toBeGreaterThanOrEqual(addr + bytes);
      x.mem.poke(addr, new Uint8Array(bytes).fill(0xff));
      expect(kfree(x, addr)).toBe(true);
      expect(kmalloc(x, KIND, bytes, true)).toBe(addr);
      expect(x.mem.peek(addr, bytes).every((byte) => byte === 0)).toBe(true);
    },
  );

  it('answers 0 above 1 MiB, and when the heap is full', () => {
    const x = lookAt(hostRun(), 'host');
    expect(kmalloc(x, KIND, MIB + 1, false)).toBe(0);
    const got = Array.from({ length: 5 }, () => kmalloc(x, KIND, MIB, false));
    expect(got.filter((addr) => addr !== 0).length).toBe(3);
    expect(got.at(-1)).toBe(0);
    expect(kmalloc(x, KIND, 64, false)).toBeGreaterThan(0);
  });

  it('is saved whole, however large: a snapshot brings every byte back', () => {
    const run = hostRun();
    const x = lookAt(run, 'host');
    const addr = kmalloc(x, KIND, 16_384, false);
    x.mem.poke(addr, new Uint8Array(16_384).fill(7));
    kfree(x, addr);
    const before = run.world.snapshot();
    expect(kmalloc(x, KIND, 16_384, true)).toBe(addr);
    run.world.restore(before);
    expect([...x.mem.peek(addr + 8, 16_376)].every((byte) => byte === 7)).toBe(true);
  });

  it('never gives out bytes twice, and counts what lives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.nat(9)), { maxLength: 60 }),
        (wishes) => {
          const x = lookAt(RUN, 'host');
          RUN.world.restore(START);
          const live = new Map<number, number>();
          for (const [bytes, n] of wishes) {
            const old = [...live.keys()][n];
            if (old !== undefined) {
              expect(isLive(x, old)).toBe(true);
              expect(kfree(x, old)).toBe(true);
              live.delete(old);
            }
            const addr = kmalloc(x, KIND, bytes, false);
            if (addr === 0) continue;
            for (const [other, size] of live)
              expect(addr + bytes <= other || other + size <= addr).toBe(true);
            live.set(addr, bytes);
          }
          expect(x.mem.peek32(x.k + K.heap_live) - LIVE_AT_START).toBe(live.size);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const RUN = hostRun();
const START = RUN.world.snapshot();
const LIVE_AT_START = lookAt(RUN, 'host').mem.peek32(lookAt(RUN, 'host').k + K.heap_live);
