import { describe, expect, it } from 'vitest';
import { fieldAt, isDeviceTree, offsetText, readStruct, STRUCTS } from './struct-view.ts';

const SLOT = 0x8000_0440;

/** A slot with a message in it, as the sender leaves it behind. */
function slotWith(type: number, subtype: number, payload: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(272);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 6, true);
  view.setUint32(4, type, true);
  view.setBigUint64(8, BigInt(24 + payload.length), true);
  view.setUint32(16, type, true);
  view.setUint32(20, subtype, true);
  view.setUint32(32, payload.length, true);
  bytes.set(payload, 36);
  return bytes;
}

const read = (bytes: Uint8Array, name = 'mk_ipi_data') =>
  readStruct({ addr: SLOT, bytes }, SLOT, name)!;
const valueOf = (bytes: Uint8Array, field: string): readonly [string, string] => {
  const found = read(bytes).fields.find(({ name }) => name === field)!;
  return [found.value, found.meaning];
};

describe('bytes read as a struct', () => {
  it('show a slot with the message in its buffer', () => {
    const bytes = slotWith(0x3000, 0x3001, []);
    expect(valueOf(bytes, 'sender_cpu')).toEqual(['6', '']);
    expect(valueOf(bytes, 'type')).toEqual(['0x3000', 'SYSTEM']);
    expect(valueOf(bytes, 'msg_subtype')).toEqual(['0x3001', 'HEARTBEAT']);
    expect(valueOf(bytes, 'payload_len')).toEqual(['0', '']);
  });

  it('show a payload by its own struct, or as bytes', () => {
    const irq = slotWith(0x1000, 0x1001, [9, 0, 0, 0, 0x31, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
    expect(valueOf(irq, 'irq_number')).toEqual(['9', '']);
    expect(valueOf(irq, 'vector')).toEqual(['0x31', '']);
    const user = slotWith(0x4000, 1, [0xa1, 0xa2, 0xa3, 0xa4]);
    expect(valueOf(user, 'payload')).toEqual(['a1 a2 a3 a4', '']);
  });

  it('show no message in an empty slot, and none where the length is a lie', () => {
    expect(read(new Uint8Array(272)).fields).toHaveLength(4);
    expect(valueOf(new Uint8Array(272), 'data_size')).toEqual(['0', 'empty']);
    const lie = slotWith(0x4000, 1, []);
    new DataView(lie.buffer).setUint32(32, 0xffffffff, true);
    expect(read(lie).fields.at(-1)).toMatchObject({ name: 'payload', size: 272 - 36 });
  });

  it('know which field a byte belongs to, the innermost first', () => {
    const view = read(slotWith(0x3000, 0x3001, []));
    expect(fieldAt(view, SLOT + 5)?.name).toBe('type');
    expect(fieldAt(view, SLOT + 21)?.name).toBe('msg_subtype');
    expect(fieldAt(view, SLOT + 100)?.name).toBe('buffer');
    expect(fieldAt(view, SLOT + 272)).toBeUndefined();
    expect(offsetText(view, fieldAt(view, SLOT + 21)!)).toBe('+0x14');
  });

  it('read device trees with the most significant byte first', () => {
    const bytes = new Uint8Array(40);
    new DataView(bytes.buffer).setUint32(0, 0xd00dfeed);
    new DataView(bytes.buffer).setUint32(4, 412);
    const [magic, size] = read(bytes, 'fdt_header').fields;
    expect(magic).toMatchObject({ value: '0xd00dfeed', meaning: 'a device tree' });
    expect(size).toMatchObject({ name: 'totalsize', value: '412' });
    expect([isDeviceTree(bytes), isDeviceTree(new Uint8Array(40))]).toEqual([true, false]);
  });

  it('need all of their bytes', () => {
    expect(
      readStruct({ addr: SLOT, bytes: new Uint8Array(271) }, SLOT, 'mk_ipi_data'),
    ).toBeUndefined();
    expect(readStruct({ addr: SLOT, bytes: new Uint8Array(8) }, SLOT, 'no_such')).toBeUndefined();
  });

  it('can be every struct there is a table of', () => {
    const bytes = Uint8Array.from({ length: 8192 }, (_, i) => (i * 37) & 255);
    for (const { name, fields } of STRUCTS)
      expect(read(bytes, name).fields.length).toBeGreaterThanOrEqual(fields.length);
  });
});
