/**
 * What a CPU is made of, as offsets into two typed arrays. Integers live in `H` (32 bits), numbers
 * that may be larger (times, addresses, locals of routines) in `D`. A CPU's words are contiguous,
 * so that saving, hashing and comparing one is a run over an array.
 */
export const CPU = {
  /** One of {@link MODE}. */
  mode: 0,
  /** Interrupt flag: 1 when the CPU takes interrupts. */
  interruptsOn: 1,
  /** Frames on the stack; 0 when nothing runs. */
  depth: 2,
  /** Index of the kernel that owns the CPU, -1 for none. */
  kernel: 3,
  apicId: 4,
  /** The CPU's number inside its kernel. */
  logical: 5,
  /** Which of the eight words of IRR, and of ISR, are not 0. Caches, so that nobody looks through all. */
  pending: 6,
  serving: 7,
  irr: 8,
  isr: 16,
  icrLow: 24,
  icrHigh: 25,
  tpr: 26,
  /** Spurious-interrupt vector register; bit 8 set while the local APIC is enabled. */
  svr: 27,
  /** Times vector 0xea was taken (row CAL of /proc/interrupts), and 0xf6 (row IWI). */
  countCall: 28,
  countIrqWork: 29,
  /** Start-up page of the last SIPI, -1 while none came since INIT. */
  sipi: 30,
  /** Serial of the task at the bottom of the stack. */
  task: 31,
  /** {@link FRAMES_MAX} program counters, then as many frame kinds. */
  pc: 32,
  kind: 48,
  stride: 64,
} as const;

/** Deepest stack of routines; deeper is a bug of ours. */
export const FRAMES_MAX = 16;
/** Places for locals of a frame. */
export const LOCALS_MAX = 16;
/** The last of them: in the frame of an interrupt, what the code that was interrupted has to read yet. */
export const SAVED_RESULT = LOCALS_MAX - 1;

export const CPU_D = {
  /** What the last finished routine returned. */
  result: 0,
  locals: 8,
  stride: 8 + FRAMES_MAX * LOCALS_MAX,
} as const;

const { stride: STRIDE, locals: LOCALS } = CPU_D;
/** Where in the doubles the locals of a CPU's frame begin; frames count from 0. */
export const localsAt = (cpu: number, frame: number): number =>
  cpu * STRIDE + LOCALS + frame * LOCALS_MAX;

export const MODE = {
  /** Not present in any kernel, or parked after hot-unplug. */
  offline: 0,
  idle: 1,
  task: 2,
  interrupt: 3,
  irqWork: 4,
  /** After INIT, before SIPI. */
  waitSipi: 5,
  boot: 6,
  /** Spinning for ever; only INIT helps. */
  hung: 7,
} as const;

/** Names of {@link MODE}, by value, as the page and the expression language say them. */
export const MODE_NAMES = [
  'offline',
  'idle',
  'task',
  'interrupt',
  'irq_work',
  'wait-sipi',
  'boot',
  'hung',
] as const;

/** Why a frame is on the stack: what its end gives back. */
export const FRAME = { task: 0, call: 1, interrupt: 2 } as const;
