/** A word of the format: what it means, and how it is written. */
export interface Word {
  readonly meaning: string;
  readonly example: string;
}

/** Keys of the front matter. The documentation and the editor's completions are made from it. */
export const FRONT_MATTER_KEYS = {
  title: {
    meaning: 'The name of the lesson. The only key that must be there.',
    example: 'title: Two senders, one slot',
  },
  summary: {
    meaning: 'One or two sentences for the list of lessons.',
    example: 'summary: Two CPUs write to the same kernel; one message is never read.',
  },
  level: {
    meaning: '1 look (the default), 2 understand, 3 find out yourself.',
    example: 'level: 2',
  },
  profile: {
    meaning:
      'The model of the design: `rfc-v2` (the default), `rfc-v2-as-posted`, `rfc-v1`, `ring-n1`, `ring-n3` or `doorbell`.',
    example: 'profile: rfc-v2-as-posted',
  },
  machine: {
    meaning: 'The machine; its keys are below.',
    example: 'machine: { cpus: 8, memory: 4GiB, pool: 1GiB@2GiB }',
  },
  seed: {
    meaning: 'What jitter is drawn from: 0 to 4294967295, 1 unless given.',
    example: 'seed: 42',
  },
  glue: {
    meaning:
      'Additions to the published code, switched on (a list) or on and off (a mapping): `ipi-area`, `ipi-param`, `load-ids`, `restore-memory`, `own-ram`, `kerf-loading`, `two-way`. The profile decides the others.',
    example: 'glue: { two-way: true, ipi-param: false }',
  },
  design: {
    meaning:
      'Parts of the mailbox, on or off: `sender-lock`, `publish-last`, `drain-loop`, `icr-fence`, each where the profile has or could have it; and `slots` of a ring, a power of two to 64.',
    example: 'design: { publish-last: true }',
  },
} as const satisfies Record<string, Word>;

/** Keys of `machine:`. */
export const MACHINE_KEYS = {
  cpus: { meaning: 'How many CPUs, 1 to 1024; 8 unless given.', example: 'cpus: 8' },
  memory: { meaning: 'Memory, 16MiB to 64GiB; 4GiB unless given.', example: 'memory: 4GiB' },
  pool: {
    meaning:
      'Memory for other kernels, as `mkkernel_pool=` on the command line of the host: `SIZE@BASE`, `SIZE` (the host looks for a place) or `none`. A quarter of memory in its middle unless given.',
    example: 'pool: 1GiB@2GiB',
  },
  apic: {
    meaning: "The APIC id of each CPU; unless given, a CPU's number is its APIC id.",
    example: 'apic: [0, 2, 4, 6, 8, 10, 12, 14]',
  },
  ordering: {
    meaning:
      'When others see a store: `sc`, at once (the default), or `tso`, when it leaves the store buffer of its CPU, as on x86.',
    example: 'ordering: tso',
  },
} as const satisfies Record<string, Word>;

/** A kind of fenced block. */
export interface BlockKind {
  /** What follows the kind on its line, or null. */
  readonly argument: string | null;
  readonly meaning: string;
  /** Content of a small one. */
  readonly example: string;
  readonly exampleArgument?: string;
}

