import { Refused } from '../sim/base/assert.ts';
import { Branching } from '../sim/scenarios/branching.ts';
import {
  branchOf,
  changeOf,
  type Branch,
  type Settings,
  type Tree,
} from '../sim/scenarios/branches.ts';
import type { Act } from '../sim/scenarios/inputs.ts';
import type { Recorded } from '../sim/scenarios/record.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { BranchList } from './branch-calls.ts';
import type { Tell } from './host.ts';
import type { Calls, Loaded } from './protocol.ts';

/** What the session that has branches lends. */
export interface Grower {
  readonly tell: Tell;
  /** Goes to where a recording ends: with a run that follows it, or else with a new one. */
  readonly open: (
    recorded: Recorded,
    run: Run | undefined,
    adopt: (run: Run) => void,
  ) => Promise<Loaded>;
  readonly records: () => Promise<{
    readonly writeRecord: (recorded: Recorded) => string;
    readonly engineVersion: () => string;
  }>;
}

/** The branches of a session: told to the page whenever they change. */
export class Branches {
  readonly #grower: Grower;
  readonly #now: Branching;
  readonly #source: Recorded['source'];

  /** Of a run at any moment; with those it was kept with. */
  constructor(
    grower: Grower,
    run: Run,
    settings: Settings,
    source: Recorded['source'],
    tree?: Tree,
  ) {
    this.#grower = grower;
    this.#now = new Branching(run, settings, tree);
    this.#source = source;
    this.#tell();
  }

  /** The same lesson begins again, maybe with other settings: a branch of its own. */
  restart(run: Run, settings: Settings): void {
    this.#now.restart(run, settings);
    this.#tell();
  }

  /** Does something in the run. What is refused changes nothing. */
  do(act: Act): void {
    const { tree } = this.#now;
    this.#now.do(act);
    if (this.#now.tree !== tree) this.#tell();
  }

  /** The branches, and how far each has got. */
  grow(): Tree {
    return this.#now.grow();
  }

  #tell(): BranchList {
    const branches = listOf(this.#now.tree);
    this.#grower.tell({ push: 'branches', branches });
    return branches;
  }

  /** A branch as a run that can be opened by itself. */
  async #recorded({ settings, inputs, spot, hash }: Branch): Promise<Recorded> {
    const { engineVersion } = await this.#grower.records();
    return { source: this.#source, ...settings, inputs, spot, hash, engine: engineVersion() };
  }

  list(): BranchList {
    return listOf(this.grow());
  }

  async switchTo(id: number): Promise<Calls['switchTo']['answer']> {
    const { branch, run } = this.#now.turnTo(id);
    const recorded = await this.#recorded(branch);
    const loaded = await this.#grower.open(recorded, run, (made) => this.#now.adopt(id, made));
    this.#tell();
    return { ...loaded, source: recorded.source, glue: recorded.glue };
  }

  rename(id: number, name: string): BranchList {
    this.#now.rename(id, name);
    return this.#tell();
  }

  remove(id: number): BranchList {
    this.#now.remove(id);
    return this.#tell();
  }

  /** Puts back the branch that was removed last. */
  restore(): BranchList {
    if (!this.#now.putBack()) throw new Refused('no branch was deleted');
    return this.#tell();
  }

  /** A branch as text that can be opened by itself. */
  async record(id: number): Promise<string> {
    const { writeRecord } = await this.#grower.records();
    return writeRecord(await this.#recorded(branchOf(this.grow(), id)));
  }
}

const listOf = ({ branches, current }: Tree): BranchList => ({
  current,
  branches: branches.map(({ id, name, parent, fork, spot, inputs, settings }) => {
    const stem = branches.find((each) => each.id === parent);
    return {
      ...{ id, name, parent, forkStep: fork.step, endStep: spot.step, inputs: inputs.length },
      settings: stem && stem.settings !== settings ? changeOf(stem.settings, settings) : '',
    };
  }),
});
