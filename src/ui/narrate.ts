import { errnoName } from '../sim/base/errno.ts';
import { hex } from '../sim/base/hex.ts';
import { OUTCOME, ROW } from '../sim/base/record.ts';
import { MODE, MODE_NAMES } from '../sim/machine/cpu.layout.ts';
import { DeliveryMode } from '../sim/machine/lapic.regs.ts';
import {
  IRQ_WORK_VECTOR,
  MK_MSG,
  MK_STATE_NAMES,
  MK_SUBTYPES,
  MULTIKERNEL_VECTOR,
} from '../sim/kernel/mk.layout.ts';
import type { Legend } from '../sim/world/frame.ts';

/** One row of the trace, as columns or as an object. */
export interface NarratedRow {
  readonly kind: number;
  readonly cpu: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Names that rows only have numbers for. */
export interface Names {
  readonly legend: Legend;
  /** Names of the kernels by index. */
  readonly kernels: readonly string[];
  /** Text of a log record, '' when it is not known. */
  readonly log?: (kernel: number, record: number) => string;
}

const SUBTYPE_WORDS = new Map<number, string>(
  Object.entries(MK_SUBTYPES).map(([word, value]) => [value, word]),
);
const TYPE_WORDS = new Map<number, string>(
  Object.entries(MK_MSG).map(([word, value]) => [value, word]),
);

/** `HEARTBEAT`, else `SYSTEM`, else the number. Subtypes of USER messages are the user's. */
export function messageName(type: number, subtype: number): string {
  const word = SUBTYPE_WORDS.get(subtype);
  if (word !== undefined) return word.toUpperCase().replace('-', '_');
  const category = TYPE_WORDS.get(type);
  return category ?? hex(type >>> 0);
}

const VECTOR_WORDS: Readonly<Record<number, string>> = {
  [MULTIKERNEL_VECTOR]: 'multikernel',
  [IRQ_WORK_VECTOR]: 'irq_work',
};

/** What a vector is for, '' when nobody here uses it. */
export const vectorName = (vector: number): string => VECTOR_WORDS[vector] ?? '';

function ipiName(b: number): string {
  const delivery = (b >> 8) & 7;
  if (delivery === DeliveryMode.init) return 'INIT';
  if (delivery === DeliveryMode.startup) return `SIPI with page ${hex(b & 0xff)}`;
  if (delivery === DeliveryMode.nmi) return 'NMI';
  return `vector ${hex(b & 0xff)}`;
}

const OUTCOME_WORDS: Readonly<Record<number, string>> = {
  [OUTCOME.whole]: 'was read whole',
  [OUTCOME.torn]: 'was read torn: part of it is of another message',
  [OUTCOME.phantom]: 'was never sent: the handler reads what nobody wrote',
  [OUTCOME.duplicated]: 'was read once more',
  [OUTCOME.overwritten]: 'is lost: another one was written over it, and no handler had got it',
};

const MODE_WORDS: Readonly<Record<number, string>> = {
  [MODE.offline]: 'is offline',
  [MODE.idle]: 'is idle',
  [MODE.waitSipi]: 'waits for a SIPI',
  [MODE.boot]: 'starts a kernel',
  [MODE.hung]: 'hangs for ever; only INIT helps',
};

/** One trace row as one sentence, '' for rows that say nothing to a reader. */
export function narrate(row: NarratedRow, names: Names): string {
  const { kind, a, b, c, d } = row;
  const cpu = row.cpu < 0 ? 'the machine' : `CPU ${row.cpu}`;
  switch (kind) {
    case ROW.step:
      return `${cpu}, ${routineOf(names.legend, b)}: ${names.legend.steps[b]?.text ?? 'a step'}`;
    case ROW.begin:
      return `${cpu} begins ${routineOf(names.legend, b)}`;
    case ROW.end:
      return `${cpu} is done; ${returned(a)}`;
    case ROW.mode:
      return `${cpu} ${MODE_WORDS[b] ?? `goes on as ${MODE_NAMES[b] ?? hex(b)}`}`;
    case ROW.owner:
      return b < 0
        ? `${cpu} leaves its kernel and belongs to nobody`
        : `${cpu} now belongs to ${kernelName(names, b)}`;
    case ROW.state:
      return `instance ${b} is now ${MK_STATE_NAMES[c] ?? c}, says ${kernelName(names, d)}`;
    case ROW.log: {
      const text = names.log?.(b, c) ?? '';
      return `${kernelName(names, b)} logs ${text === '' ? 'a line' : `“${text}”`}`;
    }
    case ROW.hazard:
      return `Danger on ${cpu}: ${names.legend.hazards.find(({ id }) => id === b)?.text ?? 'the code does harm'}`;
    default:
      return ofMessages(row, cpu) || ofInterrupts(row, cpu, c, d);
  }
}

function ofMessages({ kind, a, b, c, d }: NarratedRow, cpu: string): string {
  switch (kind) {
    case ROW.sent:
      return `${cpu} has sent message ${d}, ${messageName(b, c)}, through the slot at ${hex(a)}`;
    case ROW.handler:
      return `${cpu} calls the handler of ${messageName(b, c)}${d > 0 ? ` for message ${d}` : ''}`;
    case ROW.outcome:
      return d > 0
        ? `Message ${d} ${OUTCOME_WORDS[b] ?? 'ended'}`
        : `A message ${OUTCOME_WORDS[b] ?? 'ended'}`;
    case ROW.queue:
      return b === 1
        ? `${cpu} queues the irq_work of the handler at ${hex(a)}`
        : `${cpu} finds the irq_work of the handler at ${hex(a)} pending already`;
    case ROW.callback:
      return `${cpu} runs the callback of handler ${b}`;
    case ROW.read:
      return `${cpu} reads ${b} bytes at ${hex(a)}`;
    case ROW.write:
      return `${cpu} writes ${b} bytes at ${hex(a)}`;
    case ROW.drain:
      return `A store of ${cpu} leaves its buffer: the ${b} bytes at ${hex(a)} are there for all`;
    case ROW.memremap:
      return `${cpu} cannot map ${b} bytes at ${hex(a)}`;
    case ROW.sync:
      return b === 1
        ? `${cpu} waits for irq_work that only itself could end: it hangs`
        : `${cpu} waits for the irq_work of the handler at ${hex(a)}`;
    case ROW.allocfail:
      return `${cpu} asks the heap for ${a} bytes and gets none`;
    default:
      return '';
  }
}

function ofInterrupts({ kind, b }: NarratedRow, cpu: string, c: number, d: number): string {
  switch (kind) {
    case ROW.take:
      return `${cpu} takes vector ${hex(b)}: its IRR bit clears, its ISR bit sets`;
    case ROW.eoi:
      return `${cpu} writes EOI: the ISR bit of ${hex(b)} clears`;
    case ROW.send:
      return `${cpu} writes its ICR: ${ipiName(b)} flies to APIC ${c}`;
    case ROW.arrive:
      return b < 0x100
        ? `Vector ${hex(b)} reaches ${cpu}: its IRR bit sets`
        : `${ipiName(b)} reaches ${cpu}`;
    case ROW.merge:
      return `Vector ${hex(b)} reaches ${cpu}, but its IRR bit is set already: two rings become one`;
    case ROW.drop:
      return `IPI ${d} is dropped: nobody takes ${ipiName(b)}`;
    default:
      return '';
  }
}

function routineOf({ steps, routines }: Legend, pc: number): string {
  return routines[steps[pc]?.routine ?? -1]?.name ?? `step ${pc}`;
}

const kernelName = (names: Names, kernel: number): string =>
  names.kernels[kernel] ?? `kernel ${kernel}`;

const returned = (value: number): string =>
  value < 0 ? `it returned ${errnoName(value)}` : `it returned ${value}`;
