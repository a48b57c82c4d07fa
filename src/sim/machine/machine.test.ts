import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { SimBug } from '../base/assert.ts';
import { ROW } from '../base/record.ts';
import { Board } from '../testing/board.ts';
import { CPU, MODE } from './cpu.layout.ts';
import { Flights } from './flights.ts';
import { hashMachine } from './hash.ts';
import { highestPending } from './lapic.ts';
import { DeliveryMode } from './lapic.regs.ts';

const { fixed, init, startup } = DeliveryMode;
const pending = ({ machine }: Board, cpu: number): number =>
  highestPending(machine.H, cpu * CPU.stride);
const hash = ({ machine }: Board): string => {
  const lanes = new Int32Array(2);
  hashMachine(lanes, machine);
  return lanes.join(' ');
};

describe('an IPI', () => {
  it('arrives after its latency and is taken by an idle CPU', () => {
    const board = new Board();
    board.begin(0, board.ring, 1, fixed, 0xea);
    board.machine.run(100);
    expect(board.of(ROW.arrive)).toMatchObject([{ time: 100, cpu: 1, b: 0xea, c: 0 }]);
    expect(board.of(ROW.take)).toMatchObject([{ time: 100, cpu: 1, b: 0xea }]);
    // 20 ns to the handler's first step
    expect(board.of(ROW.eoi)).toMatchObject([{ time: 120, cpu: 1, b: 0xea }]);
    expect(board.machine.quiet).toBe(true);
  });

  it('to oneself takes the short way', () => {
    const board = new Board();
    board.begin(0, board.ring, 0, fixed, 0xf6);
    board.machine.run(100);
    expect(board.of(ROW.arrive)).toMatchObject([{ time: 5, cpu: 0, b: 0xf6 }]);
    expect(board.of(ROW.take)).toMatchObject([{ cpu: 0, b: 0xf6 }]);
  });

  it('waits while interrupts are off', () => {
    const board = new Board();
    board.enable(1, 0);
    board.begin(0, board.ring, 1, fixed, 0xea);
    board.machine.run(100);
    expect(board.of(ROW.take)).toEqual([]);
    expect(pending(board, 1)).toBe(0xea);
    expect(board.machine.quiet).toBe(true);
  });

  it('that the task priority holds back wakes nobody', () => {
    const board = new Board();
    board.machine.H[CPU.stride + CPU.tpr] = 0xf0;
    board.begin(0, board.ring, 1, fixed, 0xea);
    board.machine.run(100);
    expect(board.of(ROW.take)).toEqual([]);
    expect(board.of(ROW.step).filter(({ cpu }) => cpu === 1)).toEqual([]);
    expect(pending(board, 1)).toBe(0xea);
    expect(board.machine.quiet).toBe(true);
  });

  it('is taken between two steps, never within one', () => {
    const board = new Board(2, { ipi: 33 });
    board.begin(0, board.ring, 1, fixed, 0xea);
    board.begin(1, board.count, 8);
    board.machine.run(100);
    expect(board.of(ROW.arrive)[0]!.time).toBe(33);
    expect(board.of(ROW.take)[0]!.time).toBe(40); // the step that began at 30 ends first
    const ended = board.told.find((told) => told.startsWith('ended 1'));
    expect(ended).toMatch(/ 7$/); // the interrupted routine went on and returned what it returns
  });

  it.each([5, 15, 25])('at %d ns leaves alone what the interrupted code has yet to read', (ipi) => {
    const board = new Board(2, { ipi });
    board.begin(0, board.ring, 1, fixed, 0xea);
    board.begin(1, board.caller);
    board.settle();
    expect(board.of(ROW.take)).toHaveLength(1);
    expect(board.told).toContain('ended 1 2 42');
  });

  it('is not taken by a handler of its own class: IRET comes first', () => {
    const board = new Board(3, { ipi: 40 });
    board.begin(0, board.ring, 2, fixed, 0xea);
    board.machine.run(1);
    board.begin(1, board.ring, 2, fixed, 0xea);
    board.machine.run(100);
    const [first, second] = board.of(ROW.take);
    expect(first!.time).toBe(40);
    expect(second!.time).toBeGreaterThanOrEqual(40 + 20 + 4 * 10);
    expect(board.told.some((told) => told.startsWith('merged'))).toBe(false);
  });

  it('folds into one that is pending, and the software is told', () => {
    const board = new Board(3);
    board.enable(2, 0);
    board.begin(0, board.ring, 2, fixed, 0xea);
    board.begin(1, board.ring, 2, fixed, 0xea);
    board.machine.run(100);
    expect(board.of(ROW.arrive)).toHaveLength(1);
    expect(board.of(ROW.merge)).toMatchObject([{ cpu: 2, b: 0xea, c: 1 }]);
    expect(board.told).toContain('merged 2 0xea');
  });

  it.each([
    ['to an APIC that does not exist', 9, () => undefined],
    ['to a software-disabled APIC', 1, (b: Board) => (b.machine.H[CPU.stride + CPU.svr] = 0xff)],
    [
      'to a CPU that waits for SIPI',
      1,
      (b: Board) => {
        b.begin(0, b.ring, 1, init, 0);
        b.machine.run(100);
      },
    ],
  ])('%s is dropped, and the sender does not notice', (_, apic, prepare) => {
    const board = new Board();
    prepare(board);
    board.begin(0, board.ring, apic, fixed, 0xea);
    board.machine.run(100);
    expect(board.of(ROW.drop)).toHaveLength(1);
    expect(board.of(ROW.take)).toEqual([]);
    expect(pending(board, 1)).toBe(-1);
    expect(board.told.at(-1)).toMatch(/^ended 0 /);
  });

  it('goes by APIC id, not by the number of the CPU', () => {
    const board = new Board(2, {}, 1, [4, 9]);
    board.begin(0, board.ring, 9, fixed, 0xea);
    board.machine.run(100);
    expect(board.of(ROW.take)).toMatchObject([{ cpu: 1 }]);
  });
});

