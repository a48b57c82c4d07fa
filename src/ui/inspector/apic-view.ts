import { hex } from '../../sim/base/hex.ts';
import type { BitRange, Register } from '../../sim/base/register.ts';
import { DeliveryMode, ICR_HI, ICR_LO, ID, PPR, SVR, TPR } from '../../sim/machine/lapic.regs.ts';
import type { CpuFrame } from '../../sim/world/frame.ts';

export interface BitField {
  readonly name: string;
  readonly bits: string;
  readonly value: string;
  readonly meaning: string;
}
export interface RegisterView {
  readonly name: string;
  readonly title: string;
  readonly value: string;
  readonly fields: readonly BitField[];
}

const DELIVERY = new Map<number, string>(
  Object.entries(DeliveryMode).map(([name, value]) => [value, name]),
);

/** The registers of a local APIC that are not bit maps, with every field named. */
export function registersOf(cpu: CpuFrame): readonly RegisterView[] {
  const priority = TPR.get(cpu.tpr, 'priorityClass');
  return [
    view(ICR_LO, 'Interrupt command, low', cpu.icrLow, (field, value) =>
      field === 'deliveryMode' ? (DELIVERY.get(value) ?? '') : '',
    ),
    view(ICR_HI, 'Interrupt command, high', cpu.icrHigh, (_, value) => `APIC id ${value}`),
    view(SVR, 'Spurious interrupt', cpu.svr, (field, value) =>
      field === 'enabled' ? (value === 1 ? 'APIC is on' : 'APIC is off') : '',
    ),
    view(TPR, 'Task priority', cpu.tpr, (field) =>
      field !== 'priorityClass'
        ? ''
        : priority === 0
          ? 'holds nothing back'
          : `holds classes up to ${priority} back`,
    ),
    view(PPR, 'Processor priority, of TPR and ISR', priorityOf(cpu), (field, value) =>
      field === 'priorityClass' && value > 0 ? `only classes above ${value} interrupt` : '',
    ),
    view(ID, 'Local APIC id', cpu.apicId, () => ''),
  ];
}

function view<Field extends string>(
  register: Register<Field>,
  title: string,
  raw: number,
  meaning: (field: Field, value: number) => string,
): RegisterView {
  // A register is a table of exactly these names.
  const entries = Object.entries(register.fields) as [Field, BitRange][];
  const fields = entries
    .toSorted(([, [a]], [, [b]]) => b - a)
    .map(([name, [high, low]]) => {
      const value = register.get(raw, name);
      const bits = high === low ? String(high) : `${high}:${low}`;
      const shown = high - low >= 4 ? hex(value, Math.ceil((high - low + 1) / 4)) : String(value);
      return { name: spaced(name), bits, value: shown, meaning: meaning(name, value) };
    });
  return { name: register.name, title, value: hex(raw >>> 0, 8), fields };
}

/** `sendPending` as `send pending`. */
const spaced = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Processor priority: the class of what is in service, or the task's if that is higher. */
export const processorPriority = (cpu: CpuFrame): number =>
  PPR.get(priorityOf(cpu), 'priorityClass');

/** PPR as the APIC computes it: TPR whole while nothing higher is in service, else just a class. */
function priorityOf({ tpr, isr: [inService = 0] }: CpuFrame): number {
  return tpr >> 4 >= inService >> 4 ? tpr : inService & 0xf0;
}
