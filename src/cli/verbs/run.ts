import { parseArgs } from 'node:util';
import { textOfFile } from '../../sim/base/text-file.ts';
import { checkClaims } from '../../sim/scenarios/claims.ts';
import { CONSOLE_WORK } from '../../sim/scenarios/consoles.ts';
import { newEvaluator } from '../../sim/scenarios/evaluator.ts';
import { parseScenario } from '../../sim/scenarios/parse.ts';
import { PROFILES } from '../../sim/scenarios/scenario.ts';
import { Run } from '../../sim/scenarios/run.ts';
import type { ClaimRecord } from '../../sim/scenarios/run-state.ts';
import { WrongUsage, type Io } from '../verb.ts';

/** `run FILE.md [--seed N] [--profile P] [--json]`: runs a scenario to its end, claims and all. */
export function run(argv: readonly string[], io: Io): number {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { seed: { type: 'string' }, profile: { type: 'string' }, json: { type: 'boolean' } },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new WrongUsage('one FILE.md is needed');
  const { profile } = values;
  if (profile !== undefined && !PROFILES.some((each) => each === profile))
    throw new WrongUsage(`no profile ${profile}; there is ${PROFILES.join(', ')}`);
  const scenario = parseScenario(textOfFile(file, io.readFile(file)), file);
  checkClaims(scenario);
  const played = new Run(scenario, {
    ...(values.seed === undefined ? {} : { seed: seedOf(values.seed) }),
    ...(profile === undefined ? {} : { profile }),
    trace: false,
  });
  played.evaluator = newEvaluator();
  played.consoles = CONSOLE_WORK;
  while (played.advance({ through: true }) !== 'ended');
  io.stdout(values.json === true ? `${JSON.stringify(report(played))}\n` : text(played));
  return played.state.claims.every(({ ok }) => ok) ? 0 : 1;
}

const SEED_MAX = 2 ** 32 - 1;
function seedOf(text: string): number {
  const seed = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
  if (!(seed <= SEED_MAX)) throw new WrongUsage(`--seed is a whole number from 0 to ${SEED_MAX}`);
  return seed;
}

const tally = (claims: readonly ClaimRecord[]) => {
  const passed = claims.filter(({ ok }) => ok).length;
  return { passed, failed: claims.length - passed };
};

/** The contract of `--json`. */
function report(run: Run): object {
  const { scenario, state, world } = run;
  return {
    file: scenario.file,
    title: scenario.title,
    profile: run.profile,
    seed: run.seed,
    stops: scenario.stops.map(({ title, line }, stop) => {
      const end = state.stops.find((each) => each.stop === stop);
      return {
        title,
        line,
        time_ns: end?.timeNs ?? 0,
        steps: end?.steps ?? 0,
        commands: state.commands
          .filter((command) => command.stop === stop)
          .map(({ line, kernel, text, status }) => ({ line, kernel, text, status })),
        claims: state.claims
          .filter((claim) => claim.stop === stop)
          .map(({ line, column, claim, ok, actual }) => ({
            line,
            column,
            claim,
            ok,
            actual: Object.fromEntries(actual),
          })),
      };
    }),
    ...tally(state.claims),
    steps: run.step,
    time_ns: world.machine.now,
    hash: run.hash(),
  };
}

/** The contract for people: a line a stop, a line a claim, and the sum. */
function text(run: Run): string {
  const { scenario, state } = run;
  const lines = scenario.stops.flatMap(({ title }, stop) => [
    `# ${title}`,
    ...state.claims
      .filter((claim) => claim.stop === stop)
      .map((claim) =>
        claim.ok ? `ok ${claim.line} ${claim.claim}` : failure(scenario.file, claim),
      ),
  ]);
  const { passed, failed } = tally(state.claims);
  return [...lines, `${passed} passed, ${failed} failed, hash ${run.hash()}`, ''].join('\n');
}

const failure = (file: string, { line, column, claim, actual }: ClaimRecord): string => {
  const values = actual.map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return `FAIL ${file}:${line}:${column}: ${claim} (${values.join(', ')})`;
};
