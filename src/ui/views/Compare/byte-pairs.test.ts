import { expect, test } from 'vitest';
import type { BytesDiff } from '../../../sim/scenarios/state-diff.ts';
import { byteRows, fieldPairs } from './byte-pairs.ts';

function slot(payload: number): Uint8Array {
  const bytes = new Uint8Array(272);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1, true);
  bytes[16] = payload;
  return bytes;
}
const diff = (kind: BytesDiff['kind'], a: Uint8Array, b: Uint8Array): BytesDiff => ({
  ...{ name: 'slot 4 of web', kind, addrA: 0x1000, addrB: 0x1000, a, b },
});

test('only rows in which a byte differs are shown, with that byte marked', () => {
  const [row, ...more] = byteRows(diff('slot', slot(0xa1), slot(0xb2)));
  expect(more).toEqual([]);
  expect(row?.offset).toBe('+0x10');
  expect(row?.bytes[0]).toEqual({ a: 'a1', b: 'b2', differs: true });
  expect(row?.bytes.filter(({ differs }) => differs)).toHaveLength(1);
});

test('fields are told by the names of the layout', () => {
  const [one, two] = [slot(0), slot(0)];
  new DataView(two.buffer).setUint32(0, 6, true);
  const [field, ...more] = fieldPairs(diff('slot', one, two));
  expect(more).toEqual([]);
  expect(field).toMatchObject({ name: 'sender_cpu', offset: '+0x00', a: '1', b: '6' });
});

test('a ring is told by its head and its tail', () => {
  const two = new Uint8Array(8);
  two[4] = 3;
  expect(fieldPairs(diff('ring', new Uint8Array(8), two))).toEqual([
    { name: 'tail', offset: '+0x04', a: '0', b: '3' },
  ]);
});
