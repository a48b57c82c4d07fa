import { MK_IPI_DATA, MK_MESSAGE, MK_PFN_IPI_TYPE } from '../kernel/mk.layout.ts';

/** A slot of a receive area, read as its layout says. */
export interface Slot {
  readonly senderCpu: number;
  readonly type: number;
  readonly dataSize: bigint;
  /** What a message handler would see; undefined for other data and for too little of it. */
  readonly message: SlotMessage | undefined;
}
interface SlotMessage {
  readonly type: number;
  readonly subtype: number;
  readonly payload: Uint8Array;
}

/** Reads a slot; undefined when it was never written or is cut short. */
export function readSlot(bytes: Uint8Array): Slot | undefined {
  if (bytes.length < MK_IPI_DATA.size || bytes.every((byte) => byte === 0)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { sender_cpu, type, data_size, buffer } = MK_IPI_DATA.at;
  const slotType = view.getUint32(type, true);
  const dataSize = view.getBigUint64(data_size, true);
  const room = bytes.length - buffer - MK_MESSAGE.size;
  const payloadLen = view.getUint32(buffer + MK_MESSAGE.at.payload_len, true);
  const isMessage =
    slotType !== MK_PFN_IPI_TYPE && dataSize >= MK_MESSAGE.size && payloadLen <= room;
  const from = buffer + MK_MESSAGE.at.payload;
  return {
    senderCpu: view.getInt32(sender_cpu, true),
    type: slotType,
    dataSize,
    message: isMessage
      ? {
          type: view.getUint32(buffer + MK_MESSAGE.at.msg_type, true),
          subtype: view.getUint32(buffer + MK_MESSAGE.at.msg_subtype, true),
          payload: bytes.subarray(from, from + payloadLen),
        }
      : undefined,
  };
}
