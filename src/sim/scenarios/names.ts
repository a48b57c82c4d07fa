/**
 * The names of the expression language: one table from which claims are type-checked, the
 * documentation is written, editors complete, and the types of {@link Answers} follow.
 */

/** Types of values; the capitalised ones are the keys of {@link RECORDS}. */
export type Scalar = 'int' | 'string' | 'bool' | 'list<int>';

/** A field of a record. */
export interface Field {
  readonly type: Scalar | 'OwnInstance';
  readonly meaning: string;
  readonly example: string;
  /** What the field says of something that does not exist; without it, asking is refused. */
  readonly whenAbsent?: boolean;
}

const field = <const Type extends Field['type']>(type: Type, meaning: string, example: string) =>
  ({ type, meaning, example }) as const;

/** The records and their fields. */
export const RECORDS = {
  Stats: {
    sent: field('int', 'messages whose IPI was sent', 'stats.sent == 2'),
    handled: field('int', 'calls of message handlers', 'stats.handled == 2'),
    whole: field('int', 'messages handled whole at least once', 'stats.whole == 2'),
    lost: field(
      'int',
      'messages sent and not handled whole, while they are under way too',
      'stats.lost == 0',
    ),
    torn: field('int', 'handler calls that saw parts of two messages', 'stats.torn == 0'),
    phantom: field('int', 'handler calls for a message nobody sent', 'stats.phantom == 0'),
    duplicated: field('int', 'messages handled whole more than once', 'stats.duplicated == 0'),
    merged: field('int', 'IPIs folded into a bit that was already pending', 'stats.merged == 1'),
  },
  Cpu: {
    id: field('int', 'number of the CPU', 'cpu(4).id == 4'),
    apic: field('int', 'id of its local APIC', 'cpu(4).apic == 4'),
    owner: field('string', 'the kernel it runs, or ""', 'cpu(4).owner == "web-server"'),
    mode: field(
      'string',
      'task, interrupt, irq_work, boot, idle, offline, wait-sipi or hung',
      'cpu(4).mode == "idle"',
    ),
    interrupts_on: field('bool', 'it accepts interrupts (IF=1)', 'cpu(4).interrupts_on'),
    online: field('bool', 'a kernel has it online', 'cpu(4).online'),
    irr: field('list<int>', 'vectors that are pending', '0xea in cpu(4).irr'),
    isr: field('list<int>', 'vectors in service', 'cpu(4).isr.size() == 0'),
    routine: field('string', 'the routine it is in, or ""', 'cpu(1).routine.startsWith("mk_")'),
    step: field('string', 'label of the step it takes next, or ""', 'cpu(1).step == "icr"'),
    interrupts: field('int', 'interrupts 0xea it has taken', 'cpu(4).interrupts == 1'),
    stores: field('int', 'stores in its buffer (`ordering: tso`)', 'cpu(1).stores == 0'),
  },
  Kernel: {
    name: field('string', 'its name', 'kernel("host").name == "host"'),
    running: {
      ...field('bool', 'it has booted and runs', 'kernel("web-server").running'),
      whenAbsent: false,
    },
    boot_cpu: field('int', 'the CPU it booted on', 'kernel("web-server").boot_cpu == 4'),
    cpus: field('list<int>', 'CPUs it has online', '0 in kernel("host").cpus'),
    handled: field('int', 'calls of its message handlers', 'kernel("web-server").handled == 1'),
    sent: field('int', 'messages it sent', 'kernel("host").sent == 2'),
    interrupts: field(
      'int',
      'interrupts 0xea its CPUs have taken',
      'kernel("web-server").interrupts == 1',
    ),
    waiting: field(
      'int',
      'slots of its ring that are claimed and not taken; 0 where it has none',
      'kernel("web-server").waiting == 0',
    ),
    sender_lock: field(
      'int',
      'the CPU that has the lock of its senders, -1 for none',
      'kernel("host").sender_lock == -1',
    ),
    instance: field(
      'OwnInstance',
      'the instance it believes to be, restored from the hand-over',
      'kernel("web-server").instance.state == "ready"',
    ),
  },
  OwnInstance: {
    id: field('int', 'its id', 'kernel("web-server").instance.id == 2'),
    name: field('string', 'its name', 'kernel("web-server").instance.name == "web-server"'),
    state: field(
      'string',
      'empty, ready, loading, active or failed',
      'kernel("web-server").instance.state == "ready"',
    ),
    memory_bytes: field(
      'int',
      'bytes of its memory pool',
      'kernel("web-server").instance.memory_bytes == 0x10000000',
    ),
    cpus: field('list<int>', 'its CPUs', '4 in kernel("web-server").instance.cpus'),
    dtb_size: field(
      'int',
      'bytes of its device tree',
      'kernel("web-server").instance.dtb_size <= 4096',
    ),
  },
  Instance: {
    id: field('int', 'its id', 'instance("web-server").id == 2'),
    name: field('string', 'its name', 'instance("web-server").name == "web-server"'),
    state: field(
      'string',
      'empty, ready, loading, active or failed',
      'instance("web-server").state == "loading"',
    ),
    refcount: field('int', 'references the host holds', 'instance("web-server").refcount >= 1'),
    memory_bytes: field(
      'int',
      'bytes of its memory pool',
      'instance("web-server").memory_bytes == 0x10000000',
    ),
    cpus: field(
      'list<int>',
      'its CPUs, by the numbers of the host',
      '4 in instance("web-server").cpus',
    ),
    dtb_size: field('int', 'bytes of its device tree', 'instance("web-server").dtb_size <= 4096'),
    exists: {
      ...field('bool', 'the host has an instance of that name', '!instance("db").exists'),
      whenAbsent: false,
    },
  },
  Slot: {
    sender_cpu: field('int', 'APIC id of the sender', 'slot("web-server").sender_cpu == 1'),
    type: field('int', 'type of the IPI', 'slot("web-server").type == 0x3000'),
    data_size: field('int', 'bytes in use', 'slot("web-server").data_size == 28'),
    msg_type: field('int', 'type in the message', 'slot("web-server").msg_type == 0x3000'),
    msg_subtype: field('int', 'subtype in the message', 'slot("web-server").msg_subtype == 0x3001'),
    payload_len: field('int', 'length in the message', 'slot("web-server").payload_len == 4'),
    payload: field('string', 'payload as hex digits', 'slot("web-server").payload == "a1a1a1a1"'),
  },
  Message: {
    id: field('int', 'its number, from 1 in the order of sending', 'message(1).id == 1'),
    from_cpu: field('int', 'the CPU that sent it', 'message(1).from_cpu == 1'),
    to: field('string', 'the kernel it was meant for', 'message(1).to == "web-server"'),
    type: field('int', 'its type', 'message(1).type == 0x3000'),
    subtype: field('int', 'its subtype', 'message(1).subtype == 0x3001'),
    payload: field('string', 'its payload as hex digits', 'message(1).payload == "a1a1a1a1"'),
    outcome: field(
      'string',
      'in-flight, whole, lost, torn or duplicated',
      'message(1).outcome == "lost"',
    ),
  },
} as const satisfies Record<string, Record<string, Field>>;
export type RecordName = keyof typeof RECORDS;

