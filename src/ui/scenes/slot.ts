import { hex } from '../../sim/base/hex.ts';
import type { Layout } from '../../sim/base/layout.ts';
import { MK_IPI_DATA_N3 } from '../../sim/kernel/mailboxes/ring.layout.ts';
import { MK_IPI_DATA, MK_MESSAGE, MK_PFN_IPI_TYPE } from '../../sim/kernel/mk.layout.ts';
import type { AreaFrame, MessageFrame } from '../../sim/world/frame.ts';
import { messageName } from '../narrate.ts';

/** Bytes of a slot under one name. */
export interface SlotField {
  readonly name: string;
  readonly offset: number;
  readonly bytes: readonly number[];
  /** What they mean, in a word; '' for plain bytes. */
  readonly value: string;
}

/** What stands in a slot, as far as its bytes tell. */
export interface SlotContent {
  readonly empty: boolean;
  readonly sender: number;
  /** Category of the message, 0 for none. */
  readonly type: number;
  /** `HEARTBEAT`, or what the bytes say. */
  readonly name: string;
}

/** Most payload bytes that are listed; the inspector shows all of them. */
const PAYLOAD_SHOWN = 32;

/** The struct of an area's slots. */
export const slotLayout = ({ struct }: Pick<AreaFrame, 'struct'>): typeof MK_IPI_DATA =>
  struct === MK_IPI_DATA_N3.name ? MK_IPI_DATA_N3 : MK_IPI_DATA;

/**
 * Reads a slot the way the receiver would: the slot's header, then that of the message in it. Of a
 * wide slot the first bytes are enough.
 */
export function slotFields(bytes: Uint8Array, layout = MK_IPI_DATA): readonly SlotField[] {
  const view = viewOf(bytes);
  const { at } = layout;
  const size = Number(view.getBigUint64(at.data_size, true));
  const head = fieldsOf(layout, bytes, 0).filter(({ name }) => name !== 'buffer');
  const within = Math.min(size, layout.size - at.buffer);
  const isMessage =
    within >= MK_MESSAGE.at.payload && view.getInt32(at.type, true) !== (MK_PFN_IPI_TYPE | 0);
  const inner = isMessage
    ? fieldsOf(MK_MESSAGE, bytes, at.buffer).filter(({ name }) => name !== 'payload')
    : [];
  const start = at.buffer + (isMessage ? MK_MESSAGE.at.payload : 0);
  const end = Math.min(
    at.buffer + Math.max(within, isMessage ? MK_MESSAGE.at.payload : 8),
    start + PAYLOAD_SHOWN,
  );
  const rest: SlotField = {
    ...{
      name: isMessage ? 'payload' : 'buffer',
      offset: start,
      bytes: [...bytes.slice(start, end)],
    },
    value: end - start === PAYLOAD_SHOWN ? 'and more' : '',
  };
  return [...head, ...inner, ...(rest.bytes.length > 0 ? [rest] : [])];
}

/** The summary of a slot; undefined bytes are a slot that is all zero. */
export function slotContent(bytes: Uint8Array | undefined, layout = MK_IPI_DATA): SlotContent {
  if (!bytes) return { empty: true, sender: -1, type: 0, name: '' };
  const view = viewOf(bytes);
  const { at } = layout;
  const type = view.getUint32(at.type, true);
  const subtype = view.getUint32(at.buffer + MK_MESSAGE.at.msg_subtype, true);
  const size = view.getUint32(at.data_size, true);
  const name =
    type === MK_PFN_IPI_TYPE
      ? 'PFN'
      : type === 0
        ? 'half written'
        : messageName(type, size >= MK_MESSAGE.at.payload ? subtype : 0);
  return { empty: false, sender: view.getInt32(at.sender_cpu, true), type, name };
}

/** The message that was in the target slot before and was never read; undefined when there is none. */
export function writtenOver(
  { instanceId }: AreaFrame,
  messages: readonly MessageFrame[],
): MessageFrame | undefined {
  const here = messages.filter(({ toInstance }) => toInstance === instanceId);
  const before = here.at(-2);
  return before?.outcome === 'overwritten' ? before : undefined;
}

function fieldsOf(layout: Layout<string>, bytes: Uint8Array, base: number): SlotField[] {
  const view = viewOf(bytes);
  return layout.fields.map(({ name, offset, size }) => {
    const from = base + offset;
    const number =
      size === 4
        ? view.getUint32(from, true)
        : size === 8
          ? Number(view.getBigUint64(from, true))
          : 0;
    return {
      ...{ name, offset: from, bytes: [...bytes.slice(from, from + size)] },
      value: size > 8 ? '' : meaning(name, number),
    };
  });
}

function meaning(name: string, value: number): string {
  switch (name) {
    case 'sender_cpu':
      return `CPU ${value | 0}`;
    case 'type':
    case 'msg_type':
      return value === 0
        ? '0'
        : value === MK_PFN_IPI_TYPE
          ? 'PFN'
          : `${hex(value)} ${messageName(value, 0)}`;
    case 'msg_subtype':
      return value === 0
        ? '0'
        : messageName(0, value) === '0x0'
          ? hex(value)
          : messageName(0, value);
    case 'data_size':
    case 'payload_len':
      return `${value} bytes`;
    default:
      return String(value);
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