describe('INIT and SIPI', () => {
  it('stop a CPU wherever it is, and clear its APIC', () => {
    const board = new Board();
    board.enable(1, 0);
    board.begin(1, board.wait);
    board.begin(0, board.ring, 1, fixed, 0xea);
    board.machine.run(50);
    expect(pending(board, 1)).toBe(0xea);
    board.begin(0, board.ring, 1, init, 0);
    board.machine.run(50);
    expect(pending(board, 1)).toBe(-1);
    expect(board.machine.H[CPU.stride + CPU.depth]).toBe(0);
    expect(board.machine.H[CPU.stride + CPU.mode]).toBe(MODE.waitSipi);
    expect(board.told).toContain('init 1');
  });

  it('start a CPU only in that order', () => {
    const board = new Board();
    board.begin(0, board.ring, 1, startup, 0x99);
    board.machine.run(100);
    expect(board.told.filter((told) => told.startsWith('sipi'))).toEqual([]);
    expect(board.of(ROW.drop)).toHaveLength(1);
    board.begin(0, board.ring, 1, init, 0);
    board.machine.run(100);
    board.begin(0, board.ring, 1, startup, 0x99);
    board.machine.run(100);
    expect(board.told).toContain('sipi 1 0x99');
    expect(board.machine.H[CPU.stride + CPU.sipi]).toBe(0x99);
  });
});

describe('time', () => {
  it('gives an arrival the way before a step of the same time', () => {
    const board = new Board(2, { ipi: 30 });
    board.begin(0, board.ring, 1, fixed, 0xea);
    board.begin(1, board.count, 8);
    board.machine.run(100);
    // The step of CPU 1 at 30 comes after the arrival at 30, so the interrupt is taken at 30.
    expect(board.of(ROW.take)).toMatchObject([{ time: 30, cpu: 1 }]);
  });

  it('lets the lowest CPU go first when times are equal', () => {
    const board = new Board(3);
    for (const cpu of [2, 0, 1]) board.begin(cpu, board.count, 3);
    board.machine.run(100);
    expect(board.of(ROW.step).map(({ cpu, time }) => `${time}:${cpu}`)).toEqual(
      ['0', '10', '20'].flatMap((time) => [0, 1, 2].map((cpu) => `${time}:${cpu}`)),
    );
  });

  it('never runs backwards, and starts no step after the limit', () => {
    const board = new Board(4, { ipiJitter: 50 });
    for (const cpu of [0, 1, 2, 3]) board.begin(cpu, board.count, 20 + cpu);
    const done = board.machine.run(1000, 100);
    expect(done).toBe(4 * 11); // at 0, 10 … 100
    const times = board.of(ROW.step).map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBe(100);
    board.machine.run(1000);
    expect(board.of(ROW.step)).toHaveLength(20 + 21 + 22 + 23);
  });

  it('is cut into any number of runs without a difference', () => {
    const play = (slices: readonly number[]): string => {
      const board = new Board(3, { ipiJitter: 40 });
      board.begin(0, board.count, 30);
      board.begin(1, board.ring, 0, fixed, 0xea);
      board.begin(2, board.ring, 0, fixed, 0x41);
      for (const slice of slices) {
        // A run also ends when a task does; what is left of the slice is run then.
        for (let left = slice; left > 0 && !board.machine.quiet;) left -= board.machine.run(left);
      }
      board.settle();
      return `${JSON.stringify(board.rows)} ${hash(board)}`;
    };
    const whole = play([]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }), (slices) => {
        expect(play(slices)).toBe(whole);
      }),
    );
  });

  it('draws the jitter of IPIs from the seed', () => {
    const arrivals = (seed: number): number[] => {
      const board = new Board(2, { ipiJitter: 1000 }, seed);
      for (let i = 0; i < 8; i++) {
        board.begin(0, board.ring, 1, fixed, 0x30 + i);
        board.settle();
      }
      return board.of(ROW.arrive).map(({ time }) => time);
    };
    expect(arrivals(7)).toEqual(arrivals(7));
    expect(arrivals(7)).not.toEqual(arrivals(8));
    const board = new Board(2, { ipi: 100, ipiJitter: 50 }, 3);
    board.begin(0, board.ring, 1, fixed, 0xea);
    board.machine.run(100);
    const time = board.of(ROW.arrive)[0]?.time;
    expect(time).toBeGreaterThanOrEqual(100);
    expect(time).toBeLessThan(150);
  });
});