interface ValueOf {
  int: number;
  string: string;
  bool: boolean;
  'list<int>': readonly number[];
  OwnInstance: Answer<'OwnInstance'> | undefined;
}
/**
 * A record as the world gives it: plain values, or getters that are read only when asked. `exists`
 * is left to the language: a record that is given exists.
 */
export type Answer<Name extends RecordName> = {
  readonly [
    F in keyof (typeof RECORDS)[Name] as F extends 'exists' ? never : F
  ]: (typeof RECORDS)[Name][F] extends { type: infer T extends keyof ValueOf } ? ValueOf[T] : never;
};

/** A name that can be used in an expression: a value, or a function when it has parameters. */
export interface Name {
  readonly type: Scalar | RecordName;
  readonly params: readonly Param[];
  readonly meaning: string;
  readonly example: string;
}
export interface Param {
  readonly name: string;
  readonly type: 'int' | 'string';
  readonly optional?: true;
}

const TEXT = (name: string): Param => ({ name, type: 'string' });
const INT = (name: string): Param => ({ name, type: 'int' });

/** The names themselves. */
export const NAMES = {
  stats: {
    type: 'Stats',
    params: [],
    meaning: 'counts of the run so far',
    example: 'stats.lost == 0',
  },
  time_ns: {
    type: 'int',
    params: [],
    meaning: 'simulated nanoseconds since power-on',
    example: 'time_ns > 1000',
  },
  step: { type: 'int', params: [], meaning: 'steps taken so far', example: 'step < 100000' },
  hazards: {
    type: 'int',
    params: [],
    meaning: 'hazards that have happened',
    example: 'hazards == 0',
  },
  cpu: {
    type: 'Cpu',
    params: [INT('n')],
    meaning: 'a CPU of the machine',
    example: 'cpu(4).mode == "idle"',
  },
  kernel: {
    type: 'Kernel',
    params: [TEXT('name')],
    meaning: 'a kernel; the first one is "host"',
    example: 'kernel("web-server").running',
  },
  instance: {
    type: 'Instance',
    params: [TEXT('name')],
    meaning: 'an instance as the host sees it',
    example: 'instance("web-server").state == "ready"',
  },
  slot: {
    type: 'Slot',
    params: [TEXT('kernel'), { ...INT('cpu'), optional: true }],
    meaning: "a slot of a kernel's receive area; that of its boot CPU unless told",
    example: 'slot("web-server").type == 0x3000',
  },
  memory: {
    type: 'string',
    params: [INT('address'), INT('length')],
    meaning: 'bytes of physical memory as hex digits, at most 4096',
    example: 'memory(0x80000000, 4) == "00000000"',
  },
  logged: {
    type: 'int',
    params: [TEXT('kernel'), TEXT('key')],
    meaning: "how often an event is in a kernel's log",
    example: 'logged("web-server", "ipi.received") == 1',
  },
  status: {
    type: 'int',
    params: [TEXT('kernel')],
    meaning: "exit status of the last command on a kernel's console",
    example: 'status("host") == 0',
  },
  output: {
    type: 'string',
    params: [TEXT('kernel')],
    meaning: "what the last command on a kernel's console printed",
    example: 'output("host").contains("ready")',
  },
  hazard: {
    type: 'int',
    params: [TEXT('id')],
    meaning: 'how often one hazard has happened',
    example: 'hazard("H2") == 1',
  },
  message: {
    type: 'Message',
    params: [INT('n')],
    meaning: 'the n-th message that was sent, from 1',
    example: 'message(1).outcome == "whole"',
  },
} as const satisfies Record<string, Name>;

