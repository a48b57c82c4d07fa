import { hex, toHex } from '../../sim/base/hex.ts';
import type { FieldKind, LayoutField } from '../../sim/base/layout.ts';
import { latin1Decode } from '../../sim/base/text.ts';
import { FDT_HEADER, FDT_MAGIC, FDT_RESERVE_ENTRY } from '../../sim/fdt/header.layout.ts';
import { MK_IPI_DATA_N3 } from '../../sim/kernel/mailboxes/ring.layout.ts';
import {
  IRQ_WORK,
  MK_CPU_RESOURCE_PAYLOAD,
  MK_INSTANCE,
  MK_INSTANCE_IPI_DATA,
  MK_IO_IRQ_PAYLOAD,
  MK_IPI_DATA,
  MK_IPI_HANDLER,
  MK_MEM_RESOURCE_PAYLOAD,
  MK_MESSAGE,
  MK_MSG,
  MK_MSG_TYPE_HANDLER,
  MK_STATE_NAMES,
  MK_SUBTYPES,
} from '../../sim/kernel/mk.layout.ts';

/** A struct as the inspector reads it: fields with their places, least significant byte first or last. */
export interface StructTable {
  readonly name: string;
  readonly size: number;
  readonly bigEndian: boolean;
  readonly fields: readonly LayoutField[];
}

/** One field of a struct in memory, with what its bytes say. `depth` 1: of a struct inside it. */
export interface FieldView {
  readonly name: string;
  readonly addr: number;
  readonly size: number;
  readonly depth: number;
  readonly value: string;
  /** What the value is called: `SYSTEM`, `loading`, `“web-server”`. */
  readonly meaning: string;
}
export interface StructView {
  readonly name: string;
  readonly addr: number;
  readonly size: number;
  readonly fields: readonly FieldView[];
}

const little = (table: Omit<StructTable, 'bigEndian'>): StructTable => ({
  ...{ name: table.name, size: table.size, fields: table.fields, bigEndian: false },
});

/** A table of the device tree library as one of ours. */
function big(from: {
  readonly name: string;
  readonly size: number;
  readonly fields: Readonly<Record<string, { readonly size: number }>>;
  readonly offsetOf: Readonly<Record<string, number>>;
}): StructTable {
  const fields = Object.entries(from.fields).map(([name, { size }]) => {
    const kind: FieldKind = name === 'magic' || size === 8 ? 'hex' : 'uint';
    return { name, offset: from.offsetOf[name] ?? 0, size, kind };
  });
  return { name: from.name, size: from.size, bigEndian: true, fields };
}

/** Every struct bytes can be read as. */
export const STRUCTS: readonly StructTable[] = [
  ...[MK_IPI_DATA, MK_IPI_DATA_N3, MK_MESSAGE, MK_INSTANCE, MK_INSTANCE_IPI_DATA].map(little),
  ...[MK_IPI_HANDLER, IRQ_WORK, MK_MSG_TYPE_HANDLER].map(little),
  ...[MK_IO_IRQ_PAYLOAD, MK_CPU_RESOURCE_PAYLOAD, MK_MEM_RESOURCE_PAYLOAD].map(little),
  ...[big(FDT_HEADER), big(FDT_RESERVE_ENTRY)],
];

/** Bytes of a struct by its name, 0 for none. */
export const sizeOf = (name: string): number => STRUCTS.find((one) => one.name === name)?.size ?? 0;

/** Those that are slots: a message may lie in each. */
const SLOTS = [MK_IPI_DATA, MK_IPI_DATA_N3];

/** Bytes of memory from `addr` on. */
export interface Stretch {
  readonly addr: number;
  readonly bytes: Uint8Array;
}

const slice = ({ addr, bytes }: Stretch, from: number, size: number): Uint8Array =>
  bytes.subarray(Math.max(0, from - addr), Math.max(0, from - addr + size));

/** Reads the bytes at `addr` as a struct; undefined while not all of its bytes are there. */
export function readStruct(memory: Stretch, addr: number, name: string): StructView | undefined {
  const table = STRUCTS.find((one) => one.name === name);
  const inside =
    addr >= memory.addr && addr + (table?.size ?? 0) <= memory.addr + memory.bytes.length;
  if (!table || !inside) return undefined;
  const fields = fieldsOf(memory, addr, table, 0);
  const slot = SLOTS.find((one) => one.name === table.name);
  const views = slot ? withMessage(memory, addr, fields, slot) : fields;
  return { name: table.name, addr, size: table.size, fields: views };
}

function fieldsOf(memory: Stretch, addr: number, table: StructTable, depth: number): FieldView[] {
  return table.fields.map((field) => {
    const bytes = slice(memory, addr + field.offset, field.size);
    const { name, size } = field;
    const value = show(bytes, field.kind, table.bigEndian);
    const meaning = meaningOf(name, numberOf(bytes, table.bigEndian));
    return { name, addr: addr + field.offset, size, depth, value, meaning };
  });
}

