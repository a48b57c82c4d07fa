import type { Calls, Loaded } from './protocol.ts';

/** A branch as the page draws it. */
export interface BranchView {
  readonly id: number;
  readonly name: string;
  /** The branch it grows from; null for the first. */
  readonly parent: number | null;
  /** Step at which it leaves that one. */
  readonly forkStep: number;
  /** Furthest step it has reached, as of when it was left. */
  readonly endStep: number;
  /** Things done by hand in it. */
  readonly inputs: number;
  /** What it is run with that the one it grows from is not; '' when nothing. */
  readonly settings: string;
}

/** The futures of a lesson that were tried. */
export interface BranchList {
  /** A branch comes behind the one it grows from. */
  readonly branches: readonly BranchView[];
  /** Id of the branch that runs. */
  readonly current: number;
}

/** What the page may ask about branches. */
export interface BranchCalls {
  branches: { ask: object; answer: BranchList };
  /** Runs another branch, to the end of it. */
  switchTo: {
    ask: { readonly branch: number };
    answer: Loaded & Pick<Calls['load']['ask'], 'source' | 'glue'>;
  };
  renameBranch: { ask: { readonly branch: number; readonly name: string }; answer: BranchList };
  /** Takes a branch out of the tree, but not the first one and the one that runs. */
  removeBranch: { ask: { readonly branch: number }; answer: BranchList };
  /** Puts back the branch that was removed last. */
  restoreBranch: { ask: object; answer: BranchList };
  /** A whole branch as text: what `reopen` takes. */
  recordBranch: { ask: { readonly branch: number }; answer: string };
}