/** The blocks that act. */
export const BLOCKS = {
  console: {
    argument: 'KERNEL',
    meaning:
      "Lines typed on that kernel's console, one after the other; `host` is the first kernel. Lines that begin with `#` are comments. An exit status is recorded, not judged. Type `help` on a console of the page for all commands, and `COMMAND --help` for one of them. An image waits in one place until `kerf exec` starts it: load and start one kernel after the other. `--hold` leaves a command's routine waiting on its CPU for a schedule.",
    exampleArgument: 'host',
    example: 'mount -t multikernel none /sys/fs/multikernel\nkerf show',
  },
  dts: {
    argument: 'NAME',
    meaning: 'Device tree source, written to the file NAME of the host.',
    exampleArgument: 'web.dts',
    example: '/dts-v1/;\n/ {\n  compatible = "multikernel-v1";\n};',
  },
  file: {
    argument: 'NAME',
    meaning: 'Any other text, written to the file NAME of the host.',
    exampleArgument: 'notes.txt',
    example: 'CPUs 4 and 5 belong to web-server.',
  },
  schedule: {
    argument: null,
    meaning:
      'Chosen order: one line, one choice of which CPU moves next and how far. Without a schedule, time decides. What a schedule leaves undone then runs CPU by CPU in order of number.',
    example: 'cpu1 until icr    # up to and including that step\ncpu4 take 0xea\ncpu1 to end',
  },
  explore: {
    argument: null,
    meaning:
      'From here every interleaving, by `mk explore`. Lines `never NAME: CLAIM` (in no state), `always NAME: CLAIM` (at the end of every order), `sometimes NAME: CLAIM` (in some state); none at all asks only what is asked of all: is every message handled once, is there a hazard, does anything hang? A plain run goes past the block, and what it held back waits for a schedule.',
    example: 'always nothing is lost: stats.lost == 0\nsometimes both arrive: stats.whole == 2',
  },
  expect: {
    argument: null,
    meaning: 'Claims that must hold here, one on a line. `#` begins a comment.',
    example: 'stats.lost == 1\nkernel("web-server").running    # it came up',
  },
  question: {
    argument: null,
    meaning:
      'Asks the reader. `answer` is an expression, so that the answer always fits the run; `choices` and `because` may be left out.',
    example:
      'prompt: How many messages were never read whole?\nanswer: stats.lost\nchoices: [0, 1, 2]\nbecause: The slot holds one message.',
  },
  break: {
    argument: null,
    meaning:
      'Stops the run when a claim comes true, one on a line. A kernel that does not exist yet makes none true.',
    example: 'kernel("web-server").running',
  },
  view: {
    argument: null,
    meaning: 'What the page shows from here: `select`, `tab`, `zoom`, `speed`.',
    example: 'select: cpu4\ntab: messages\nspeed: 2',
  },
} as const satisfies Record<string, BlockKind>;
export type BlockName = keyof typeof BLOCKS;
export const BLOCK_NAMES = Object.keys(BLOCKS) as readonly BlockName[];

/** Keys of a `question`. */
export const QUESTION_KEYS = ['prompt', 'answer', 'choices', 'because'] as const;

/** Keys of a `view`. */
export const VIEW_KEYS = {
  select: {
    meaning:
      'What is selected everywhere: `cpu4`, `kernel NAME`, `instance NAME`, `slot NAME`, `message N`, `memory ADDRESS` or `none`.',
    example: 'select: slot web-server',
  },
  tab: {
    meaning: "The inspector's tab: `cpu`, `memory`, `messages`, `tree`, `files` or `checks`.",
    example: 'tab: memory',
  },
  zoom: { meaning: "The timeline's zoom: a factor from 1 to 64, or `fit`.", example: 'zoom: fit' },
  speed: {
    meaning: 'Steps a second, more than 0, or `max`. The page takes the nearest of its speeds.',
    example: 'speed: 2',
  },
} as const satisfies Record<string, Word>;

/** Forms of a schedule's line. */
export const SCHEDULE_FORMS: readonly (Word & { readonly form: string })[] = [
  {
    form: 'cpuN until LABEL',
    meaning: 'CPU N runs up to and including the step of that label or id.',
    example: 'cpu1 until icr',
  },
  {
    form: 'cpuN take VECTOR',
    meaning: 'CPU N accepts that interrupt, and does nothing more; without VECTOR, whichever.',
    example: 'cpu4 take 0xea',
  },
  {
    form: 'cpuN drain',
    meaning: 'The oldest store in the buffer of CPU N becomes visible (`ordering: tso`).',
    example: 'cpu1 drain',
  },
  {
    form: 'cpuN to end',
    meaning: 'CPU N runs until it is idle.',
    example: 'cpu6 to end',
  },
  {
    form: 'cpuN LABEL',
    meaning: 'CPU N takes one step, which must be the one of that label or id.',
    example: 'cpu6 S8',
  },
  {
    form: 'cpuN K steps',
    meaning: 'CPU N takes K steps; `cpuN` alone is one.',
    example: 'cpu6 3 steps',
  },
];

/** A kernel's or an instance's name, as a device tree node may be called. */
export const KERNEL_NAME = /^[A-Za-z][\w,.+-]{0,62}$/;
/** A step's label or id. */
export const LABEL = /^[A-Za-z][\w.-]{0,62}$/;
