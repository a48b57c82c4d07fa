import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { PAGE_SIZE } from '../base/units.ts';
import { Memory, NOTE_BYTES, SEGMENT_BYTES } from './memory.ts';
import type { MemorySnapshot } from './moments.ts';
import { lanesToHex } from './pages.ts';

const RAM = 3 * SEGMENT_BYTES;
const newMemory = (): Memory => new Memory(RAM, SEGMENT_BYTES);
const hash = (memory: Memory): string => {
  const lanes = new Int32Array(2);
  memory.hashInto(lanes);
  return lanesToHex(lanes);
};
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe('memory', () => {
  it('is zero at first', () => {
    expect(newMemory().peek(SEGMENT_BYTES - 4, 8)).toEqual(new Uint8Array(8));
  });

  it('is little-endian', () => {
    const memory = newMemory();
    memory.write32(0x1000, 0x0102_0304);
    memory.write64(0x1008, 0x11_2233_4455_6677);
    expect(memory.peek(0x1000, 4)).toEqual(bytes(4, 3, 2, 1));
    expect(memory.peek(0x1008, 8)).toEqual(bytes(0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0));
    expect(memory.read32(0x1000)).toBe(0x0102_0304);
    expect(memory.read64(0x1008)).toBe(0x11_2233_4455_6677);
  });

  it('keeps 64-bit numbers exactly up to 2^53', () => {
    const memory = newMemory();
    for (const value of [2 ** 53 - 1, 2 ** 32, 2 ** 32 - 1, 0]) {
      memory.write64(0x2000, value);
      expect(memory.read64(0x2000)).toBe(value);
      expect(memory.peek64(0x2000)).toBe(value);
    }
  });

  it.each([RAM + SEGMENT_BYTES, 2 ** 40, 2 ** 48, 2 ** 50, 2 ** 52 + 4096, 2 ** 63, -4096])(
    'reads bytes 0xff where nothing answers, and drops writes: %d',
    (addr) => {
      const memory = newMemory();
      const before = hash(memory);
      expect(memory.peek(addr, 8)).toEqual(new Uint8Array(8).fill(0xff));
      expect(memory.read32(addr)).toBe(-1);
      memory.write32(addr, 5);
      memory.writeBytes(addr, bytes(1, 2, 3));
      memory.fill(addr, 0, 272);
      expect(memory.peek(addr, 8)).toEqual(new Uint8Array(8).fill(0xff));
      expect(hash(memory)).toBe(before);
    },
  );

  it('covers its RAM and nothing behind it', () => {
    const memory = newMemory();
    expect(memory.covers(0, RAM)).toBe(true);
    expect(memory.covers(RAM - 8, 8)).toBe(true);
    expect(memory.covers(RAM - 8, 9)).toBe(false);
    expect(memory.covers(-8, 8)).toBe(false);
    expect(memory.covers(memory.observerBase, 8)).toBe(false);
  });

  it('tells the listener once of each access others could see, and nothing of private ones', () => {
    const memory = newMemory();
    const seen: string[] = [];
    memory.listener = {
      access: (write, addr, size) => void seen.push(`${write ? 'w' : 'r'} ${addr} ${size}`),
    };
    memory.write32(8, 1);
    memory.write64(16, 1);
    memory.read32(8);
    memory.read64(16);
    memory.fill(0, 0, 272);
    memory.copy(64, 512, 40);
    memory.writeBytes(3, bytes(1, 2, 3));
    memory.readBytes(3, 3);
    expect(seen).toEqual([
      'w 8 4',
      'w 16 8',
      'r 8 4',
      'r 16 8',
      'w 0 272',
      'w 64 40',
      'w 3 3',
      'r 3 3',
    ]);
    memory.poke(0, bytes(9));
    memory.poke32(8, 1);
    memory.poke64(16, 1);
    memory.peek(0, 4);
    memory.peek32(8);
    memory.peek64(16);
    memory.move(64, 512, 40);
    memory.setNote(64, 3);
    expect(seen).toHaveLength(8);
  });

  it('clears only what is asked of it, across pages and segments', () => {
    const memory = newMemory();
    const start = SEGMENT_BYTES - PAGE_SIZE - 3;
    memory.poke(start - 1, new Uint8Array(2 * PAGE_SIZE + 8).fill(7));
    memory.zero(start, 2 * PAGE_SIZE + 6);
    expect(memory.peek(start - 1, 1)).toEqual(bytes(7));
    expect(memory.peek(start + 2 * PAGE_SIZE + 6, 1)).toEqual(bytes(7));
    expect(memory.peek(start, 2 * PAGE_SIZE + 6).every((byte) => byte === 0)).toBe(true);
  });

  it('lends a page in place', () => {
    const memory = newMemory();
    memory.poke(2 * PAGE_SIZE, bytes(1, 2, 3));
    const page = memory.borrowPage(2 * PAGE_SIZE);
    expect(page).toHaveLength(PAGE_SIZE);
    expect(page.subarray(0, 3)).toEqual(bytes(1, 2, 3));
    page[1] = 9;
    expect(memory.peek(2 * PAGE_SIZE, 3)).toEqual(bytes(1, 9, 3));
    expect(() => memory.borrowPage(4)).toThrow('a page starts at');
  });
});

