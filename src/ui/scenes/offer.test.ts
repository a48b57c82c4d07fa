import { describe, expect, it } from 'vitest';
import type { CpuFrame, Legend } from '../../sim/world/frame.ts';
import { offersOf } from './offer.ts';

const step = {
  routine: 0,
  id: 'S9',
  label: 'slot.type',
  text: 'write type',
  cost: 4,
  local: false,
};
const legend = { steps: [step] } as unknown as Legend;
const cpu = (id: number, change: Partial<CpuFrame> = {}): CpuFrame =>
  ({ id, mode: 'idle', interruptsOn: true, irr: [], isr: [], ...change }) as CpuFrame;
const choice = (of: number, pc = 0, vector = -1) => ({ cpu: of, pc, vector });

describe('what CPUs offer', () => {
  it('is a step with its label and the digit of the CPU, or G for the one selected', () => {
    const chosen = { made: 0, drains: [], choices: [choice(6), choice(11), choice(12)] };
    const [six, eleven, twelve] = offersOf([cpu(6), cpu(11), cpu(12)], chosen, legend, 12);
    expect(six!.step).toEqual({ label: 'slot.type', text: 'write type', key: '6' });
    expect([eleven!.step?.key, twelve!.step?.key]).toEqual(['', 'G']);
    expect(six!.why).toBe('');
  });

  it('is an interrupt, with a key for that of the CPU selected, else for the first', () => {
    const cpus = [cpu(2, { irr: [0xea] }), cpu(4, { irr: [0xea] })];
    const chosen = { made: 0, drains: [], choices: [choice(2, 0, 0xea), choice(4, -1, 0xea)] };
    const keys = (selected: number) =>
      offersOf(cpus, chosen, legend, selected).map(({ take }) => take?.key);
    expect(keys(-1)).toEqual(['V', '4']);
    expect(keys(4)).toEqual(['', 'V']);
    expect(offersOf(cpus, chosen, legend, 4)[1]!.step).toBeUndefined();
  });

  it.each([
    [cpu(1), 'idle'],
    [cpu(1, { mode: 'offline' }), 'offline'],
    [cpu(1, { mode: 'wait-sipi' }), 'SIPI'],
    [cpu(1, { mode: 'hung' }), 'hangs'],
    [cpu(1, { irr: [0xea], interruptsOn: false }), 'IF is 0'],
    [cpu(1, { irr: [0xea], isr: [0xea] }), '0xea is in service'],
  ])('is nothing, and why', (one, why) => {
    const [offer] = offersOf([one], { made: 0, drains: [], choices: [] }, legend, -1);
    expect(offer!.step).toBeUndefined();
    expect(offer!.why).toContain(why);
    expect(offer!.short).not.toBe('');
  });

  it('is a step although the interrupt that waits must go on waiting', () => {
    const busy = cpu(4, { mode: 'interrupt', irr: [0xea], interruptsOn: false });
    const [offer] = offersOf([busy], { made: 0, drains: [], choices: [choice(4)] }, legend, -1);
    expect(offer!.step?.label).toBe('slot.type');
    expect(offer!.take).toBeUndefined();
    expect(offer!.why).toContain('interrupts are off');
  });
});
