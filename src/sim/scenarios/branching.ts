import {
  assertRoom,
  branchedOff,
  branchOf,
  currentOf,
  grown,
  isSameStart,
  nameOfAct,
  plant,
  putBack,
  removed,
  renamed,
  restarted,
  turned,
  type Branch,
  type Removed,
  type Settings,
  type Tree,
  type Way,
} from './branches.ts';
import { scheduleOf } from './chosen.ts';
import { isBehind, isSameSpot, type Act } from './inputs.ts';
import type { Run } from './run.ts';

/** How often {@link Branching.putBack} can be asked for. */
const REMOVED_KEPT = 20;

/** A run, and the futures of it that were tried: what is done in its past loses none of them. */
export class Branching {
  #run: Run;
  #tree: Tree;
  #removed: readonly Removed[] = [];

  /** A run at its beginning; or one of a tree that was kept, at any moment of the current branch. */
  constructor(run: Run, settings: Settings, tree?: Tree) {
    this.#run = run;
    this.#tree = tree ?? plant(settings, this.#way());
  }

  get run(): Run {
    return this.#run;
  }

  /** The branches; how far the current one has got is as of the last {@link grow}. */
  get tree(): Tree {
    return this.#tree;
  }

  /** Looks up how far the current branch has got. */
  grow(): Tree {
    const { spot, inputs } = currentOf(this.#tree);
    const { tip, allInputs } = this.#run;
    if (isBehind(tip, spot) || inputs.length !== allInputs.length)
      this.#tree = grown(this.#tree, this.#way());
    return this.#tree;
  }

  /** All that is done in the run, and the state it comes to. */
  #way(): Way {
    const run = this.#run;
    const { tip: spot, allInputs: inputs } = run;
    const { back } = run.hold();
    if (!isSameSpot(run.spot, spot)) run.goTo(spot);
    const hash = run.hash();
    back();
    return { inputs, spot, hash };
  }

  /** Does something; where the run has been further, that future stays as a branch. */
  do(act: Act): void {
    const run = this.#run;
    const { spot: fork, tip, allInputs } = run;
    const isKnown = isBehind(tip, fork) || isBehind(currentOf(this.#tree).spot, fork);
    const isTip = !isKnown && allInputs.length === fork.inputs;
    const before = isTip ? this.#tree : this.grow();
    if (!isTip) assertRoom(before);
    run.do(act);
    // The same choice as before leads along the branch.
    if (isTip || run.allInputs === allInputs) return;
    const { step, inputs } = fork;
    const [choice = ''] = scheduleOf(run.world, run.state.picks?.slice(-1) ?? []);
    this.#tree = branchedOff(before, nameOfAct(act, choice), { step, inputs }, this.#way());
  }

  /** The lesson was started again, with these settings. */
  restart(run: Run, settings: Settings): void {
    const tree = this.grow();
    this.#run = run;
    this.#tree = restarted(tree, settings, this.#way());
  }

  /**
   * Makes another branch the current one. Answers the run, which has yet to go to the end of it;
   * undefined when it needs a new one, made with its settings and inputs: {@link adopt} takes that.
   */
  turnTo(id: number): { readonly branch: Branch; readonly run: Run | undefined } {
    const tree = this.grow();
    const branch = branchOf(tree, id);
    const isSame = isSameStart(branch.settings, currentOf(tree).settings);
    if (!isSame) return { branch, run: undefined };
    this.#run.follow(branch.inputs);
    this.#tree = turned(tree, id);
    return { branch, run: this.#run };
  }

  /** Goes on with a run that was made for a branch. */
  adopt(id: number, run: Run): void {
    this.#tree = turned(this.#tree, id);
    this.#run = run;
  }

  rename(id: number, name: string): void {
    this.#tree = renamed(this.#tree, id, name);
  }

  remove(id: number): void {
    const { tree, removed: gone } = removed(this.#tree, id);
    this.#tree = tree;
    this.#removed = [...this.#removed, gone].slice(-REMOVED_KEPT);
  }

  /** Puts the branch back that was removed last. False when there is none. */
  putBack(): boolean {
    const last = this.#removed.at(-1);
    if (!last) return false;
    this.#removed = this.#removed.slice(0, -1);
    this.#tree = putBack(this.#tree, last);
    return true;
  }
}
