import { expect, it } from 'vitest';
import { placeName } from './place-name.ts';

const AREA = {
  instanceId: 2,
  name: 'web',
  start: 0x8000_0000,
  slots: 64,
  slotBytes: 272,
  struct: 'mk_ipi_data',
  ring: false,
  target: 4,
  used: [],
};
const REGION = { kind: 'host', kernel: 0, instanceId: 0 } as const;
const frame = {
  areas: [AREA],
  regions: [
    { ...REGION, start: 0, end: 0x1000_0000, name: 'System RAM' },
    { ...REGION, start: 0x9_9000, end: 0x9_a000, name: 'trampoline' },
  ],
};
const SLOT_4 = 0x8000_0000 + 4 * 272;

it.each([
  [SLOT_4, 272, 'slot 4 of web'],
  [SLOT_4, 4, 'slot 4 of web: sender_cpu'],
  [SLOT_4 + 8, 8, 'slot 4 of web: data_size'],
  [SLOT_4 + 16, 24, 'slot 4 of web: msg_type and what follows'],
  [SLOT_4 + 32, 4, 'slot 4 of web: payload_len'],
  [SLOT_4 + 36, 4, 'slot 4 of web: payload'],
  [0x9_9ff0, 4, '0x99ff0 in trampoline'],
  [0x8000, 4, '0x8000 in System RAM'],
  [0x9000_0000, 4, '0x90000000'],
])('%s and %s bytes: %s', (addr, bytes, name) => {
  expect(placeName(addr, bytes, frame)).toBe(name);
});
