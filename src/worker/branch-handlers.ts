import type { Branches } from './branch-part.ts';
import type { Calls } from './protocol.ts';

/** Makes a handler that changes the run, and ends playing, out of what it does. */
export type Change = <Ask, Answer>(
  work: (ask: Ask) => Answer | Promise<Answer>,
) => (ask: Ask) => Promise<Answer>;

/** Does something with the branches, once the calls before it are over. */
type Grow = <Answer>(work: (branches: Branches) => Answer | Promise<Answer>) => Promise<Answer>;

/** Calls about branches. */
export const branchHandlers = (grow: Grow, stop: () => void) => ({
  branches: () => grow((branches) => branches.list()),
  switchTo: ({ branch }: Calls['switchTo']['ask']) => {
    stop();
    return grow((branches) => branches.switchTo(branch));
  },
  renameBranch: ({ branch, name }: Calls['renameBranch']['ask']) =>
    grow((branches) => branches.rename(branch, name)),
  removeBranch: ({ branch }: Calls['removeBranch']['ask']) =>
    grow((branches) => branches.remove(branch)),
  restoreBranch: () => grow((branches) => branches.restore()),
  recordBranch: ({ branch }: Calls['recordBranch']['ask']) =>
    grow((branches) => branches.record(branch)),
});
