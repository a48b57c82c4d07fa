import { describe, expect, it } from 'vitest';
import { ROW } from '../../base/record.ts';
import { launch } from '../../machine/bus.ts';
import {
  bootedRun,
  createdRun,
  kexecLoad,
  loadFlags,
  logged,
  MIB,
  rowsOf,
  settle,
  typeAll,
  typed,
  type Wish,
} from '../../testing/world.ts';
import { racedOn } from '../../testing/lesson.ts';

const BELL = { profile: 'doorbell' } as const;
const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };

describe('doorbells', () => {
  it('set a bit and ring; the receiver takes all bits, and then drains its ring', () => {
    const run = bootedRun([ONE], BELL);
    const table = run.world.sys.kernels[0]!.kimages[0]!.table!;
    const from = run.world.trace!.head;
    typeAll(run, 'host', ['mk bell one 1 --cpu 6']);
    const at = table + 4096 + 56;
    expect(rowsOf(run, ROW.write, from).map(({ cpu, a }) => [cpu, a - at])).toEqual([
      [6, 0],
      [4, 0],
    ]);
    expect(logged(run, 'one', 'ipi.bell')).toEqual([[0, 2]]);
    expect(run.world.mem.peek32(at)).toBe(0);
    typeAll(run, 'one', ['mk listen user']);
    typeAll(run, 'host', ['mk send one user 1 0xaa']);
    expect(run.answers.kernel('one')?.handled).toBe(1);
  });

  it('go the other way, too: the device side is CPU 0 of the host', () => {
    const run = bootedRun([ONE], BELL);
    typeAll(run, 'one', ['mk bell host 3']);
    expect(logged(run, 'host', 'ipi.bell')).toEqual([[0, 8]]);
  });

  it('rung twice before anybody looks are one, and nothing is lost by it', () => {
    const run = racedOn(
      'doorbell',
      [],
      [],
      ['mk bell web 0', 'mk bell web 1'],
      [...['cpu1 to end', 'cpu6 to end', 'cpu4 to end']],
    );
    expect(logged(run, 'web', 'ipi.bell')).toEqual([[0, 3]]);
    expect(run.answers.stats()).toMatchObject({ merged: 1, lost: 0 });
  });

  it('that are heard without a bit do no harm', () => {
    const run = bootedRun([ONE], BELL);
    const before = run.answers.hazards();
    launch(run.world.machine, 0, 4, 0, 0xea);
    settle(run);
    expect(logged(run, 'one', 'ipi.bell')).toEqual([]);
    expect(run.answers.hazards()).toBe(before);
  });

  it('need no id and take no reference', () => {
    const run = bootedRun([ONE], BELL);
    const before = run.answers.instance('one')?.refcount;
    typeAll(run, 'host', ['mk bell one']);
    expect(run.answers.instance('one')?.refcount).toBe(before);
    expect(typed(run, 'host', 'mk bell 9').output).toContain('-ENODEV');
  });

  it.each([
    ['mk bell', 2],
    ['mk bell one 8', 2],
    ['mk bell nobody', 1],
  ])('refuse %s', (line, status) => {
    expect(typed(bootedRun([ONE], BELL), 'host', line).status).toBe(status);
  });

  it('are no part of the other models', () => {
    expect(typed(bootedRun([ONE]), 'host', 'mk bell one').output).toContain('-ENOSYS');
  });
});

describe('hazards of doorbells', () => {
  it('D1: a bit whose interrupt nobody took waits for any later one', () => {
    const run = createdRun([ONE], BELL);
    kexecLoad(run, loadFlags(1));
    typeAll(run, 'host', ['mk bell one']);
    expect(run.answers.hazard('D1')).toBe(1);
    typeAll(run, 'host', ['kerf exec --id=1']);
    expect(logged(run, 'one', 'ipi.bell')).toEqual([]);
    typeAll(run, 'host', ['mk send one user 1']);
    expect(logged(run, 'one', 'ipi.bell')).toEqual([[0, 1]]);
  });

  it('D2: a bit from before the scan was registered is not looked for', () => {
    const run = createdRun([ONE], BELL);
    kexecLoad(run, loadFlags(1));
    typeAll(run, 'host', ['mk bell one', 'kerf exec --id=1']);
    expect(run.answers.hazard('D2')).toBe(1);
  });

  it('D3: a bell for a queue that is not there is taken and gone', () => {
    const run = bootedRun([ONE], BELL);
    typeAll(run, 'host', ['mk bell one 5']);
    expect(run.answers.hazard('D3')).toBe(1);
    expect(logged(run, 'one', 'ipi.bell')).toEqual([]);
  });
});
