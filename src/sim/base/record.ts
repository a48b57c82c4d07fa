/**
 * The kinds of rows a run leaves behind. Columns `a` to `d` mean what the comment says; a row also
 * has its time and its CPU. Text never stands in a row: tables turn kinds and numbers into words.
 */
export const ROW = {
  /** A step ran. a: its cost in ns · b: its program counter · c, d: depth of the stack after and before it */
  step: 1,
  /** A vector went from IRR to ISR. b: vector */
  take: 2,
  /** ISR bit cleared. b: vector */
  eoi: 3,
  /** ICR written. a: arrival time · b: vector · c: destination APIC id · d: flight serial */
  send: 4,
  /** An IPI reached its local APIC. b: vector · c: sender CPU · d: flight serial */
  arrive: 5,
  /** An IPI found its IRR bit set. b, c, d as `arrive` */
  merge: 6,
  /** An IPI nobody takes. b: vector · c: destination APIC id · d: flight serial */
  drop: 7,
  /** Bytes read of a watched page. a: address · b: bytes */
  read: 8,
  /** Bytes written to a watched page. a: address · b: bytes */
  write: 9,
  /** A log record. b: kernel · c: number of the record in that kernel */
  log: 10,
  /** irq_work_queue. a: address of the handler · b: 1 queued, 0 was pending */
  queue: 11,
  /** A handler was called. b: type · c: subtype · d: serial of the message its header came from */
  handler: 12,
  /** A message was sent whole. a: slot · b: type · c: subtype · d: serial */
  sent: 13,
  /** What became of a message. b: one of {@link OUTCOME} · d: serial */
  outcome: 14,
  /** A CPU changed mode. b: mode */
  mode: 15,
  /** A CPU changed hands. b: kernel, -1 none */
  owner: 16,
  /** An instance changed state. b: instance id · c: state · d: kernel whose view it is */
  state: 17,
  /** The modelled code did harm. a: address or number · b: hazard · c: detail */
  hazard: 18,
  /** A routine began on an empty stack. b: program counter · d: task serial */
  begin: 19,
  /** The stack became empty. a: what the routine returned · d: task serial */
  end: 20,
  /** An IPI callback ran. a: slot · b: handler id · c: kernel */
  callback: 21,
  /** memremap failed. a: address · b: bytes */
  memremap: 22,
  /** A wait for a busy work. a: address of the handler · b: 1 when the CPU waits for itself */
  sync: 23,
  /** The heap had no memory. a: bytes asked for · b: kind of the object */
  allocfail: 24,
  /** A store left its CPU's buffer. a: address · b: bytes · c: 1 when that was chosen, as a step is */
  drain: 25,
} as const;
export type Row = (typeof ROW)[keyof typeof ROW];

/** Whether a row is one of the steps a run counts: so are the acceptance of an interrupt and a chosen drain. */
export const isStepRow = (kind: Row, c: number): boolean =>
  kind === ROW.step || kind === ROW.take || (kind === ROW.drain && c === 1);

/** What can become of a message, as `ROW.outcome` says it. */
export const OUTCOME = {
  whole: 1,
  torn: 2,
  phantom: 3,
  duplicated: 4,
  overwritten: 5,
} as const;

/** Takes down rows. The engine's trace is one; a test may bring its own. */
export interface Recorder {
  /**
   * Takes down `count` steps of one CPU that followed each other from `time` (ns) on, the first at
   * program counter `pc`: a row of kind `step` each. `elapsed` is the cost of all steps before each place of the program (ns), `after`
   * and `before` are the depths of the stack.
   */
  steps(
    elapsed: Float64Array,
    time: number,
    cpu: number,
    pc: number,
    count: number,
    after: number,
    before: number,
  ): void;
  row(kind: Row, time: number, cpu: number, a: number, b: number, c: number, d: number): void;
}

/** What a value in a row of a passage is counted from: nothing, or what the passage was told with. */
export const FACT = {
  none: 0,
  /** When it began, in ns. */
  start: 1,
  cpu: 2,
  /** Two numbers that may be large: an address, and an address or a time. */
  place: 3,
  other: 4,
  /** Numbers of 32 bits: serials of the message and of its IPI, the kernel's log records before. */
  serial: 5,
  flight: 6,
  log: 7,
  /** At most 4,095 bytes, an APIC id. */
  bytes: 8,
  apic: 9,
  type: 10,
  subtype: 11,
  kernel: 12,
} as const;
export const FACTS = 13;
/** A value: one of {@link FACT}, and what to add to it. */
export type Told = readonly [fact: number, plus: number];

/** A row of a passage; `at` in ns from its beginning. */
export interface PassageRow {
  readonly at: number;
  readonly kind: Row;
  readonly a: Told;
  readonly b: Told;
  readonly c: Told;
  readonly d: Told;
}

/** A recorder that knows the rows of passages: it is told of one at once, by number. */
export interface PassageRecorder extends Recorder {
  passage(
    number: number,
    time: number,
    cpu: number,
    place: number,
    other: number,
    serial: number,
    flight: number,
    log: number,
    bytes: number,
    apic: number,
    type: number,
    subtype: number,
    kernel: number,
  ): void;
}

/** Arguments of {@link Recorder.steps}. */
export type StepRun = Parameters<Recorder['steps']>;

/** Tells a run of steps row by row, to a recorder that wants each of its own. */
export function stepByStep(
  recorder: Pick<Recorder, 'row'>,
  ...[elapsed, time, cpu, first, count, after, before]: StepRun
): void {
  for (let pc = first; pc < first + count; pc++) {
    const at = time + (elapsed[pc]! - elapsed[first]!);
    recorder.row(ROW.step, at, cpu, elapsed[pc + 1]! - elapsed[pc]!, pc, after, before);
  }
}
