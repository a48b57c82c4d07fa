import { describe, expect, it } from 'vitest';
import { OUTCOME, ROW } from '../sim/base/record.ts';
import { MODE } from '../sim/machine/cpu.layout.ts';
import type { Legend } from '../sim/world/frame.ts';
import { messageName, narrate, type NarratedRow, vectorName } from './narrate.ts';

const legend: Legend = {
  routines: [{ name: 'multikernel_send_ipi_data', source: 'ipi.c', start: 0 }],
  steps: [
    { routine: 0, id: 'S1', label: 'find', text: 'find the instance', cost: 22, local: true },
    { routine: 0, id: 'S6', label: 'slot.clear', text: 'clear the slot', cost: 14, local: false },
  ],
  hazards: [{ id: 4, key: 'uaf', text: 'freed memory is used' }],
  glue: [],
  design: [],
  profiles: [],
};
const names = { legend, kernels: ['host', 'web-server'] };
const say = (kind: number, cpu: number, rest: Partial<NarratedRow> = {}): string =>
  narrate({ kind, cpu, a: 0, b: 0, c: 0, d: 0, ...rest }, names);

describe('narration', () => {
  it('says which step of which routine runs', () => {
    expect(say(ROW.step, 1, { b: 1 })).toBe('CPU 1, multikernel_send_ipi_data: clear the slot');
  });

  it('tells what a taken interrupt does to the bits of the local APIC', () => {
    expect(say(ROW.take, 4, { b: 0xea })).toBe(
      'CPU 4 takes vector 0xea: its IRR bit clears, its ISR bit sets',
    );
  });

  it('tells a merged ring from one that arrives', () => {
    expect(say(ROW.arrive, 4, { b: 0xea })).toBe('Vector 0xea reaches CPU 4: its IRR bit sets');
    expect(say(ROW.merge, 4, { b: 0xea })).toContain('two rings become one');
  });

  it('names INIT and SIPI by their delivery mode', () => {
    expect(say(ROW.send, 0, { b: 0x500, c: 4 })).toBe('CPU 0 writes its ICR: INIT flies to APIC 4');
    expect(say(ROW.arrive, 4, { b: 0x69a })).toBe('SIPI with page 0x9a reaches CPU 4');
  });

  it('is loud about loss', () => {
    expect(say(ROW.outcome, 4, { b: OUTCOME.overwritten, d: 1 })).toMatch(/^Message 1 is lost/);
    expect(say(ROW.hazard, 4, { b: 4 })).toBe('Danger on CPU 4: freed memory is used');
  });

  it('names kernels where it knows them', () => {
    expect(say(ROW.owner, 4, { b: 1 })).toBe('CPU 4 now belongs to web-server');
    expect(say(ROW.owner, 4, { b: -1 })).toContain('nobody');
    expect(say(ROW.owner, 4, { b: 7 })).toContain('kernel 7');
  });

  it('has a sentence for every kind of row', () => {
    for (const kind of Object.values(ROW)) expect(say(kind, 2, { b: 1, d: 1 })).not.toBe('');
  });

  it('has a sentence for every mode', () => {
    for (const mode of Object.values(MODE)) expect(say(ROW.mode, 2, { b: mode })).not.toBe('');
  });

  it('says nothing of a kind it does not know', () => {
    expect(say(99, 2)).toBe('');
  });
});

describe('names', () => {
  it('prefer the subtype, then the category, then the number', () => {
    expect(messageName(0x3000, 0x3001)).toBe('HEARTBEAT');
    expect(messageName(0x1000, 0x1001)).toBe('IRQ_FORWARD');
    expect(messageName(0x4000, 7)).toBe('USER');
    expect(messageName(-0x7fffffff, 0)).toBe('0x80000001');
    expect(vectorName(0xea)).toBe('multikernel');
    expect(vectorName(3)).toBe('');
  });
});