describe('chosen mode', () => {
  it('moves only the CPU that was chosen, one step at a time', () => {
    const board = new Board(2);
    board.machine.instant = true;
    board.begin(0, board.count, 3);
    board.begin(1, board.count, 3);
    for (const cpu of [1, 1, 0]) board.machine.choose(cpu);
    expect(board.of(ROW.step).map(({ cpu }) => cpu)).toEqual([1, 1, 0]);
    expect(board.machine.steps).toBe(3);
  });

  it('delivers at once, and lets a busy CPU go on until it is told to take', () => {
    const board = new Board(2);
    board.machine.instant = true;
    board.begin(1, board.count, 5);
    board.begin(0, board.ring, 1, fixed, 0xea);
    board.machine.choose(0);
    expect(board.machine.takes(1)).toBe(0xea);
    expect(board.machine.takesFirst(1)).toBe(false);
    board.machine.choose(1);
    expect(board.of(ROW.take)).toEqual([]);
    board.machine.choose(1, true);
    expect(board.of(ROW.take)).toMatchObject([{ cpu: 1, b: 0xea }]);
  });

  it('takes irq_work without being told: the CPU raised it itself', () => {
    const board = new Board(1);
    board.machine.instant = true;
    board.begin(0, board.ring, 0, fixed, 0xf6);
    board.machine.choose(0);
    board.begin(0, board.count, 5);
    expect(board.machine.takesFirst(0)).toBe(true);
  });

  it('refuses a CPU that has nothing to do', () => {
    const board = new Board(1);
    expect(board.machine.canStep(0)).toBe(false);
    expect(() => board.machine.choose(0)).toThrow(SimBug);
  });
});

describe('a snapshot of the machine', () => {
  it('brings back every moment, wherever the machine has gone since', () => {
    const board = new Board(3, { ipiJitter: 40 });
    board.begin(0, board.count, 9);
    board.begin(1, board.ring, 0, fixed, 0xea);
    const moments = [];
    board.begin(2, board.caller);
    while (!board.machine.quiet) {
      moments.push({ saved: board.machine.snapshot(), hash: hash(board) });
      board.machine.run(1);
    }
    const end = hash(board);
    for (const moment of moments.toReversed()) {
      board.machine.restore(moment.saved);
      expect(hash(board)).toBe(moment.hash);
    }
    board.settle();
    expect(hash(board)).toBe(end);
  });

  it('does not remember what an idle CPU had returned before', () => {
    const board = new Board(1);
    const start = board.machine.snapshot();
    const first = (): string => {
      board.begin(0, board.caller);
      board.machine.run(1);
      return hash(board);
    };
    const before = first();
    board.settle();
    board.machine.restore(start);
    expect(first()).toBe(before);
  });
});

describe('flights', () => {
  it('land in order of time, and at one time in the order they were sent', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), (times) => {
        const flights = new Flights();
        times.forEach((at, serial) => flights.push(at, 0, 0, 0, 0, serial, 0));
        const expected = times
          .map((at, serial) => ({ at, serial }))
          .sort((a, b) => a.at - b.at || a.serial - b.serial);
        expect(flights.list()).toMatchObject(expected);
        const again = new Flights();
        again.load(flights.save());
        const out = { at: 0, target: 0, delivery: 0, vector: 0, sender: 0, serial: 0, sent: 0 };
        const landed = expected.map(() => {
          again.pop(out);
          return { at: out.at, serial: out.serial };
        });
        expect(landed).toEqual(expected);
        expect(again.next).toBe(Infinity);
      }),
    );
  });
});
