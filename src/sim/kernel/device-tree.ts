import { ERRNO } from '../base/errno.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { get32 } from '../fdt/bytes.ts';
import { fdtCheckHeader } from '../fdt/check.ts';
import { FDT_ERR } from '../fdt/error.ts';
import { fdtPathOffset, fdtSubnodeOffset } from '../fdt/lookup.ts';
import {
  fdtFirstPropertyOffset,
  fdtGetName,
  fdtGetprop,
  fdtGetpropByOffset,
  fdtNextPropertyOffset,
} from '../fdt/read.ts';
import { fdtFirstSubnode, fdtNextSubnode, fdtTotalsize } from '../fdt/tags.ts';
import {
  fdtBeginNode,
  fdtCreate,
  fdtEndNode,
  fdtFinish,
  fdtFinishReservemap,
  fdtProperty,
  fdtPropertyString,
} from '../fdt/write.ts';

/** What an instance asks for: memory in bytes (0 for none) and host CPUs by logical number. */
export interface Resources {
  readonly memory: number;
  readonly cpus: readonly number[];
}

/** Why a tree was refused: errno, and for a CPU its number (-1 when it is not about one). */
export interface Refusal {
  readonly errno: number;
  readonly about: 'header' | 'nodes' | 'memory' | 'cpus';
  readonly cpu: number;
}

const refusal = (errno: number, about: Refusal['about'], cpu = -1): Refusal => ({
  errno: -errno,
  about,
  cpu,
});

/**
 * `mk_dt_parse` of dts.c (facts 05 §4.4): memory and CPUs of the first instance in a blob. Checks in
 * the order of the original; `possible` says which CPUs the host could have.
 */
export function parseResources(
  blob: Uint8Array,
  size: number,
  possible: (cpu: number) => boolean,
): Resources | Refusal {
  if (fdtCheckHeader(blob) !== 0) return refusal(ERRNO.EINVAL, 'header');
  if (fdtTotalsize(blob) > size) return refusal(ERRNO.EINVAL, 'header');
  const instances = fdtPathOffset(blob, '/instances');
  if (instances < 0) return refusal(ERRNO.ENOENT, 'nodes');
  const first = fdtFirstSubnode(blob, instances);
  if (first < 0) return refusal(ERRNO.ENOENT, 'nodes');
  const resources = fdtSubnodeOffset(blob, first, 'resources');
  if (resources < 0) return refusal(ERRNO.ENOENT, 'nodes');
  const memory = parseMemory(fdtGetprop(blob, resources, 'memory-bytes'));
  if (typeof memory !== 'number') return memory;
  const cpus = parseCpus(fdtGetprop(blob, resources, 'cpus'), possible);
  return 'errno' in cpus ? cpus : { memory, cpus };
}

function parseMemory(value: Uint8Array | number): number | Refusal {
  if (typeof value === 'number') return 0; // no such property
  if (value.length !== 4) return refusal(ERRNO.EINVAL, 'memory');
  const bytes = get32(value, 0);
  if (bytes === 0 || bytes % PAGE_SIZE !== 0) return refusal(ERRNO.EINVAL, 'memory');
  return bytes;
}

function parseCpus(
  value: Uint8Array | number,
  possible: (cpu: number) => boolean,
): readonly number[] | Refusal {
  if (typeof value === 'number') return [];
  if (value.length === 0 || value.length % 4 !== 0) return refusal(ERRNO.EINVAL, 'cpus');
  const cpus = new Set<number>();
  for (let at = 0; at < value.length; at += 4) {
    const cpu = get32(value, at);
    if (!possible(cpu)) return refusal(ERRNO.EINVAL, 'cpus', cpu);
    cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

/** Buffer in which the blob of one instance is made. */
const EXTRACT_BYTES = 4096;

/**
 * The blob of one instance out of the uploaded one (facts 05 §4.2, row 1): root with the compatible
 * string, `instances`, the instance with its properties, its children with theirs; deeper levels are
 * dropped. A negative libfdt code when it does not fit or the source is broken.
 */
export function extractInstance(from: Uint8Array, node: number): Uint8Array | number {
  const to = new Uint8Array(EXTRACT_BYTES);
  const name = fdtGetName(from, node);
  if (typeof name === 'number') return name;
  const steps = [
    () => fdtCreate(to),
    () => fdtFinishReservemap(to),
    () => fdtBeginNode(to, ''),
    () => fdtPropertyString(to, 'compatible', 'multikernel-v1'),
    () => fdtBeginNode(to, 'instances'),
    () => fdtBeginNode(to, name),
    () => copyProperties(from, node, to),
    () => copyChildren(from, node, to),
    () => fdtEndNode(to),
    () => fdtEndNode(to),
    () => fdtEndNode(to),
    () => fdtFinish(to),
  ];
  for (const step of steps) {
    const code = step();
    if (code < 0) return code;
  }
  return to.slice(0, fdtTotalsize(to));
}

function copyProperties(from: Uint8Array, node: number, to: Uint8Array): number {
  let at = fdtFirstPropertyOffset(from, node);
  for (; at >= 0; at = fdtNextPropertyOffset(from, at)) {
    const property = fdtGetpropByOffset(from, at);
    if (typeof property === 'number') return property;
    const code = fdtProperty(to, property.name, property.value);
    if (code < 0) return code;
  }
  return at === -FDT_ERR.NOTFOUND ? 0 : at;
}

function copyChildren(from: Uint8Array, node: number, to: Uint8Array): number {
  let child = fdtFirstSubnode(from, node);
  for (; child >= 0; child = fdtNextSubnode(from, child)) {
    const name = fdtGetName(from, child);
    if (typeof name === 'number') return name;
    const code = fdtBeginNode(to, name) || copyProperties(from, child, to) || fdtEndNode(to);
    if (code < 0) return code;
  }
  return child === -FDT_ERR.NOTFOUND ? 0 : child;
}