/** Functions and methods of the language itself that claims may use. */
export const BUILT_INS = {
  size: { meaning: 'length of a list or a text', example: 'size(kernel("host").cpus) == 6' },
  contains: { meaning: 'a text has another in it', example: 'output("host").contains("ready")' },
  startsWith: {
    meaning: 'a text begins with another',
    example: 'cpu(1).routine.startsWith("mk_")',
  },
  endsWith: { meaning: 'a text ends with another', example: 'output("host").endsWith("ready\\n")' },
  all: {
    meaning: 'a claim holds for each element',
    example: 'kernel("host").cpus.all(c, cpu(c).online)',
  },
  exists: {
    meaning: 'a claim holds for an element',
    example: 'kernel("host").cpus.exists(c, cpu(c).mode == "hung")',
  },
  exists_one: {
    meaning: 'a claim holds for exactly one element',
    example: 'kernel("host").cpus.exists_one(c, 0xea in cpu(c).irr)',
  },
  filter: {
    meaning: 'the elements for which a claim holds',
    example: 'kernel("host").cpus.filter(c, cpu(c).mode == "idle").size() > 1',
  },
} as const;

/** Methods that bind a variable to each element of a list. */
export const MACROS: readonly string[] = ['all', 'exists', 'exists_one', 'filter'];

/** Things that a name can fail to find, for `Answers.known`. */
export type Kind = 'cpu' | 'kernel' | 'instance' | 'hazard' | 'message';

/**
 * The moment of a run that expressions are evaluated against. The world implements it. Undefined
 * means that there is no such thing now; the refusal then lists what `known` gives.
 */
export interface Answers {
  stats(): Answer<'Stats'>;
  time_ns(): number;
  step(): number;
  hazards(): number;
  cpu(n: number): Answer<'Cpu'> | undefined;
  kernel(name: string): Answer<'Kernel'> | undefined;
  instance(name: string): Answer<'Instance'> | undefined;
  /** Undefined when the kernel has no receive area, or no such CPU in it. */
  slot(kernel: string, cpu: number | undefined): Answer<'Slot'> | undefined;
  /** Lower-case hex digits, or undefined when not all of it is memory. */
  memory(address: number, length: number): string | undefined;
  logged(kernel: string, key: string): number | undefined;
  /** Undefined as well when nothing was typed there yet. */
  status(kernel: string): number | undefined;
  output(kernel: string): string | undefined;
  hazard(id: string): number | undefined;
  message(n: number): Answer<'Message'> | undefined;
  /** Names or numbers of all that exist, for refusals. */
  known(kind: Kind): readonly (string | number)[];
}
