import { describe, expect, it } from 'vitest';
import type { CpuFrame } from '../../sim/world/frame.ts';
import { processorPriority, registersOf } from './apic-view.ts';

const cpu: CpuFrame = {
  ...{
    id: 1,
    apicId: 1,
    kernel: 0,
    logical: 1,
    mode: 'task',
    interruptsOn: true,
    irr: [],
    isr: [],
  },
  ...{ tpr: 0, svr: 0x1ff, icrLow: 0x500, icrHigh: 4, stack: [], countCall: 0, countIrqWork: 0 },
  held: [],
};

describe('registers of the local APIC', () => {
  it('have every field named, the highest bits first', () => {
    const [low, high, svr] = registersOf(cpu);
    expect(low).toMatchObject({ name: 'ICR_LO', value: '0x00000500' });
    expect(low!.fields.map(({ name }) => name)).toContain('send pending');
    expect(low!.fields.at(-1)).toMatchObject({ name: 'vector', bits: '7:0', value: '0x00' });
    expect(low!.fields.find(({ name }) => name === 'delivery mode')).toMatchObject({
      ...{ bits: '10:8', value: '5', meaning: 'init' },
    });
    expect(high!.fields[0]).toMatchObject({ value: '0x00000004', meaning: 'APIC id 4' });
    expect(svr!.fields[0]).toMatchObject({ bits: '8', value: '1', meaning: 'APIC is on' });
  });

  it('show a negative word as the processor would', () => {
    expect(registersOf({ ...cpu, icrHigh: -1 })[1]!.value).toBe('0xffffffff');
  });
});

describe('processor priority', () => {
  it('is the class in service, or that of the task', () => {
    expect(processorPriority({ ...cpu, isr: [0xea] })).toBe(0xe);
    expect(processorPriority({ ...cpu, isr: [0x31], tpr: 0x40 })).toBe(4);
    expect(processorPriority(cpu)).toBe(0);
    const ppr = (one: CpuFrame) => registersOf(one).find(({ name }) => name === 'PPR')!.value;
    expect(ppr({ ...cpu, isr: [0xea], tpr: 0x31 })).toBe('0x000000e0');
    expect(ppr({ ...cpu, isr: [0x31], tpr: 0x45 })).toBe('0x00000045');
    expect(registersOf({ ...cpu, apicId: 7 }).at(-1)).toMatchObject({
      ...{ name: 'ID', value: '0x00000007' },
    });
  });
});
