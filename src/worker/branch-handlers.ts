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
interface Grower {
  readonly tell: Tell;
  readonly inLine: <T>(work: () => T | Promise<T>) => Promise<T>;
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
  #branching: Branching | undefined;
  #source: Recorded['source'] | undefined;

  constructor(grower: Grower) {
    this.#grower = grower;
  }

  get #now(): Branching {
    if (!this.#branching) throw new Refused('nothing is loaded yet');
    return this.#branching;
  }

  /** Another lesson begins, or one that was kept goes on with its branches. */
  begin(run: Run, settings: Settings, source: Recorded['source'], tree?: Tree): void {
    this.#branching = new Branching(run, settings, tree);
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
    return { source: this.#source!, ...settings, inputs, spot, hash, engine: engineVersion() };
  }

  async #switchTo(id: number): Promise<Calls['switchTo']['answer']> {
    const { branch, run } = this.#now.turnTo(id);
    const recorded = await this.#recorded(branch);
    const loaded = await this.#grower.open(recorded, run, (made) => this.#now.adopt(id, made));
    this.#tell();
    return { ...loaded, source: recorded.source, glue: recorded.glue };
  }

  handlers(
    change: <Ask, Answer>(
      work: (ask: Ask) => Answer | Promise<Answer>,
    ) => (ask: Ask) => Promise<Answer>,
  ) {
    const { inLine } = this.#grower;
    return {
      branches: () => inLine(() => listOf(this.grow())),
      switchTo: change(({ branch }: Calls['switchTo']['ask']) => this.#switchTo(branch)),
      renameBranch: ({ branch, name }: Calls['renameBranch']['ask']) =>
        inLine(() => {
          this.#now.rename(branch, name);
          return this.#tell();
        }),
      removeBranch: ({ branch }: Calls['removeBranch']['ask']) =>
        inLine(() => {
          this.#now.remove(branch);
          return this.#tell();
        }),
      restoreBranch: () =>
        inLine(() => {
          if (!this.#now.putBack()) throw new Refused('no branch was deleted');
          return this.#tell();
        }),
      recordBranch: async ({ branch }: Calls['recordBranch']['ask']) => {
        const { writeRecord } = await this.#grower.records();
        return inLine(async () => writeRecord(await this.#recorded(branchOf(this.grow(), branch))));
      },
    };
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