/** A slot's buffer begins with a message, and the message's payload with a struct of its own. */
function withMessage(
  memory: Stretch,
  addr: number,
  fields: readonly FieldView[],
  slot: typeof MK_IPI_DATA,
): FieldView[] {
  const used = Number(numberOf(slice(memory, addr + slot.at.data_size, 8), false));
  if (used < MK_MESSAGE.at.payload || used > slot.size) return [...fields];
  const at = addr + slot.at.buffer;
  const header = fieldsOf(memory, at, little(MK_MESSAGE), 1).filter(
    ({ name }) => name !== 'payload',
  );
  const subtype = Number(numberOf(slice(memory, at + MK_MESSAGE.at.msg_subtype, 4), false));
  const length = Number(numberOf(slice(memory, at + MK_MESSAGE.at.payload_len, 4), false));
  const start = at + MK_MESSAGE.at.payload;
  const room = addr + slot.size - start;
  const table = payloadTable(subtype);
  const payload =
    length === 0
      ? []
      : table && length >= table.size
        ? fieldsOf(memory, start, table, 2)
        : [rawPayload(memory, start, Math.min(length, room))];
  return [...fields, ...header, ...payload];
}

function rawPayload(memory: Stretch, addr: number, size: number): FieldView {
  const bytes = slice(memory, addr, size);
  return {
    ...{ name: 'payload', addr, size, depth: 1 },
    value: show(bytes, 'bytes', false),
    meaning: '',
  };
}

function payloadTable(subtype: number): StructTable | undefined {
  if (subtype >= 0x1001 && subtype <= 0x1004) return little(MK_IO_IRQ_PAYLOAD);
  if (subtype === 0x2001 || subtype === 0x2002) return little(MK_CPU_RESOURCE_PAYLOAD);
  if (subtype === 0x2003 || subtype === 0x2004) return little(MK_MEM_RESOURCE_PAYLOAD);
  return undefined;
}

/** The number of up to eight bytes. */
function numberOf(bytes: Uint8Array, bigEndian: boolean): bigint {
  if (bytes.length > 8) return 0n;
  let value = 0n;
  for (let i = 0; i < bytes.length; i++) {
    value = value * 256n + BigInt(bytes[bigEndian ? i : bytes.length - 1 - i] ?? 0);
  }
  return value;
}

const RAW_MAX = 8;

function show(bytes: Uint8Array, kind: FieldKind, bigEndian: boolean): string {
  if (kind === 'text') return JSON.stringify(latin1Decode(bytes).replace(/\0.*$/s, ''));
  if (kind === 'bytes' || kind === 'struct' || bytes.length > 8) {
    const head = toHex(bytes.subarray(0, RAW_MAX)).replace(/(..)(?=.)/g, '$1 ');
    return bytes.length > RAW_MAX ? `${head} …` : head;
  }
  const value = numberOf(bytes, bigEndian);
  if (kind === 'int') return String(BigInt.asIntN(8 * bytes.length, value));
  return kind === 'uint' ? String(value) : `0x${value.toString(16)}`;
}

const CATEGORY = new Map<number, string>(Object.entries(MK_MSG).map(([word, n]) => [n, word]));
const SUBTYPE = new Map<number, string>(Object.entries(MK_SUBTYPES).map(([word, n]) => [n, word]));

function meaningOf(name: string, value: bigint): string {
  const number = Number(value);
  switch (name) {
    case 'type':
    case 'ipi_type':
    case 'msg_type':
      return CATEGORY.get(number) ?? '';
    case 'msg_subtype':
      return (SUBTYPE.get(number) ?? '').toUpperCase().replace('-', '_');
    case 'state':
      return MK_STATE_NAMES[number] ?? '';
    case 'magic':
      return number === FDT_MAGIC ? 'a device tree' : 'not a device tree';
    case 'data_size':
      return number === 0 ? 'empty' : '';
    default:
      return '';
  }
}

/** Whether a device tree begins with these bytes. */
export const isDeviceTree = (bytes: Uint8Array): boolean =>
  Number(numberOf(bytes.subarray(0, 4), true)) === FDT_MAGIC;

/** The innermost field that has a byte: nested ones come after those they lie in. */
export function fieldAt(view: StructView | undefined, addr: number): FieldView | undefined {
  return view?.fields.findLast((one) => addr >= one.addr && addr < one.addr + one.size);
}

/** `+0x10`, where a field lies in its struct. */
export const offsetText = (view: StructView, field: FieldView): string =>
  `+${hex(field.addr - view.addr, 2)}`;