describe('a snapshot of memory', () => {
  it('shares the pages that were not written since the one before', () => {
    const memory = newMemory();
    memory.poke32(0, 1);
    memory.poke32(PAGE_SIZE, 1);
    const one = memory.snapshot();
    memory.poke32(PAGE_SIZE, 2);
    const two = memory.snapshot();
    const copies = (snapshot: MemorySnapshot) => new Set(snapshot.tables.flat().filter(Boolean));
    const shared = [...copies(two)].filter((page) => copies(one).has(page));
    expect(copies(two).size - shared.length).toBe(1);
    expect(shared.length).toBeGreaterThanOrEqual(1);
    // Nothing written: nothing new at all.
    expect(memory.snapshot().tables).toEqual(two.tables);
    expect([...copies(memory.snapshot())].every((page) => copies(two).has(page))).toBe(true);
  });

  it('rewinds the notes of the observer with the bytes', () => {
    const memory = newMemory();
    memory.poke32(0x3000, 1);
    memory.setNote(0x3000, 11);
    const then = memory.snapshot();
    memory.setNote(0x3000, 12);
    memory.setNote(0x3000 + NOTE_BYTES, 13);
    memory.restore(then);
    expect(memory.note(0x3000)).toBe(11);
    expect(memory.note(0x3000 + NOTE_BYTES - 1)).toBe(11);
    expect(memory.note(0x3000 + NOTE_BYTES)).toBe(0);
  });

  it('keeps what lies behind the RAM, where the observer has its records', () => {
    const memory = newMemory();
    memory.poke32(memory.observerBase, 5);
    const then = memory.snapshot();
    const before = hash(memory);
    memory.poke32(memory.observerBase, 6);
    expect(hash(memory)).not.toBe(before);
    memory.restore(then);
    expect(memory.peek32(memory.observerBase)).toBe(5);
    expect(hash(memory)).toBe(before);
  });

  it('outlives the growth of the store behind it', () => {
    const memory = new Memory(128 * SEGMENT_BYTES, SEGMENT_BYTES);
    memory.poke32(0, 1);
    const then = memory.snapshot();
    for (let segment = 1; segment < 128; segment++) memory.poke32(segment * SEGMENT_BYTES, segment);
    const later = memory.snapshot();
    memory.restore(then);
    expect(memory.peek32(100 * SEGMENT_BYTES)).toBe(0);
    memory.restore(later);
    expect(memory.peek32(100 * SEGMENT_BYTES)).toBe(100);
    expect(memory.peek32(0)).toBe(1);
  });
});

