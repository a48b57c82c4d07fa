import { toHex } from '../../base/hex.ts';
import { BlockTable } from '../../engine/block-table.ts';
import { K, LOG } from '../../kernel/kernel.layout.ts';
import { LOG_EVENTS, logEventNumber } from '../../kernel/log-events.ts';
import { listenHandler } from '../../kernel/message-handlers.ts';
import { CPU, MODE } from '../../machine/cpu.layout.ts';
import type { World } from '../world.ts';

/** What a receiver leaves behind: a log record, or a call of a message handler. */
export type Effect =
  | {
      readonly t: 'log';
      readonly lvl: string;
      readonly ev: string;
      readonly [arg: string]: unknown;
    }
  | { readonly t: 'cb'; readonly type: number; readonly subtype: number; readonly payload: string };

const LOG_COUNT = K.log_count / 4;
const LOG_RING = K.log_ring / 4;
const RECORD_WORDS = LOG.size / 4;
const ARGS = LOG.args / 4;
const ARG_WORDS = RECORD_WORDS - ARGS;
const RECEIVED = logEventNumber('msg.received');

/** First words of an effect's block: what it is, and the kernel it belongs to. */
const WHAT = { log: 0, cb: 1 } as const;
/** Words of a block before the arguments of a log record, and before the bytes of a payload. */
export const LOG_HEAD = 3;
export const CALL_HEAD = 5;
const PAYLOAD_BYTES_MAX = 1024;

/**
 * Collects what interrupts and their deferred work let an observer see. Effects have numbers; equal
 * ones have the same. `msg.received` is none: the handler call behind it says the same.
 */
export class Effects {
  readonly table = new BlockTable();
  readonly #world: World;
  readonly #words = new Int32Array(CALL_HEAD + PAYLOAD_BYTES_MAX);
  /** Per kernel, the records its log had at the start. */
  readonly #logged: readonly number[];

  constructor(world: World) {
    this.#world = world;
    const { machine, mem } = world;
    this.#logged = machine.kernelWord.map((kw) => mem.M[kw + LOG_COUNT]!);
  }

  /** Whether the CPU is about to do what a receiver does. */
  isReceiving(cpu: number): boolean {
    const { H } = this.#world.machine;
    const h = cpu * CPU.stride;
    if (H[h + CPU.depth] === 0) return true; // it takes an interrupt
    return H[h + CPU.mode] === MODE.interrupt || H[h + CPU.mode] === MODE.irqWork;
  }

  /** To be told before a step: the handler's one is the call. Its frame is gone afterwards. */
  before(cpu: number, out: number[]): void {
    const { machine, mem } = this.#world;
    if (machine.pcOf(cpu) !== listenHandler.start) return;
    const core = machine.select(cpu);
    const words = this.#words;
    const address = core.get(2);
    const length = address === 0 ? 0 : core.get(3);
    words[0] = WHAT.cb;
    words[1] = machine.H[core.h + CPU.kernel]!;
    words[2] = core.get(0) | 0;
    words[3] = core.get(1) | 0;
    words[4] = length;
    const bytes = Math.min(length, PAYLOAD_BYTES_MAX);
    // A byte a word: payloads are short, and their address is a multiple of 4 only.
    const from = mem.word(address) * 4 + (address & 3);
    for (let i = 0; i < bytes; i++) words[CALL_HEAD + i] = mem.U[from + i]!;
    out.push(this.table.intern(words, 0, CALL_HEAD + bytes));
  }

  /** To be told after a step: takes what was logged, and puts the log back. */
  after(cpu: number, isReceiver: boolean, out: number[]): void {
    const { machine, mem } = this.#world;
    const kernel = machine.H[cpu * CPU.stride + CPU.kernel]!;
    if (kernel < 0) return;
    const kw = machine.kernelWord[kernel]!;
    const first = this.#logged[kernel]!;
    const count = mem.M[kw + LOG_COUNT]!;
    if (count === first) return;
    if (isReceiver) for (let n = first; n < count; n++) this.#takeRecord(kernel, kw, n, out);
    mem.M[kw + LOG_COUNT] = first;
  }

  #takeRecord(kernel: number, kw: number, n: number, out: number[]): void {
    const { M } = this.#world.mem;
    const record = kw + LOG_RING + (n % LOG.records) * RECORD_WORDS;
    const event = M[record + LOG.event / 4]!;
    if (event === RECEIVED) return;
    const words = this.#words;
    words[0] = WHAT.log;
    words[1] = kernel;
    words[2] = event;
    for (let i = 0; i < ARG_WORDS; i++) words[LOG_HEAD + i] = M[record + ARGS + i]!;
    out.push(this.table.intern(words, 0, LOG_HEAD + ARG_WORDS));
  }

  /** Whether an effect is a call of a handler; else it is a log record. */
  isCall(effect: number): boolean {
    return this.table.words[this.table.at(effect)] === WHAT.cb;
  }

  /** The effect as the contract of `mk explore` gives it. */
  describe(effect: number): Effect {
    const words = this.table.words.slice(
      this.table.at(effect),
      this.table.at(effect) + this.table.lengthOf(effect),
    );
    if (this.isCall(effect))
      return {
        t: 'cb',
        type: words[2]! >>> 0,
        subtype: words[3]! >>> 0,
        payload: toHex(words.slice(CALL_HEAD)),
      };
    const { level, key, args } = LOG_EVENTS[words[2]!]!;
    const values = new Float64Array(words.slice(LOG_HEAD).buffer);
    const given = args.map(({ name, kind }, i): [string, unknown] => [
      name,
      kind === 'text' ? this.#world.sys.text(values[i]!) : values[i],
    ]);
    return { t: 'log', lvl: level, ev: key, ...Object.fromEntries(given) };
  }
}
