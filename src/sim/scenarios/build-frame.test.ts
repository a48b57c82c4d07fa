import { describe, expect, it } from 'vitest';
import type { Frame } from '../world/frame.ts';
import { BOOT, block, lessonRun, playOut } from '../testing/lesson.ts';
import {
  bootedRun,
  createdRun,
  kexecLoad,
  loadFlags,
  MIB,
  typeAll,
  upload,
  treeOf,
  WEB,
} from '../testing/world.ts';
import { buildFrame, legendOf } from './build-frame.ts';
import type { Run } from './run.ts';
import { stateJson } from './state-json.ts';

const frameOf = (run: Run): Frame =>
  buildFrame(run, { playing: false, paused: '', stepsPerSecond: 0, hits: [] });

/** What must hold of a frame at any moment. */
function check(frame: Frame, memory: number): void {
  const kernels = frame.kernels.length;
  frame.kernels.forEach((kernel, i) => expect(kernel.index).toBe(i));
  expect(new Set(frame.kernels.map(({ name }) => name)).size).toBe(kernels);
  for (const cpu of frame.cpus) {
    expect(cpu.kernel).toBeGreaterThanOrEqual(-1);
    expect(cpu.kernel).toBeLessThan(kernels);
    for (const { start, pc } of cpu.stack) expect(pc).toBeGreaterThanOrEqual(start);
  }
  let end = 0;
  for (const region of frame.regions) {
    expect(region.start).toBe(end);
    expect(region.end).toBeGreaterThan(region.start);
    expect(region.kernel).toBeLessThan(kernels);
    end = region.end;
  }
  expect(end).toBe(memory);
  for (const { from, to, sentNs, arrivesNs } of frame.flights) {
    expect(from).toBeLessThan(frame.cpus.length);
    expect(to).toBeLessThan(frame.cpus.length);
    expect(sentNs).toBeLessThanOrEqual(frame.timeNs);
    expect(arrivesNs).toBeGreaterThanOrEqual(sentNs);
  }
  expect(structuredClone(frame)).toEqual(frame);
}

