import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { CPU } from './cpu.layout.ts';
import {
  acceptVector,
  deliverable,
  endOfInterrupt,
  hasVector,
  highestInService,
  highestPending,
  requestVector,
  resetLapic,
} from './lapic.ts';

/** Words of the second of two CPUs, so that a wrong base shows. */
const h = CPU.stride;
function fresh(): Int32Array {
  const H = new Int32Array(2 * CPU.stride);
  resetLapic(H, h);
  return H;
}

/** Takes what the core would be given, and says what that was. */
function take(H: Int32Array): number {
  const vector = deliverable(H, h);
  if (vector >= 0) acceptVector(H, h, vector);
  return vector;
}

describe('a local APIC', () => {
  it('gives the highest pending vector first', () => {
    const H = fresh();
    for (const vector of [0x31, 0xea, 0xf6, 0x20]) requestVector(H, h, vector);
    const order = [1, 2, 3, 4].map(() => {
      const vector = take(H);
      endOfInterrupt(H, h);
      return vector;
    });
    expect(order).toEqual([0xf6, 0xea, 0x31, 0x20]);
    expect(deliverable(H, h)).toBe(-1);
  });

  it('folds a vector into one that is pending already', () => {
    const H = fresh();
    expect(requestVector(H, h, 0xea)).toBe(true);
    expect(requestVector(H, h, 0xea)).toBe(false);
    expect(take(H)).toBe(0xea);
    endOfInterrupt(H, h);
    expect(take(H)).toBe(-1);
  });

  it('keeps a vector that comes while the same one is in service', () => {
    const H = fresh();
    requestVector(H, h, 0xea);
    take(H);
    expect(requestVector(H, h, 0xea)).toBe(true);
    expect(deliverable(H, h)).toBe(-1);
    expect(endOfInterrupt(H, h)).toBe(0xea);
    expect(deliverable(H, h)).toBe(0xea);
  });

  it('lets irq_work (class f) in over 0xea in service, and not the other way round', () => {
    const H = fresh();
    requestVector(H, h, 0xea);
    take(H);
    requestVector(H, h, 0xf6);
    expect(take(H)).toBe(0xf6);
    requestVector(H, h, 0xea);
    expect(deliverable(H, h)).toBe(-1);
    expect([endOfInterrupt(H, h), endOfInterrupt(H, h)]).toEqual([0xf6, 0xea]);
  });

  it('compares classes, not vectors: 0xef waits for 0xe1', () => {
    const H = fresh();
    requestVector(H, h, 0xe1);
    take(H);
    requestVector(H, h, 0xef);
    expect(deliverable(H, h)).toBe(-1);
    requestVector(H, h, 0xf0);
    expect(deliverable(H, h)).toBe(0xf0);
  });

  it('holds back what is not above the task priority', () => {
    const H = fresh();
    requestVector(H, h, 0xea);
    H[h + CPU.tpr] = 0xe0;
    expect(deliverable(H, h)).toBe(-1);
    H[h + CPU.tpr] = 0xdf;
    expect(deliverable(H, h)).toBe(0xea);
  });

  it('forgets everything pending and in service on INIT, and is disabled after it', () => {
    const H = fresh();
    requestVector(H, h, 0xea);
    take(H);
    requestVector(H, h, 0xf6);
    H[h + CPU.svr] = 0x1ff;
    resetLapic(H, h);
    expect(highestPending(H, h)).toBe(-1);
    expect(highestInService(H, h)).toBe(-1);
    expect(H[h + CPU.svr]! & 0x100).toBe(0);
    expect(deliverable(H, h)).toBe(-1);
  });

  it('answers -1 to an EOI with nothing in service', () => {
    expect(endOfInterrupt(fresh(), h)).toBe(-1);
  });

  it('does not touch the words of other CPUs', () => {
    const H = fresh();
    for (let vector = 0; vector < 256; vector++) requestVector(H, h, vector);
    while (take(H) >= 0);
    expect([...H.subarray(0, h)].every((word) => word === 0)).toBe(true);
  });

  it('behaves as two sets of vectors do', () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('ipi' as const), vector: fc.integer({ min: 16, max: 255 }) }),
      fc.record({ kind: fc.constantFrom('take' as const, 'eoi' as const) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const H = fresh();
        const irr = new Set<number>();
        const isr = new Set<number>();
        for (const each of actions) {
          if (each.kind === 'ipi') {
            expect(requestVector(H, h, each.vector)).toBe(!irr.has(each.vector));
            irr.add(each.vector);
          } else if (each.kind === 'take') {
            const best = Math.max(-1, ...irr);
            const can = best >> 4 > Math.max(0, ...isr) >> 4;
            expect(take(H)).toBe(can ? best : -1);
            if (can) isr.add(best);
            if (can) irr.delete(best);
          } else {
            const best = Math.max(-1, ...isr);
            expect(endOfInterrupt(H, h)).toBe(best);
            isr.delete(best);
          }
          for (const vector of irr) expect(hasVector(H, h + CPU.irr, vector)).toBe(true);
          for (const vector of isr) expect(hasVector(H, h + CPU.isr, vector)).toBe(true);
        }
      }),
    );
  });
});
