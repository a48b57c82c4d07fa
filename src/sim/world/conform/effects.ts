import { ROW, type Recorder, type Row } from '../../base/record.ts';
import { HAZARD } from '../../kernel/hazards.ts';
import { heapKind } from '../../kernel/heap.ts';
import { ipiCallbacks, MESSAGE_CALLBACK } from '../../kernel/irq-work.ts';
import { K } from '../../kernel/kernel.layout.ts';
import {
  IRQ_WORK_VECTOR,
  MK_INSTANCE_IPI_DATA,
  MK_IPI_DATA,
  MK_IPI_HANDLER,
  MK_MSG_TYPE_HANDLER,
  MULTIKERNEL_VECTOR,
} from '../../kernel/mk.layout.ts';
import { MESSAGE } from '../../kernel/observer.ts';
import { logAt } from '../log-read.ts';
import { Hang, type Board } from './board.ts';

/** One observable effect: `i` the operation that caused it, `t` its kind, the rest as it comes. */
export type Effect = Record<string, unknown>;

const U64_MAX = 2n ** 64n - 1n;
/** 64-bit numbers are hexadecimal text in effects. A number rounded up to 2^64 was the largest. */
export function hex64(value: number | bigint): string {
  const exact = BigInt(value);
  return `0x${(exact > U64_MAX ? U64_MAX : BigInt.asUintN(64, exact)).toString(16)}`;
}

/** Where a hazard is said to be, by its number; those not named were not recorded. */
const HAZARDS: Readonly<Record<number, { readonly kind: string; readonly where: string }>> = {
  [HAZARD.useAfterFree]: { kind: 'use-after-free', where: 'irq_work_sync' },
  [HAZARD.ipiToInvalidCpu]: { kind: 'ipi-to-invalid-cpu', where: '__apic_send_IPI' },
  [HAZARD.slotIndexOutOfRange]: {
    kind: 'slot-index-out-of-range',
    where: 'multikernel_interrupt_handler',
  },
  [HAZARD.payloadPastSlot]: { kind: 'payload-past-slot', where: 'mk_message_type_ipi_callback' },
};

/** The recorded instance object had fewer fields than the one of the series. */
const RECORDED_INSTANCE_BYTES = 104;
const KIND_INSTANCE = heapKind('mk_instance');

/** Which handle a script has for a handler, by the context it was registered with. */
export type HandleOf = (context: number) => number;

/** Turns rows of a run into effects, in the order they come. */
export class Effects implements Recorder {
  readonly list: Effect[] = [];
  /** Number of the operation that runs. */
  operation = -1;
  board!: Board;
  handleOf: HandleOf = () => -1;
  /** Logical CPU of the sender that the message under way goes to. */
  #target = -1;
  #apic: Effect | undefined;

  emit(t: string, fields: Effect): void {
    this.list.push({ i: this.operation, t, ...fields });
  }

  steps(): void {
    // No step is an effect of its own.
  }

  row(kind: Row, _time: number, _cpu: number, a: number, b: number, c: number, d: number): void {
    switch (kind) {
      case ROW.log:
        return this.#log(c);
      case ROW.sent:
        return this.#aim(a, d);
      case ROW.send:
        return this.#send(b & 0xff, c);
      case ROW.merge:
        if (b === MULTIKERNEL_VECTOR) this.#apic!.coalesced = true;
        return;
      case ROW.queue:
        return this.emit('queue', { ...this.#work(a), queued: b === 1 });
      case ROW.callback:
        this.board.ran++;
        return;
      case ROW.sync:
        return this.#sync(a, b === 1);
      case ROW.hazard:
        return this.#hazard(b);
      case ROW.memremap:
        return this.emit('memremap', { phys: hex64(a), size: b, ok: false });
      case ROW.allocfail:
        return this.emit('allocfail', { size: b === KIND_INSTANCE ? RECORDED_INSTANCE_BYTES : a });
      default:
    }
  }

  #log(record: number): void {
    const { event, args } = logAt(this.board.x, record);
    // The series' core was a stand-in that says nothing when a state changes.
    if (event.key.startsWith('inst.')) return;
    const named = event.args.map(({ name }, i) => [name, args[i]] as const);
    this.emit('log', { lvl: event.level, ev: event.key, ...Object.fromEntries(named) });
  }

  /** The slot's place in its area is the number the interrupt goes to. */
  #aim(slot: number, serial: number): void {
    const { mem, observer, x } = this.board;
    const instance = mem.M[observer.recordOf(serial) + MESSAGE.instance / 4]!;
    const data = mem.peek64(x.k + K.mk_instance_ipi_map + 8 * instance);
    const area = mem.peek64(data + MK_INSTANCE_IPI_DATA.at.shared_mem);
    this.#target = (slot - area) / MK_IPI_DATA.size;
  }

  #send(vector: number, apicId: number): void {
    if (vector === IRQ_WORK_VECTOR) return this.emit('raise', { cpu: apicId, vec: vector });
    const apicid = apicId < 0 ? null : apicId;
    this.emit('apic', { cpu: this.#target, apicid, vec: vector, coalesced: false });
    this.#apic = this.list.at(-1);
  }

  /** How the script knows the handler a work lies in. */
  #work(handler: number): { h: number | null; msgtype: number | null } {
    const { mem } = this.board;
    const context = mem.peek64(handler + MK_IPI_HANDLER.at.context);
    const callback = mem.peek64(handler + MK_IPI_HANDLER.at.callback);
    if (callback !== MESSAGE_CALLBACK || ipiCallbacks[callback] === undefined)
      return { h: this.handleOf(context), msgtype: null };
    return { h: null, msgtype: mem.peek32(context + MK_MSG_TYPE_HANDLER.at.msg_type) >>> 0 };
  }

  #sync(handler: number, isOwn: boolean): void {
    const { board } = this;
    const logical = board.holderOf(handler);
    if (isOwn || logical < 0) return this.hang();
    const cpu = board.physical(board.kernelOf(handler), logical);
    this.emit('sync', { ...this.#work(handler), cpu });
    board.waitsFor = handler;
  }

  /** Nothing more happens in this script. */
  hang(): never {
    this.emit('hang', { where: 'irq_work_sync' });
    throw new Hang();
  }

  #hazard(id: number): void {
    const known = HAZARDS[id];
    if (known) this.emit('hazard', { ...known });
  }
}
