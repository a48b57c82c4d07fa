import { ERRNO, type ErrnoName } from '../../base/errno.ts';
import type { Layout } from '../../base/layout.ts';
import { PAGE_SIZE } from '../../base/units.ts';
import * as mk from '../../kernel/mk.layout.ts';
import { NR_CPUS } from './board.ts';
import { hex64, type Effect } from './effects.ts';
import type { Operation } from './ipi-operations.ts';

/** In the order of the headers; the area is only an array of slots and has no table. */
const LAYOUTS: readonly Layout<string>[] = [
  mk.MK_INSTANCE_IPI_DATA,
  mk.MK_IPI_HANDLER,
  mk.IRQ_WORK,
  mk.MK_MESSAGE,
  mk.MK_IO_IRQ_PAYLOAD,
  mk.MK_CPU_RESOURCE_PAYLOAD,
  mk.MK_MEM_RESOURCE_PAYLOAD,
  mk.MK_MSG_TYPE_HANDLER,
];

/** The first field of irq_work is one struct to C and four fields to us. */
const NODE = ['llist', 'flags', 'src', 'dst'];

type Span = readonly [offset: number, size: number];

function spansOf({ name, fields }: Layout<string>): Readonly<Record<string, Span>> {
  const isInner = (field: string): boolean => name === 'irq_work' && NODE.includes(field);
  const inner = fields.filter((field) => isInner(field.name));
  const bytes = inner.reduce((sum, { size }) => sum + size, 0);
  const node = inner.length === 0 ? {} : { node: [0, bytes] as const };
  const rest = fields
    .filter((field) => !isInner(field.name))
    .map((field) => [field.name, [field.offset, field.size] as const] as const);
  return { ...node, ...Object.fromEntries(rest) };
}

/** A struct is aligned as its widest scalar is. */
const alignOf = ({ fields }: Layout<string>): number =>
  fields.some(({ size, kind }) => kind !== 'bytes' && size >= 8) ? 8 : 4;

const CONSTANTS: Readonly<Record<string, number>> = {
  NR_CPUS,
  PAGE_SIZE,
  MK_MAX_DATA_SIZE: mk.MK_MAX_DATA_SIZE,
  MK_MAX_INSTANCES: mk.MK_MAX_INSTANCES,
  MULTIKERNEL_VECTOR: mk.MULTIKERNEL_VECTOR,
  IRQ_WORK_VECTOR: mk.IRQ_WORK_VECTOR,
  MK_PFN_IPI_TYPE: mk.MK_PFN_IPI_TYPE,
  MK_MSG_IO: mk.MK_MSG.IO,
  MK_MSG_RESOURCE: mk.MK_MSG.RESOURCE,
  MK_MSG_SYSTEM: mk.MK_MSG.SYSTEM,
  MK_MSG_USER: mk.MK_MSG.USER,
  MK_IO_IRQ_FORWARD: mk.MK_SUBTYPES['irq-forward'],
  MK_IO_IRQ_BALANCE: mk.MK_SUBTYPES['irq-balance'],
  MK_IO_IRQ_MASK: mk.MK_SUBTYPES['irq-mask'],
  MK_IO_IRQ_UNMASK: mk.MK_SUBTYPES['irq-unmask'],
  MK_RES_CPU_ADD: mk.MK_SUBTYPES['cpu-add'],
  MK_RES_CPU_REMOVE: mk.MK_SUBTYPES['cpu-remove'],
  MK_RES_MEM_ADD: mk.MK_SUBTYPES['mem-add'],
  MK_RES_MEM_REMOVE: mk.MK_SUBTYPES['mem-remove'],
  MK_RES_QUERY: mk.MK_SUBTYPES.query,
  MK_SYS_HEARTBEAT: mk.MK_SUBTYPES.heartbeat,
  MK_SYS_SHUTDOWN: mk.MK_SUBTYPES.shutdown,
  ...mk.MK_FLAGS,
};

const ERRORS: readonly ErrnoName[] = [
  'EINVAL',
  'ENOMEM',
  'ENODEV',
  'EEXIST',
  'ENOENT',
  'EMSGSIZE',
  'ENOSPC',
  'EFAULT',
];

/** `sizeof`: every struct and constant. */
export const layout: Operation = ({ effects }) => {
  const tell = (struct: string, size: number, align: number, fields: object): void => {
    effects.emit('sizeof', { struct, size, align, fields });
  };
  const [first, ...others] = [mk.MK_IPI_DATA, ...LAYOUTS];
  tell(first.name, first.size, alignOf(first), spansOf(first));
  const area = mk.MK_IPI_DATA.size * NR_CPUS;
  tell('mk_shared_data', area, alignOf(first), { cpu_data: [0, area] });
  for (const each of others) tell(each.name, each.size, alignOf(each), spansOf(each));
  const constants: Effect = {};
  for (const [name, value] of Object.entries(CONSTANTS)) constants[name] = hex64(value);
  for (const name of ERRORS) constants[name] = ERRNO[name];
  effects.emit('const', { ...constants, max_payload: mk.MAX_PAYLOAD });
};
