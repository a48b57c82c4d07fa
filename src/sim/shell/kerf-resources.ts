import type { About } from './ask.ts';
import type { Steps } from './command.ts';
import { utf8Decode } from '../base/text.ts';
import type { Instance } from './instances.ts';
import { rangesOf } from './ranges.ts';

type Cpu = About['cpus'][number];

/** The CPU the host booted on: never given away by itself. */
const BOOT_CPU = 0;

const ownerOf = (cpu: number, instances: readonly Instance[]): Instance | undefined =>
  instances.find(({ cpus }) => cpus.includes(cpu));

/** CPUs that could be given to an instance. */
function freeCpus(cpus: readonly Cpu[], instances: readonly Instance[]): number[] {
  return cpus
    .filter(({ id, online }) => online && id !== BOOT_CPU && !ownerOf(id, instances))
    .map(({ id }) => id);
}

/**
 * That many free CPUs, side by side where there are such, else the first; undefined when there are
 * too few. The machine has one node, so compact and spread come to the same.
 */
export function chooseCpus(
  count: number,
  cpus: readonly Cpu[],
  instances: readonly Instance[],
): number[] | undefined {
  const free = freeCpus(cpus, instances);
  if (free.length < count) return undefined;
  const from = free.findIndex((id, i) => free[i + count - 1] === id + count - 1);
  return from < 0 ? free.slice(0, count) : free.slice(from, from + count);
}

/** Why these CPUs cannot be an instance's, by the rules of kerf; undefined when they can. */
export function whyCpusRefused(wanted: readonly number[], about: About): string | undefined {
  const free = rangesOf(freeCpus(about.cpus, about.instances));
  const hint = free === '' ? 'none is free' : `free are ${free}`;
  for (const cpu of wanted) {
    if (!about.cpus.some(({ id }) => id === cpu)) return `there is no CPU ${cpu}; ${hint}`;
    const owner = ownerOf(cpu, about.instances);
    if (owner) return `CPU ${cpu} belongs to ${owner.name}; ${hint}`;
  }
  return undefined;
}

const POOL = /^\s*([0-9a-f]+)-([0-9a-f]+) : Multikernel Memory Pool$/m;

/** Bytes of the memory pool that no instance has; undefined when /proc/iomem shows no pool. */
export function* poolLeft({ instances }: About): Steps<number | undefined> {
  const { bytes } = yield { call: 'read', path: '/proc/iomem' };
  const match = bytes && POOL.exec(utf8Decode(bytes));
  if (!match) return undefined;
  const size = parseInt(match[2]!, 16) - parseInt(match[1]!, 16) + 1;
  return size - instances.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
}
