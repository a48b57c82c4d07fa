import { describe, expect, it } from 'vitest';
import { MK_IPI_DATA_N3 } from '../../sim/kernel/mailboxes/ring.layout.ts';
import { MK_PFN_IPI_TYPE } from '../../sim/kernel/mk.layout.ts';
import type { AreaFrame, MessageFrame } from '../../sim/world/frame.ts';
import { slotContent, slotFields, slotLayout, writtenOver } from './slot.ts';

function slot(type: number, size: number, message: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array(272);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 6, true);
  view.setUint32(4, type, true);
  view.setUint32(8, size, true);
  message.forEach((word, i) => view.setUint32(16 + 4 * i, word, true));
  return bytes;
}
const HEARTBEAT = slot(0x3000, 28, [0x3000, 0x3001, 7, 0, 4, 0xa1a1a1a1]);

describe('a slot', () => {
  it('is read field by field, the message inside the buffer included', () => {
    const fields = slotFields(HEARTBEAT).map(({ name, value, offset }) => [name, offset, value]);
    expect(fields).toEqual([
      ['sender_cpu', 0, 'CPU 6'],
      ['type', 4, '0x3000 SYSTEM'],
      ['data_size', 8, '28 bytes'],
      ['msg_type', 16, '0x3000 SYSTEM'],
      ['msg_subtype', 20, 'HEARTBEAT'],
      ['msg_id', 24, '7'],
      ['payload_len', 32, '4 bytes'],
      ['payload', 36, ''],
    ]);
    expect(slotFields(HEARTBEAT)[0]!.bytes).toEqual([6, 0, 0, 0]);
    expect(slotFields(HEARTBEAT).at(-1)!.bytes.slice(0, 4)).toEqual([0xa1, 0xa1, 0xa1, 0xa1]);
  });

  it('is read by the layout of its area: a wide one from its first bytes', () => {
    const bytes = new Uint8Array(320);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 6, true);
    view.setUint32(8, 0x3000, true);
    view.setUint32(16, 28, true);
    [0x3000, 0x3001, 7, 0, 4, 0xa1a1a1a1].forEach((word, i) =>
      view.setUint32(24 + 4 * i, word, true),
    );
    const layout = slotLayout({ struct: MK_IPI_DATA_N3.name });
    expect(layout.size).toBe(4120);
    const fields = slotFields(bytes, layout).map(({ name, value, offset }) => [
      name,
      offset,
      value,
    ]);
    expect(fields).toEqual([
      ['sender_cpu', 0, 'CPU 6'],
      ['type', 8, '0x3000 SYSTEM'],
      ['data_size', 16, '28 bytes'],
      ['msg_type', 24, '0x3000 SYSTEM'],
      ['msg_subtype', 28, 'HEARTBEAT'],
      ['msg_id', 32, '7'],
      ['payload_len', 40, '4 bytes'],
      ['payload', 44, ''],
    ]);
    expect(slotContent(bytes, layout)).toMatchObject({ sender: 6, name: 'HEARTBEAT' });
    expect(slotLayout({ struct: 'mk_ipi_data' }).size).toBe(272);
  });

  it('tells at a glance what is in it', () => {
    expect(slotContent(HEARTBEAT)).toMatchObject({ sender: 6, type: 0x3000, name: 'HEARTBEAT' });
    expect(slotContent(slot(MK_PFN_IPI_TYPE, 8))).toMatchObject({ name: 'PFN' });
    expect(slotContent(slot(0, 0))).toMatchObject({ name: 'half written' });
    expect(slotContent(undefined).empty).toBe(true);
  });

  it('has plain bytes where no message fits', () => {
    expect(slotFields(slot(MK_PFN_IPI_TYPE, 8)).map(({ name }) => name)).toEqual([
      ...['sender_cpu', 'type', 'data_size', 'buffer'],
    ]);
  });

  it('stays within its 272 bytes whatever its size field claims', () => {
    for (const { offset, bytes } of slotFields(slot(0x3000, 0xffffffff)))
      expect(offset + bytes.length).toBeLessThanOrEqual(272);
  });

  it('remembers the message it lost', () => {
    const area = { instanceId: 2 } as AreaFrame;
    const message = (id: number, outcome: MessageFrame['outcome']) =>
      ({ id, toInstance: 2, outcome }) as MessageFrame;
    expect(writtenOver(area, [message(1, 'overwritten'), message(2, 'sent')])?.id).toBe(1);
    expect(writtenOver(area, [message(1, 'whole'), message(2, 'sent')])).toBeUndefined();
    expect(writtenOver(area, [])).toBeUndefined();
  });
});
