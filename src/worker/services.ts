import type { Place } from '../sim/base/assert.ts';
import type { RaceReport, RaceSource } from '../sim/engine/races.ts';
import type { Expression } from '../sim/scenarios/claims.ts';
import type * as Designs from '../sim/scenarios/designs.ts';
import type { Recorded } from '../sim/scenarios/record.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { ConsoleWork, Evaluator } from '../sim/scenarios/run-parts.ts';
import type { Claim, Scenario } from '../sim/scenarios/scenario.ts';
import type * as BranchPart from './branch-part.ts';
import type { Breaking } from './breaking.ts';
import type { Inspector } from './inspect/inspect.ts';
import type { Calls, StartedAgain } from './protocol.ts';
import type { TreeReader } from './trees.ts';

/** What the worker gets from outside: our lessons, and parts that load when they are needed. */
export interface Services {
  bundled(name: string): Promise<Scenario | undefined>;
  parse(text: string, file: string): Promise<Scenario>;
  evaluator(): Promise<{ readonly newEvaluator: () => Evaluator }>;
  expressions(): Promise<{
    readonly compileExpression: (text: string, place: Place) => Expression;
    /** As that, and refuses what is neither true nor false. */
    readonly compileClaim: (claim: Claim, file: string) => Expression;
  }>;
  consoles(): Promise<{ readonly CONSOLE_WORK: ConsoleWork }>;
  compiler(): Promise<{
    readonly decompile: (blob: Uint8Array, file?: string) => { readonly text: string | undefined };
  }>;
  completion(): Promise<{
    readonly completeLine: (run: Run, kernel: string, line: string) => Calls['complete']['answer'];
  }>;
  trees(): Promise<TreeReader>;
  designs(): Promise<typeof Designs>;
  diagrams(): Promise<{
    readonly drawStop: (
      run: Run,
      stop: number | null,
      format: Calls['diagram']['ask']['format'],
      again: readonly string[],
    ) => string;
  }>;
  branches(): Promise<typeof BranchPart>;
  records(): Promise<{
    readonly readRecord: (text: string) => Recorded;
    readonly writeRecord: (recorded: Recorded) => string;
    readonly engineVersion: () => string;
  }>;
  models(): Promise<{ readonly startAgain: (before: Run, run: Run) => StartedAgain }>;
  races(): Promise<{ readonly findRaces: (source: RaceSource) => RaceReport }>;
  breaking(): Promise<{ readonly Breaking: typeof Breaking }>;
  inspector(): Promise<{ readonly INSPECTOR: Inspector }>;
}
