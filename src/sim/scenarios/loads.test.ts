import { describe, expect, it } from 'vitest';
import { FileTree } from './file-tree.ts';
import { consoleOf, filesOf, withFiles } from './run-state.ts';
import {
  bootedRun,
  createdRun,
  hostRun,
  logged,
  MIB,
  treeOf,
  typeAll,
  typed,
  upload,
  WEB,
} from '../testing/world.ts';
import { utf8Encode } from '../base/text.ts';

/** Seconds a load may take on a slow machine that does other things besides. */
const PATIENCE_MS = 240_000;

describe('256 instances', () => {
  it('are created, listed, messaged and removed', { timeout: PATIENCE_MS }, () => {
    const run = hostRun({
      machine: { cpus: 300, memory: 16_384 * MIB, pool: { size: 8192 * MIB, base: 4096 * MIB } },
      trace: false,
    });
    const ids = Array.from({ length: 255 }, (_, n) => n + 1);
    // A tree of at most a page each: kernfs hands over no more at a time.
    for (let from = 0; from < ids.length; from += 15) {
      const wishes = ids.slice(from, from + 15).map((id) => ({
        ...{ name: `i${id}`, id, cpus: [id + 10], memory: MIB },
      }));
      expect(upload(run, treeOf(...wishes)).status).toBe(0);
    }
    upload(run, treeOf({ name: 'i256', id: 256, cpus: [270], memory: MIB }));
    const names = typeAll(run, 'host', ['ls /sys/fs/multikernel/instances | wc -l']);
    expect(names.trim()).toBe('256');
    expect(logged(run, 'host', 'inst.create_failed')).toEqual([]);
    for (const id of [1, 100, 255]) {
      expect(run.answers.instance(`i${id}`)).toMatchObject({ state: 'ready', memory_bytes: MIB });
      expect(typed(run, 'host', `mk send i${id} user 1 0x01`).status).toBe(0);
    }
    expect(typed(run, 'host', 'mk send i256 user 1').output).toContain('-ENODEV');
    typeAll(run, 'host', ['rmdir /sys/fs/multikernel/instances/i77', 'mk slots i255']);
    expect(run.answers.instance('i77')).toBeUndefined();
    expect(run.hash()).toMatch(/^[0-9a-f]{16}$/);
  });

  it('of which many run at once, answer each on its own', { timeout: PATIENCE_MS }, () => {
    const wishes = Array.from({ length: 24 }, (_, n) => ({
      ...{ name: `i${n + 1}`, id: n + 1, cpus: [n + 8], memory: 16 * MIB },
    }));
    const run = createdRun(wishes.slice(0, 12), { machine: { cpus: 40 }, trace: false });
    upload(run, treeOf(...wishes.slice(12)));
    for (const { id } of wishes)
      typeAll(run, 'host', [`kerf load --kernel=/boot/vmlinuz --id=${id}`, `kerf exec --id=${id}`]);
    for (const { name } of wishes) typeAll(run, name, ['mk listen user']);
    for (const { name } of wishes) typeAll(run, 'host', [`mk send ${name} user 1 0x01020304`]);
    expect(run.answers.stats()).toMatchObject({ sent: 24, whole: 24, lost: 0 });
  });
});

describe('1,000,000 messages', () => {
  it('are sent, and handled whole', { timeout: 2 * PATIENCE_MS }, () => {
    const run = bootedRun([WEB], { trace: false });
    typeAll(run, 'web', ['mk listen user']);
    const { status, output } = typed(run, 'host', 'mk flood web --count 1000000 --rate 300000');
    expect([status, output.includes('1000000 sent, 0 refused')]).toEqual([0, true]);
    expect(run.answers.stats()).toMatchObject({ sent: 1_000_000, whole: 1_000_000, lost: 0 });
    expect(consoleOf(run.state, 'host').text.length).toBeLessThan(100_000);
  });
});

describe('10,000 files', () => {
  it('are written, found, listed and removed', { timeout: PATIENCE_MS }, () => {
    const run = hostRun({ trace: false });
    const count = (): number => Number(typeAll(run, 'host', ['ls / | wc -l']));
    const before = count();
    const { entries } = filesOf(run.state, 'host');
    const files = Array.from({ length: 10_000 }, (_, n): [string, Uint8Array] => [
      `/f${n}`,
      utf8Encode(`${n}\n`),
    ]);
    const tree = new FileTree(new Map([...entries, ...files]));
    run.state = withFiles(run.state, 'host', tree);
    expect(count()).toBe(before + 10_000);
    expect(typeAll(run, 'host', ['cat /f9999'])).toBe('9999\n');
    expect(typeAll(run, 'host', ['cat /f12* | wc -l']).trim()).toBe('111');
    typeAll(run, 'host', ['rm /f1* /f2*', 'echo new > /f1']);
    expect(count()).toBe(before + 10_000 - 2222 + 1);
  });
});
