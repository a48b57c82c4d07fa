import { Refused } from '../sim/base/assert.ts';
import { logSentence } from '../sim/kernel/log-events.ts';
import type { Expression } from '../sim/scenarios/claims.ts';
import type { Answers } from '../sim/scenarios/names.ts';
import { consoleOf } from '../sim/scenarios/run-state.ts';
import type { Run } from '../sim/scenarios/run.ts';
import { stateJson } from '../sim/scenarios/state-json.ts';
import { readLog } from '../sim/world/log-read.ts';
import type { Inspections } from './inspect/inspections.ts';
import type { Calls, Rows, WatchValue } from './protocol.ts';
import type { Services } from './services.ts';
import { treeHandlers } from './trees.ts';

/** Bytes of memory one answer may hold. */
const MEMORY_MAX = 1 << 20;

/** What a call that only looks gets to see: it can wait its turn, it cannot play or load. */
export interface Looker {
  readonly run: () => Run;
  /** Waits for the calls before it. */
  readonly inLine: <T>(work: () => T | Promise<T>) => Promise<T>;
  readonly rows: (from: number, to: number) => Rows;
  readonly services: Services;
}

/** Calls that leave the run where and as it is. */
export const lookHandlers = (looker: Looker) => ({
  ...momentHandlers(looker),
  ...studyHandlers(looker),
  ...inspections(looker),
  ...treeHandlers(looker.run, () => looker.services.trees()),
});

/** The moment as values, text, bytes and rows. */
function momentHandlers({ run, inLine, rows, services }: Looker) {
  return {
    evaluate: async ({ expression }: Calls['evaluate']['ask']) => {
      const { compileExpression } = await services.expressions();
      const place = { file: 'expression', line: 1, column: 1 };
      return inLine(() => compileExpression(expression, place).evaluate(run().answers));
    },
    watches: async ({ lines }: Calls['watches']['ask']) => {
      const { compileExpression } = await services.expressions();
      return inLine(() => {
        const { answers } = run();
        return lines.map((line) => watch(() => compileExpression(line, WATCHED), answers));
      });
    },
    console: ({ kernel }: Calls['console']['ask']) => ({
      text: consoleOf(run().state, kernel).text,
    }),
    complete: async ({ kernel, line }: Calls['complete']['ask']) =>
      (await services.completion()).completeLine(run(), kernel, line),
    hash: () => inLine(() => run().hash()),
    state: () => inLine(() => stateJson(run())),
    // In line: a search may have the run somewhere else.
    memory: ({ addr, bytes }: Calls['memory']['ask']) =>
      inLine(() => {
        const { mem } = run().world;
        if (!(bytes >= 0 && bytes <= MEMORY_MAX) || !mem.covers(addr, bytes))
          throw new Refused(`there is no memory of ${bytes} bytes at 0x${addr.toString(16)}`);
        return mem.peek(addr, bytes);
      }),
    rows: ({ from, to }: Calls['rows']['ask']) => rows(from, to),
    entryEnds: () => [...run().entryEnds],
    log: ({ kernel, last }: Calls['log']['ask']) => {
      const { world } = run();
      const index = world.kernelNamed(kernel);
      if (index < 0) return [];
      return readLog(world.lookAt(index), last).map((record) => ({
        record: record.number,
        timeNs: record.time,
        cpu: record.cpu,
        level: record.event.level,
        key: record.event.key,
        text: logSentence(record),
      }));
    },
  };
}

const WATCHED = { file: 'watch', line: 1, column: 1 };

/** The value of a watched expression, or why it has none. */
function watch(compile: () => Expression, answers: Answers): WatchValue {
  try {
    const { ok, value } = compile().present(answers);
    return ok ? { kind: 'value', text: JSON.stringify(value) } : { kind: 'absent' };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: 'wrong', why: error.message, column: error.place?.column ?? 1 };
  }
}

/** What is worked out from the run, or beside it. */
function studyHandlers({ run, inLine, services }: Looker) {
  return {
    designs: async () => {
      const { comparedDesigns, SITUATIONS: situations } = await services.designs();
      return { designs: comparedDesigns(), situations };
    },
    design: async ({ design, situation, change }: Calls['design']['ask']) => {
      const text = (await services.designs()).designScenario(design, situation, change);
      return { scenario: await services.parse(text, 'design.md'), text };
    },
    diagram: async ({ stop, format, again }: Calls['diagram']['ask']) => {
      const { drawStop } = await services.diagrams();
      return inLine(() => drawStop(run(), stop, format, again));
    },
    races: async () => {
      const { findRaces } = await services.races();
      return inLine(() => {
        const { world, step: steps } = run();
        const { program } = world.machine;
        if (!world.trace) throw new Refused('this run keeps no trace');
        return findRaces({ rows: world.trace, steps, lockOf: (pc) => program.steps[pc]!.lock });
      });
    },
  };
}

/** What the tabs of the inspector ask for. */
function inspections({ run, inLine, services }: Looker) {
  const look =
    <K extends keyof Inspections>(what: K) =>
    async (ask: Inspections[K]['ask']): Promise<Inspections[K]['answer']> => {
      const { INSPECTOR } = await services.inspector();
      return inLine(() => INSPECTOR[what](run(), ask));
    };
  return {
    ...{ handlers: look('handlers'), instances: look('instances'), heap: look('heap') },
    ...{ hazards: look('hazards'), messages: look('messages'), folder: look('folder') },
    writer: look('writer'),
  };
}
