import { type Verb } from './verb.ts';

/**
 * Every verb, one file each in `verbs/`. Each is imported when it is called, so that the others
 * cost nothing: `run: (argv, io) => import('./verbs/run.ts').then(({ run }) => run(argv, io))`.
 */
export const VERBS: Readonly<Record<string, Verb>> = {};