describe('the hash of memory', () => {
  it('says nothing of the order in which pages were first touched', () => {
    const forward = newMemory();
    const backward = newMemory();
    for (let page = 0; page < 100; page++) forward.poke32(page * PAGE_SIZE, page);
    for (let page = 99; page >= 0; page--) backward.poke32(page * PAGE_SIZE, page);
    expect(hash(backward)).toBe(hash(forward));
  });

  it('counts a page of zeros as one never written, and tells places apart', () => {
    const memory = newMemory();
    const empty = hash(memory);
    memory.poke32(0x5000, 1);
    const one = hash(memory);
    memory.poke32(0x5000, 0);
    expect(hash(memory)).toBe(empty);
    memory.poke32(0x6000, 1);
    expect(hash(memory)).not.toBe(one);
  });
});

/** What can be done to memory; addresses lie around the borders of pages and segments. */
const edge = fc.constantFrom(0, PAGE_SIZE, SEGMENT_BYTES, 2 * SEGMENT_BYTES, RAM - 2 * PAGE_SIZE);
const near = fc
  .tuple(edge, fc.integer({ min: -40, max: 40 }))
  .map(([at, by]) => Math.max(0, at + by));
const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const action = fc.oneof(
  fc.record({
    do: fc.constant('write32' as const),
    at: near.map((at) => at - (at % 4)),
    value: word,
  }),
  fc.record({
    do: fc.constant('write64' as const),
    at: near.map((at) => at - (at % 8)),
    value: fc.maxSafeNat(),
  }),
  fc.record({
    do: fc.constant('bytes' as const),
    at: near,
    data: fc.uint8Array({ maxLength: 90 }),
  }),
  fc.record({
    do: fc.constant('fill' as const),
    at: near,
    value: fc.integer({ min: 0, max: 255 }),
    size: fc.integer({ min: 0, max: PAGE_SIZE + 100 }),
  }),
  fc.record({
    do: fc.constant('copy' as const),
    at: near,
    from: near.map((at) => at + RAM / 2),
    size: fc.integer({ min: 0, max: 300 }),
  }),
  fc.record({ do: fc.constant('save' as const) }),
  fc.record({ do: fc.constant('restore' as const), which: fc.nat({ max: 9 }) }),
);

/** The same as {@link Memory}, as plainly as it can be. */
class Plain {
  bytes = new Uint8Array(RAM + SEGMENT_BYTES);
  readonly view = () => new DataView(this.bytes.buffer);
}

describe('memory and a plain array', () => {
  it('stay the same through writes, snapshots and restores', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const memory = newMemory();
        const plain = new Plain();
        const saved = [
          { snapshot: memory.snapshot(), bytes: plain.bytes.slice(), hash: hash(memory) },
        ];
        for (const each of actions) {
          if (each.do === 'write32') {
            memory.write32(each.at, each.value);
            plain.view().setInt32(each.at, each.value, true);
          } else if (each.do === 'write64') {
            memory.write64(each.at, each.value);
            plain.view().setBigUint64(each.at, BigInt(each.value), true);
          } else if (each.do === 'bytes') {
            memory.writeBytes(each.at, each.data);
            plain.bytes.set(each.data, each.at);
          } else if (each.do === 'fill') {
            memory.fill(each.at, each.value, each.size);
            plain.bytes.fill(each.value, each.at, each.at + each.size);
          } else if (each.do === 'copy') {
            const from = each.from % (RAM - 300);
            if (Math.abs(from - each.at) < each.size) continue; // memcpy: no overlap
            memory.copy(each.at, from, each.size);
            plain.bytes.set(plain.bytes.slice(from, from + each.size), each.at);
          } else if (each.do === 'save')
            saved.push({
              snapshot: memory.snapshot(),
              bytes: plain.bytes.slice(),
              hash: hash(memory),
            });
          else {
            const then = saved[each.which % saved.length]!;
            memory.restore(then.snapshot);
            plain.bytes.set(then.bytes);
            expect(hash(memory)).toBe(then.hash);
          }
        }
        const now = memory.peek(0, plain.bytes.length);
        expect(Buffer.compare(now, plain.bytes)).toBe(0);
        for (const then of saved) {
          memory.restore(then.snapshot);
          expect(Buffer.compare(memory.peek(0, then.bytes.length), then.bytes)).toBe(0);
          expect(hash(memory)).toBe(then.hash);
        }
      }),
      { numRuns: 60 },
    );
  });
});
