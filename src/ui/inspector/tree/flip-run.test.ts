import { describe, expect, it } from 'vitest';
import { blobOf, treeOf } from '../../../sim/testing/world.ts';
import { BitFlips } from '../../../sim/world/flips/flips.ts';
import { serveFlips } from '../../../worker/flips.ts';
import type { Port } from '../../../worker/protocol.ts';
import { byteAtPoint, movedFlip, shapeOf } from './flip-map.ts';
import { FlipRun, type FlipWorker } from './flip-run.svelte.ts';

const BLOB = blobOf(treeOf({ name: 'web', id: 2 }));

/** A worker in this thread: it does its work when `go` is called, and says nothing once closed. */
function fakeWorker() {
  let closed = false;
  let ended: (why: string) => void = () => undefined;
  const heard: ((event: { readonly data: unknown }) => void)[] = [];
  const asked: ((event: { readonly data: unknown }) => void)[] = [];
  const waiting: unknown[] = [];
  const port: Port = {
    postMessage: (data) => void waiting.push(data),
    addEventListener: (_, listener) => void heard.push(listener),
  };
  serveFlips({
    postMessage: (data) => !closed && heard.forEach((hear) => hear({ data })),
    addEventListener: (_, listener) => void asked.push(listener),
  });
  const worker: FlipWorker = {
    port,
    close: () => (closed = true),
    onend: (listener) => (ended = listener),
  };
  return {
    worker,
    go: () => waiting.splice(0).forEach((data) => asked.forEach((ask) => ask({ data }))),
    say: (data: unknown) => heard.forEach((hear) => hear({ data })),
    die: (why: string) => ended(why),
    isClosed: () => closed,
  };
}

describe('a run of flips', () => {
  it('knows of every bit what came of it, and counts the outcomes', () => {
    const fake = fakeWorker();
    const run = new FlipRun(() => fake.worker);
    run.start(BLOB, 'rfc-v2');
    expect(run.state).toBe('running');
    fake.go();
    expect([run.state, run.done, run.bits]).toEqual(['done', 8 * BLOB.length, 8 * BLOB.length]);
    expect(fake.isClosed()).toBe(true);
    const flips = new BitFlips(BLOB, 'rfc-v2');
    for (let bit = 0; bit < run.bits; bit += 5) {
      const { outcome, detail } = flips.flip(bit);
      expect(run.bit(bit)).toEqual({ bit, outcome: flips.outcomes[outcome], detail });
    }
    const { counts } = run;
    expect(counts.refused + counts.changed + counts.unchanged + counts.hazard).toBe(run.bits);
    const first = run.groups.findIndex(({ outcome }) => outcome.what === 'id');
    const at = run.nextByte(first, 0);
    expect(run.bit(8 * at)?.outcome.what).toBe('id');
    expect(run.nextByte(99, 0)).toBe(-1);
  });

  it('stops when it is cancelled, keeps what it knows, and hears no more', () => {
    const fake = fakeWorker();
    const run = new FlipRun(() => fake.worker);
    run.start(BLOB, 'rfc-v2');
    const outcome = { kind: 'refused', what: 'magic' } as const;
    const news = { added: [outcome], details: [[1, 'so']], bits: run.bits };
    fake.say({ from: 0, outcome: Uint16Array.of(0, 0, 0), ...news });
    run.cancel();
    expect([run.state, run.done, fake.isClosed()]).toEqual(['cancelled', 3, true]);
    fake.say({ from: 3, outcome: Uint16Array.of(0), ...news, added: [] });
    expect(run.done).toBe(3);
    expect(run.bit(1)).toEqual({ bit: 1, outcome, detail: 'so' });
    expect(run.bit(3)).toBeUndefined();
    expect(run.nextByte(0, 5)).toBe(0);
  });

  it('begins anew with the next blob, whatever the one before still says', () => {
    const [old, next] = [fakeWorker(), fakeWorker()];
    const workers = [old.worker, next.worker];
    const run = new FlipRun(() => workers.shift()!);
    run.start(BLOB, 'rfc-v2');
    run.start(BLOB.slice(0, 8), 'rfc-v2');
    expect(old.isClosed()).toBe(true);
    old.say({ from: 0, outcome: Uint16Array.of(0), added: [], details: [], bits: 1 });
    old.die('too late');
    expect([run.state, run.done]).toEqual(['running', 0]);
    next.go();
    expect([run.state, run.bits]).toEqual(['done', 64]);
  });

  it('says why it failed', () => {
    const fake = fakeWorker();
    const run = new FlipRun(() => fake.worker);
    run.start(BLOB, 'no-such-profile');
    fake.go();
    expect([run.state, run.why]).toEqual(['failed', expect.stringContaining('no-such-profile')]);
    const dead = fakeWorker();
    const other = new FlipRun(() => dead.worker);
    other.start(BLOB, 'rfc-v2');
    dead.die('out of memory');
    expect([other.state, other.why]).toEqual(['failed', 'out of memory']);
  });
});

describe('the map of flips', () => {
  const shape = shapeOf(360, 100);
  it('has lines of a power of two bytes, as many as fit', () => {
    expect(shape).toMatchObject({ columns: 16, lines: 7 });
    expect(shapeOf(0, 100)).toMatchObject({ columns: 8, lines: 13 });
    expect(shapeOf(1000, 0)).toMatchObject({ columns: 32, lines: 0 });
  });

  it('finds the byte under a point', () => {
    expect(byteAtPoint(shape, 44, 0)).toBe(0);
    expect(byteAtPoint(shape, 44 + 18 * 15 + 17, 14 * 2 + 3)).toBe(47);
    expect(byteAtPoint(shape, 10, 0)).toBe(100);
    expect(byteAtPoint(shape, 44 + 18 * 16, 0)).toBe(100);
  });

  it('moves by byte, line and page, and stays inside', () => {
    const moved = (at: number, key: string) => movedFlip(shape, at, key, 3);
    expect(
      ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].map((key) => moved(20, key)),
    ).toEqual([19, 21, 4, 36]);
    expect([moved(0, 'ArrowLeft'), moved(5, 'ArrowUp'), moved(99, 'ArrowRight')]).toEqual([
      0, 5, 99,
    ]);
    expect([moved(20, 'PageUp'), moved(60, 'PageDown')]).toEqual([0, 99]);
    expect([moved(20, 'Home'), moved(20, 'End'), moved(20, 'x')]).toEqual([0, 99, undefined]);
  });
});