describe('a frame', () => {
  it('tells a message nobody wants from one that was written over', () => {
    const send = block('console host', 'mk send web user 1 0xa1');
    const run = playOut(lessonRun(BOOT('system') + send));
    expect(frameOf(run).messages).toMatchObject([{ outcome: 'unread' }]);
    run.type('host', 'mk send web system heartbeat 0xb1');
    while (run.advance({ through: true }) !== 'typed');
    expect(frameOf(run).messages).toMatchObject([{ outcome: 'overwritten' }, { outcome: 'whole' }]);
  });

  it.each([
    ['rfc-v2', 272, false],
    ['ring-n1', 272, true],
    ['ring-n3', 4120, true],
    ['doorbell', 4120, true],
  ])('has the slots of %s, as they are laid out there', (profile, slotBytes, ring) => {
    const text = BOOT('system') + block('console host', 'mk send web system heartbeat 0xa1b2c3d4');
    const run = playOut(lessonRun(`---\ntitle: T\nprofile: ${profile}\n---\n${text}`));
    const [area] = frameOf(run).areas;
    expect(area).toMatchObject({ name: 'web', slotBytes, ring });
    expect(area!.slots).toBeGreaterThanOrEqual(8);
    const [used] = area!.used;
    expect(Buffer.from(used!.bytes).toString('hex')).toContain('a1b2c3d4');
    expect(used!.bytes.length).toBeLessThanOrEqual(320);
    const at = area!.start + used!.slot * slotBytes;
    expect(run.world.mem.peek(at, used!.bytes.length)).toEqual(used!.bytes);
    const slot = run.answers.slot('web', used!.slot)!;
    expect(slot).toMatchObject({ sender_cpu: 0, type: 0x3000, msg_subtype: 0x3001 });
    expect(slot.payload.startsWith('a1b2c3d4')).toBe(true);
  });

  it('is whole at every step: memory without gaps, every owner a kernel of the list', () => {
    const run = lessonRun(
      BOOT('system') +
        block(
          'console host',
          'mk send web system heartbeat 0x0102',
          'kerf exec --id=2',
          'echo 1 > /sys/devices/system/cpu/cpu5/online',
        ),
    );
    const phases = new Set<string>();
    for (let reason = ''; reason !== 'ended'; reason = run.advance({ steps: 1, through: true })) {
      const frame = frameOf(run);
      check(frame, run.world.settings.memory);
      phases.add(frame.tour.phase);
      expect(() => JSON.stringify(stateJson(run))).not.toThrow();
    }
    expect(frameOf(run).tour).toMatchObject({ phase: 'done', ended: true });
    expect(phases).toContain('running');
  });

  it('does not change what it shows', () => {
    const run = playOut(lessonRun(BOOT('system')));
    const hash = run.hash();
    frameOf(run);
    stateJson(run);
    legendOf(run.world);
    expect(run.hash()).toBe(hash);
  });

  it('shows an instance from its creation on, running or not, with the CPUs it was given', () => {
    const run = createdRun([WEB]);
    expect(frameOf(run).kernels[1]).toMatchObject({
      name: 'web',
      running: false,
      state: 'ready',
      cpus: [4, 5],
    });
    expect(frameOf(run).cpus[5]).toMatchObject({ kernel: 1, mode: 'offline' });
    const booted = frameOf(bootedRun());
    expect(booted.kernels[1]).toMatchObject({ running: true, state: 'loading' });
    expect(booted.cpus[4]).toMatchObject({ kernel: 1, mode: 'idle', logical: 0 });
  });

  it('keeps showing a kernel that runs although its instance was removed', () => {
    const run = bootedRun([{ ...WEB, id: 1 }]);
    upload(run, treeOf({ name: 'next', id: 2, cpus: [6], memory: 16 * MIB }));
    kexecLoad(run, loadFlags(2)); // frees the image of the first
    typeAll(run, 'host', ['kerf delete web']);
    const frame = frameOf(run);
    check(frame, run.world.settings.memory);
    expect(frame.kernels.map(({ name, running, state }) => [name, running, state])).toEqual([
      ['host', true, 'running'],
      ['next', false, 'loading'],
      ['web', true, 'removed'],
    ]);
    expect(frame.cpus[4]!.kernel).toBe(2);
  });

  it('shows what lies in a slot, whose it is, and what flies', () => {
    const run = bootedRun();
    run.type('host', 'mk send web system heartbeat 0xa1');
    while (frameOf(run).flights.length === 0) run.advance({ steps: 1 });
    const { flights, areas, regions } = frameOf(run);
    expect(flights).toMatchObject([
      { from: 0, to: 4, vector: 0xea, kind: 'fixed', messageType: 0x3000, messageSubtype: 0x3001 },
    ]);
    expect(areas).toMatchObject([{ name: 'web', instanceId: 2, target: 4, slots: 8 }]);
    expect(areas[0]!.used.map(({ slot }) => slot)).toEqual([4]);
    expect(regions.find(({ kind }) => kind === 'ipi')).toMatchObject({
      ...{ start: areas[0]!.start, kernel: 1, instanceId: 2 },
    });
  });

  it('names commands that are held back', () => {
    const run = bootedRun();
    typeAll(run, 'host', ['mk send web system heartbeat --cpu 6 --hold']);
    expect(frameOf(run).cpus[6]!.held).toEqual(['send 0x3001 to 2']);
    expect(run.world.quiet).toBe(true);
  });
});

describe('the legend', () => {
  it('has a name for every program counter a row can have', () => {
    const run = bootedRun();
    const { steps, routines } = legendOf(run.world);
    const { trace } = run.world;
    for (let i = trace!.begin; i < trace!.head; i++) {
      const row = trace!.at(i)!;
      if (row.kind === 1) expect(routines[steps[row.b]!.routine]).toBeDefined();
    }
    for (const [i, { name, start }] of routines.entries()) {
      expect(name).not.toBe('');
      expect(steps[start]!.routine).toBe(i);
    }
  });

  it('has no two steps of a routine with one id or label', () => {
    const { steps, routines } = legendOf(createdRun([]).world);
    for (const i of routines.keys()) {
      // The last one stands behind the routine, for those who forget to return.
      const own = steps.filter(({ routine }) => routine === i).slice(0, -1);
      expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
      expect(new Set(own.map(({ label }) => label)).size).toBe(own.length);
    }
  });
});
