import { FACT, OUTCOME, ROW, type PassageRow, type Row, type Told } from '../../base/record.ts';
import { DeliveryMode } from '../../machine/lapic.regs.ts';
import type { Routine } from '../../machine/routine.ts';
import type { Timing } from '../../machine/software.ts';
import type { KernelContext } from '../context.ts';
import { interruptEntry, sendIpiData } from '../ipi.ts';
import { irqWorkEntry, MESSAGE_CALLBACK } from '../irq-work.ts';
import { logEventNumber } from '../log-events.ts';
import { listenHandler } from '../message-handlers.ts';
import { messageCallback, sendMessage } from '../messaging.ts';
import { IRQ_WORK_VECTOR, MK_IPI_DATA, MK_MESSAGE, MULTIKERNEL_VECTOR } from '../mk.layout.ts';

const { sender_cpu: SENDER_CPU, type: TYPE, data_size: DATA_SIZE, buffer: BUFFER } = MK_IPI_DATA.at;
const PAYLOAD = BUFFER + MK_MESSAGE.at.payload;

const number = (value: number): Told => [FACT.none, value];
const NOTHING = number(0);
/** An address in the slot. */
const inSlot = (offset: number): Told => [FACT.place, offset];

/** Writes down the rows of a passage in the order in which its steps, run one by one, tell them. */
class Writer {
  readonly rows: PassageRow[] = [];
  readonly #timing: Timing;
  #at = 0;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /** The steps of a routine from one to before another, or to the end, in a frame of that depth. */
  steps(of: Routine<KernelContext>, depth: number, from: string, to?: string): this {
    const behind = to === undefined ? of.end : of.at[to]!;
    for (let pc = of.at[from]!; pc < behind; pc++) {
      const { cost } = of.steps[pc - of.start]!;
      this.row(ROW.step, number(cost), number(pc), number(depth), number(depth));
      this.#at += cost;
    }
    return this;
  }

  row(kind: Row, a = NOTHING, b = NOTHING, c = NOTHING, d = NOTHING): this {
    return this.#rowAt(this.#at, kind, a, b, c, d);
  }

  #rowAt(at: number, kind: Row, a: Told, b: Told, c: Told, d: Told): this {
    this.rows.push({ at, kind, a, b, c, d });
    return this;
  }

  access(kind: typeof ROW.read | typeof ROW.write, offset: number, bytes: Told): this {
    return this.row(kind, inSlot(offset), bytes);
  }

  log(event: number, plus = 0): this {
    return this.row(ROW.log, NOTHING, [FACT.kernel, 0], [FACT.log, plus], number(event));
  }

  /** The CPU accepts a vector and ends it. */
  take(vector: number): this {
    this.row(ROW.take, NOTHING, number(vector));
    this.#at += this.#timing.take;
    return this.row(ROW.eoi, NOTHING, number(vector));
  }

  /** The CPU sends a vector to itself. */
  selfIpi(vector: number): this {
    const at = this.#at + this.#timing.selfIpi;
    const what = number((DeliveryMode.fixed << 8) | vector);
    this.row(ROW.send, [FACT.start, at], what, [FACT.apic, 0], [FACT.flight, 0]);
    return this.#rowAt(at, ROW.arrive, NOTHING, number(vector), [FACT.cpu, 0], [FACT.flight, 0]);
  }
}

function sendRows(timing: Timing): readonly PassageRow[] {
  const serial: Told = [FACT.serial, 0];
  const vector = number((DeliveryMode.fixed << 8) | MULTIKERNEL_VECTOR);
  return new Writer(timing)
    .steps(sendMessage, 2, 'M2', 'M7')
    .steps(sendIpiData, 3, 'S1', 'S6')
    .access(ROW.write, 0, number(MK_IPI_DATA.size))
    .steps(sendIpiData, 3, 'S6', 'S7')
    .access(ROW.write, DATA_SIZE, number(8))
    .steps(sendIpiData, 3, 'S7', 'S8')
    .access(ROW.write, SENDER_CPU, number(4))
    .steps(sendIpiData, 3, 'S8', 'S9')
    .access(ROW.write, TYPE, number(4))
    .steps(sendIpiData, 3, 'S9', 'S10')
    .access(ROW.write, BUFFER, [FACT.bytes, 0])
    .steps(sendIpiData, 3, 'S10', 'S11')
    .row(ROW.sent, inSlot(0), [FACT.type, 0], [FACT.subtype, 0], serial)
    .row(ROW.send, [FACT.other, 0], vector, [FACT.apic, 0], [FACT.flight, 0])
    .steps(sendIpiData, 3, 'S11')
    .log(logEventNumber('msg.sent'))
    .steps(sendMessage, 2, 'M7').rows;
}

function receiveRows(timing: Timing, isEmpty: boolean): readonly PassageRow[] {
  const serial: Told = [FACT.serial, 0];
  const bytes: Told = [FACT.bytes, 0];
  const payload = isEmpty ? NOTHING : inSlot(PAYLOAD);
  const writer = new Writer(timing)
    .take(MULTIKERNEL_VECTOR)
    .steps(interruptEntry, 1, 'eoi', 'R4')
    .access(ROW.read, DATA_SIZE, number(8))
    .steps(interruptEntry, 1, 'R4', 'R5')
    .access(ROW.read, SENDER_CPU, number(4))
    .access(ROW.read, TYPE, number(4))
    .log(logEventNumber('ipi.received'))
    .steps(interruptEntry, 1, 'R5', 'R7')
    .access(ROW.read, TYPE, number(4))
    .row(ROW.queue, [FACT.other, 0], number(1))
    .selfIpi(IRQ_WORK_VECTOR)
    .steps(interruptEntry, 1, 'R7')
    .take(IRQ_WORK_VECTOR)
    .steps(irqWorkEntry, 1, 'eoi', 'W2')
    .row(ROW.callback, inSlot(0), number(MESSAGE_CALLBACK), [FACT.kernel, 0])
    .steps(irqWorkEntry, 1, 'W2', 'W3')
    .steps(messageCallback, 2, 'C1', 'C2')
    .access(ROW.read, TYPE, number(4))
    .steps(messageCallback, 2, 'C2', 'C3')
    .access(ROW.read, DATA_SIZE, number(8))
    .steps(messageCallback, 2, 'C3', 'C4')
    .access(ROW.read, DATA_SIZE, number(8))
    .access(ROW.read, BUFFER + MK_MESSAGE.at.payload_len, number(4))
    .steps(messageCallback, 2, 'C4', 'C5')
    .access(ROW.read, BUFFER, number(MK_MESSAGE.size))
    .steps(messageCallback, 2, 'C5', 'C6')
    .log(logEventNumber('msg.received'), 1)
    .steps(messageCallback, 2, 'C6', 'C8');
  if (!isEmpty) writer.access(ROW.read, PAYLOAD, bytes);
  return writer
    .row(ROW.handler, payload, [FACT.type, 0], [FACT.subtype, 0], serial)
    .row(ROW.outcome, bytes, number(OUTCOME.whole), serial, serial)
    .steps(listenHandler, 3, 'H1')
    .steps(messageCallback, 2, 'C8')
    .steps(irqWorkEntry, 1, 'W3')
    .steps(irqWorkEntry, 1, 'W1', 'W2').rows;
}

/** The rows of every passage in the order of {@link PASSAGE}, once the routines are linked. */
export const passageRows = (timing: Timing): readonly (readonly PassageRow[])[] => [
  sendRows(timing),
  receiveRows(timing, false),
  receiveRows(timing, true),
];
