import { type Verb } from './verb.ts';

/**
 * Every verb, one file each in `verbs/`. Each is imported when it is called, so that the others
 * cost nothing: `run: (argv, io) => import('./verbs/run.ts').then(({ run }) => run(argv, io))`.
 */
export const VERBS: Readonly<Record<string, Verb>> = {
  dtc: {
    usage: 'dtc [-I dts|dtb] [-O dts|dtb] [-o FILE] [-@] [-p|-S|-a|-R|-V|-b N] [-q] [FILE|-]',
    run: (argv, io) => import('./verbs/dtc.ts').then(({ run }) => run(argv, io)),
  },
  fdtcheck: {
    usage: 'fdtcheck < LINES.jsonl',
    run: (argv, io) => import('./verbs/fdtcheck.ts').then(({ run }) => run(argv, io)),
  },
  fdtdump: {
    usage: 'fdtdump [-d] [-s] FILE.dtb',
    run: (argv, io) => import('./verbs/fdtdump.ts').then(({ run }) => run(argv, io)),
  },
  fdtoverlay: {
    usage: 'fdtoverlay -i BASE.dtb -o OUT.dtb A.dtbo…',
    run: (argv, io) => import('./verbs/fdtoverlay.ts').then(({ run }) => run(argv, io)),
  },
  conform: {
    usage: 'conform < SCRIPTS.jsonl',
    run: (argv, io) => import('./verbs/conform.ts').then(({ run }) => run(argv, io)),
  },
  compare: {
    usage: 'compare A [B] [--profile P] [--seed N] [--align step|stop] [--json]',
    run: (argv, io) => import('./verbs/compare.ts').then(({ run }) => run(argv, io)),
  },
  diagram: {
    usage:
      'diagram FILE.md [--stop N] [--from NS] [--to NS] [--format text|mermaid|svg] [--seed N] [--page URL]',
    run: (argv, io) => import('./verbs/diagram.ts').then(({ run }) => run(argv, io)),
  },
  explore: {
    usage: 'explore FILE.md [--outcomes] [--no-reduction] [--workers N] [--max-states N] [--json]',
    run: (argv, io) => import('./verbs/explore.ts').then(({ run }) => run(argv, io)),
  },
  fuzz: {
    usage: 'fuzz [--blobs N] [--sources N] [--seed N]',
    run: (argv, io) => import('./verbs/fuzz.ts').then(({ run }) => run(argv, io)),
  },
  bench: {
    usage: 'bench messages|fdt|explore|seek [--trace] [--count N] [--workers N]',
    run: (argv, io) => import('./verbs/bench.ts').then(({ run }) => run(argv, io)),
  },
  run: {
    usage: 'run FILE.md [--seed N] [--profile P] [--json]',
    run: (argv, io) => import('./verbs/run.ts').then(({ run }) => run(argv, io)),
  },
};
