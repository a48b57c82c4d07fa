import { describe, expect, it } from 'vitest';
import { Litmus, X, Y, load, mfence, store } from '../testing/litmus.ts';
import { launch } from './bus.ts';
import { DeliveryMode } from './lapic.regs.ts';
import { DRAIN_NS, STORES_MAX } from './store-buffers.ts';

describe('a store buffer', () => {
  const run = (litmus: Litmus, ...cpus: readonly number[]): void => {
    litmus.machine.instant = true;
    for (const cpu of cpus) litmus.machine.choose(cpu);
  };

  it('gives the newest of the own stores, byte by byte', () => {
    const litmus = new Litmus([
      [
        (x) => x.mem.fill(X, 0x0a, 8),
        store(X, 0x11223344),
        (x) => x.mem.writeBytes(X + 1, Uint8Array.of(0xff)),
        load(0, X),
        (x) => x.set(1, x.mem.readBytes(X, 2)[1]!),
        mfence,
      ],
    ]);
    run(litmus, 0, 0, 0, 0, 0);
    expect(litmus.machine.mem.peek64(X)).toBe(0);
    run(litmus, 0);
    expect([litmus.machine.mem.peek32(X), litmus.machine.mem.peek32(X + 4)]).toEqual([
      0x1122ff44, 0x0a0a0a0a,
    ]);
    expect(litmus.register(0, 0)).toBe(0x1122ff44);
    expect(litmus.register(0, 1)).toBe(0xff);
  });

  it(`holds ${STORES_MAX}: the next store waits for the oldest`, () => {
    const ops = Array.from({ length: STORES_MAX + 1 }, (_, i) => store(X + 4 * i, i + 1));
    const litmus = new Litmus([ops]);
    run(litmus, ...ops.slice(1).map(() => 0));
    expect(litmus.machine.stores!.count(0)).toBe(STORES_MAX);
    expect(litmus.machine.mem.peek32(X)).toBe(0);
    run(litmus, 0);
    expect(litmus.machine.stores!.count(0)).toBe(STORES_MAX);
    expect(litmus.machine.mem.peek32(X)).toBe(1);
    expect(litmus.machine.mem.peek32(X + 4)).toBe(0);
  });

  it('lets what is too long through when it is empty', () => {
    const litmus = new Litmus([
      [store(X, 5), (x) => x.mem.writeBytes(Y, new Uint8Array(4000).fill(9)), mfence],
    ]);
    run(litmus, 0, 0);
    expect(litmus.machine.stores!.count(0)).toBe(0);
    expect([litmus.machine.mem.peek32(X), litmus.machine.mem.peek32(Y)]).toEqual([5, 0x09090909]);
  });

  it('takes the notes of the observer along', () => {
    const litmus = new Litmus([
      [
        (x) => {
          x.mem.fill(X, 0, 64);
          x.mem.sign(X, 3, 4);
        },
        mfence,
      ],
    ]);
    run(litmus, 0);
    expect([litmus.machine.mem.note(X), litmus.machine.mem.note(X + 16)]).toEqual([0, 0]);
    run(litmus, 0);
    expect([litmus.machine.mem.note(X), litmus.machine.mem.note(X + 16)]).toEqual([3, 4]);
  });

  it('is emptied by an interrupt, and by the way back from one', () => {
    const litmus = new Litmus([[store(X, 1), store(X, 2), mfence], [mfence]]);
    const { machine } = litmus;
    run(litmus, 0);
    launch(machine, 1, 0, DeliveryMode.fixed, 0xea);
    machine.choose(0, true);
    expect([machine.mem.peek32(X), machine.stores!.count(0)]).toEqual([1, 0]);
    run(litmus, 0, 0);
    expect([machine.mem.peek32(Y), machine.stores!.count(0)]).toEqual([0, 1]);
    machine.choose(0);
    expect([machine.mem.peek32(Y), machine.stores!.count(0)]).toEqual([7, 0]);
  });

  it(`drains by itself ${DRAIN_NS} ns later when time decides`, () => {
    const litmus = new Litmus([
      [store(X, 1), load(0, X), load(0, X), load(0, X), load(0, X), load(0, X)],
    ]);
    const { machine } = litmus;
    machine.run(4);
    expect([machine.mem.peek32(X), machine.stores!.count(0)]).toEqual([0, 1]);
    machine.run(100);
    expect([machine.mem.peek32(X), machine.stores!.count(0)]).toEqual([1, 0]);
    expect([litmus.drained, machine.quiet]).toEqual([[0], true]);
  });

  it('is the same after other stores have left it: nothing stays behind', () => {
    const once = new Litmus([[store(X, 7), mfence]]);
    const twice = new Litmus([[store(X, 7), mfence]]);
    for (const { machine } of [once, twice]) {
      machine.instant = true;
      machine.choose(0);
    }
    expect(once.hash).toBe(twice.hash);
    const before = once.machine.snapshot();
    once.machine.drain(0);
    once.machine.restore(before);
    expect(once.hash).toBe(twice.hash);
  });

  it('refuses to drain what is not there', () => {
    expect(() => new Litmus([[mfence]]).machine.drain(0)).toThrow('cpu0 has no store to drain');
  });
});
