/** A way to say when a run is to stop. */
interface Form {
  readonly form: string;
  readonly meaning: string;
  readonly example: string;
}

/** Words a line begins with that is no expression. */
export const BREAK_WORDS = [
  ...(['at', 'write', 'read', 'change', 'changes', 'vector', 'log', 'hazard'] as const),
];
export type BreakWord = (typeof BREAK_WORDS)[number];

/** What can happen to a vector, and what is meant by it. */
export const VECTOR_EVENTS = ['sent', 'arrived', 'merged', 'dropped', 'taken', 'ended'] as const;
export type VectorEvent = (typeof VECTOR_EVENTS)[number];

/** Lines that say when to stop. The page, `window.playground` and the documentation share them. */
export const BREAK_FORMS: readonly Form[] = [
  {
    form: 'CLAIM',
    meaning: 'An expression becomes true.',
    example: 'stats.merged == 1',
  },
  {
    form: 'changes EXPRESSION',
    meaning: 'The value of an expression changes.',
    example: 'changes cpu(4).mode',
  },
  {
    form: 'at STEP [of ROUTINE] [on cpuN]',
    meaning: 'A CPU is about to take the step of that label or id.',
    example: 'at icr on cpu1',
  },
  {
    form: 'write PLACE',
    meaning: 'Bytes are written, be it with what they were.',
    example: 'write slot("web-server").type',
  },
  {
    form: 'read PLACE',
    meaning: 'Bytes that other kernels can see are read.',
    example: 'read 0x80000000+4',
  },
  {
    form: 'change PLACE',
    meaning: 'Bytes become others.',
    example: 'change slot("web-server", 4)',
  },
  {
    form: 'vector V EVENT [on cpuN]',
    meaning:
      'An interrupt is `sent`, has `arrived`, is `merged` into one that was pending, `dropped`, `taken`, or `ended` with an EOI. `any` is every vector; the CPU is the one it happens on.',
    example: 'vector 0xea merged on cpu4',
  },
  {
    form: 'log KEY [on KERNEL]',
    meaning: 'A kernel logs that event.',
    example: 'log ipi.received on web-server',
  },
  {
    form: 'hazard ID',
    meaning: 'The modelled code does that harm.',
    example: 'hazard H2',
  },
];
