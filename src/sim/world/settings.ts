import { ERRNO } from '../base/errno.ts';
import { K } from '../kernel/kernel.layout.ts';
import { directory, text, type Entry } from './entry.ts';
import { GLUE_TABLE } from './profiles.ts';
import type { World } from './world.ts';

/** A setting of the simulation, as a file under /proc/sys/sim. */
interface Setting {
  readonly read: (world: World, kernel: number) => number | string;
  /** Where the kernel keeps it; undefined for what a run is made of and cannot be changed in it. */
  readonly at?: number;
}

const counter = (at: number): Setting => ({
  at,
  read: (world, kernel) => world.mem.peek32(world.machine.kernelBase[kernel]! + at),
});

/**
 * What can be asked of the simulation: which call fails next, and what the run was started with.
 * Latencies, seed and profile are part of what makes a run what it is, so they are read only.
 */
const SETTINGS: Readonly<Record<string, Setting>> = {
  apic_ids: {
    read: (world) =>
      Array.from(world.machine.cpuOfApic.entries())
        .filter(([, cpu]) => cpu >= 0)
        .sort(([, a], [, b]) => a - b)
        .map(([apic]) => apic)
        .join(' '),
  },
  cpus: { read: (world) => world.machine.cpus },
  fail_alloc: counter(K.fail_alloc),
  fail_memremap: counter(K.fail_memremap),
  ipi_jitter_ns: { read: (world) => world.machine.timing.ipiJitter },
  ipi_ns: { read: (world) => world.machine.timing.ipi },
  memory: { read: (world) => world.settings.memory },
  nr_cpus: { read: (world) => world.sys.settings.nrCpus },
  ordering: { read: (world) => world.settings.ordering ?? 'sc' },
  profile: { read: (world) => world.settings.profile },
  seed: { read: (world) => world.settings.seed },
  steps: { read: (world) => world.machine.steps },
  take_ns: { read: (world) => world.machine.timing.take },
  time_ns: { read: (world) => Math.floor(world.machine.now) },
  ...Object.fromEntries(
    GLUE_TABLE.map(({ name }): [string, Setting] => [
      `glue/${name}`,
      { read: (world) => Number(world.sys.settings.glue.has(name)) },
    ]),
  ),
};

const ROOT = '/proc/sys';
const PREFIX = `${ROOT}/sim/`;

/** What is at a path under /proc/sys; undefined for nothing. */
export function settingFile(world: World, kernel: number, path: string): Entry | undefined {
  if (path === ROOT) return directory(['sim/']);
  const keys = Object.keys(SETTINGS);
  if (path === `${ROOT}/sim`)
    return directory([...keys.filter((key) => !key.includes('/')), 'glue/']);
  if (path === `${PREFIX}glue`) return directory(GLUE_TABLE.map(({ name }) => name));
  const setting = path.startsWith(PREFIX) ? SETTINGS[path.slice(PREFIX.length)] : undefined;
  return setting && text(() => `${setting.read(world, kernel)}\n`);
}

/** Writes a setting: the bytes written, -EINVAL for what is no number, -EACCES for the others. */
export function writeSetting(
  world: World,
  kernel: number,
  path: string,
  bytes: Uint8Array,
): number {
  const at = SETTINGS[path.slice(PREFIX.length)]?.at;
  if (at === undefined) return -ERRNO.EACCES;
  const word = String.fromCharCode(...bytes.subarray(0, 32)).trim();
  if (!/^\d{1,9}$/.test(word)) return -ERRNO.EINVAL;
  world.mem.poke32(world.machine.kernelBase[kernel]! + at, Number(word));
  return bytes.length;
}
