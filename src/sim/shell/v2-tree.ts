import { SimBug } from '../base/assert.ts';
import { set32 } from '../fdt/bytes.ts';
import { fdtTotalsize } from '../fdt/tags.ts';
import {
  fdtBeginNode,
  fdtCreate,
  fdtEndNode,
  fdtFinish,
  fdtFinishReservemap,
  fdtProperty,
  fdtPropertyString,
  fdtPropertyU32,
  fdtPropertyU64,
} from '../fdt/write.ts';

/** What v2 can be told of an instance. */
export interface InstanceWish {
  readonly name: string;
  readonly id: number;
  /** Logical CPUs of the host. */
  readonly cpus: readonly number[];
  /** At most 32 bits. */
  readonly memoryBytes: number;
}

/** What kerf tells of the machine before there are instances. */
export interface Baseline {
  readonly cpus: readonly number[];
  readonly memoryBytes: number;
}

/** Room for everything of a tree but its lists of CPUs. */
const FIXED_BYTES = 1024;
const CELL = 4;

/** The device tree that asks v2 for one instance. */
export const instanceTree = ({ name, id, cpus, memoryBytes }: InstanceWish): Uint8Array =>
  write(FIXED_BYTES + cpus.length * CELL, (fdt) => [
    fdtBeginNode(fdt, ''),
    fdtPropertyString(fdt, 'compatible', 'multikernel-v1'),
    fdtBeginNode(fdt, 'instances'),
    fdtBeginNode(fdt, name),
    fdtPropertyU32(fdt, 'id', id),
    fdtBeginNode(fdt, 'resources'),
    fdtProperty(fdt, 'cpus', cells(cpus)),
    fdtPropertyU32(fdt, 'memory-bytes', memoryBytes),
    fdtEndNode(fdt),
    fdtEndNode(fdt),
    fdtEndNode(fdt),
    fdtEndNode(fdt),
  ]);

/** The device tree of a machine without instances, as later kernels take it and v2 does not. */
export const baselineTree = ({ cpus, memoryBytes }: Baseline): Uint8Array =>
  write(FIXED_BYTES + cpus.length * CELL, (fdt) => [
    fdtBeginNode(fdt, ''),
    fdtPropertyString(fdt, 'compatible', 'linux,multikernel-host'),
    fdtBeginNode(fdt, 'resources'),
    fdtProperty(fdt, 'cpus', cells(cpus)),
    fdtPropertyU64(fdt, 'memory-bytes', BigInt(memoryBytes)),
    fdtEndNode(fdt),
    fdtEndNode(fdt),
  ]);

function write(size: number, body: (fdt: Uint8Array) => number[]): Uint8Array {
  const fdt = new Uint8Array(size);
  const codes = [fdtCreate(fdt), fdtFinishReservemap(fdt), ...body(fdt), fdtFinish(fdt)];
  const bad = codes.find((code) => code < 0);
  if (bad !== undefined) throw new SimBug(`a tree of our own is refused: ${bad}`);
  return fdt.slice(0, fdtTotalsize(fdt));
}

function cells(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * CELL);
  for (const [i, value] of values.entries()) set32(bytes, i * CELL, value);
  return bytes;
}
