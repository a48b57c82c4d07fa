import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { STATES_MAX } from '../../sim/engine/explorer.ts';
import { textOfFile } from '../../sim/base/text-file.ts';
import type { PropertyResult } from '../../sim/scenarios/explore-properties.ts';
import { exploreScenario, type Findings } from '../../sim/scenarios/explore-scenario.ts';
import { canShare } from '../../sim/scenarios/explore.ts';
import { playedTo, readPoint } from '../explore/point.ts';
import { exploreOnThreads } from '../explore/pool.ts';
import { WrongUsage, type Io } from '../verb.ts';

const WORKERS_MAX = 64;

/**
 * `explore FILE.md [--outcomes] [--no-reduction] [--workers N] [--max-states N] [--json]`: every
 * interleaving from the scenario's `explore` block on. Status 1 when a property of the file is false.
 * Several workers leave nothing out: none knows what another has seen.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const { file, statesMax, workers: wanted, ...wish } = readArguments(argv);
  const text = textOfFile(file, io.readFile(file));
  const point = readPoint(text, file);
  const played = playedTo(point);
  const workers = canShare(played) ? wanted : 1;
  const shared =
    workers > 1 ? await exploreOnThreads({ text, file }, workers, statesMax) : undefined;
  const alone = exploreScenario(played, point.block, {
    ...{ statesMax, isReduced: wish.isReduced && workers === 1 },
    ...{ withOutcomes: wish.withOutcomes, withShares: !wish.isJson },
    ...{ now: () => performance.now() },
  });
  const findings: Findings = shared
    ? { ...alone, ...shared, complete: shared.complete && alone.complete }
    : alone;
  const report = reportOf(findings, workers);
  io.stdout(wish.isJson ? `${JSON.stringify(report)}\n` : tableOf(findings));
  return findings.properties.some((property) => isFalse(property, findings)) ? 1 : 0;
}

function readArguments(argv: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      outcomes: { type: 'boolean' },
      'no-reduction': { type: 'boolean' },
      workers: { type: 'string' },
      'max-states': { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new WrongUsage('one FILE.md is needed');
  return {
    file,
    statesMax: countOf(values['max-states'] ?? String(STATES_MAX), '--max-states', 2 ** 26),
    workers: countOf(values.workers ?? '1', '--workers', WORKERS_MAX),
    isReduced: values['no-reduction'] !== true,
    withOutcomes: values.outcomes === true,
    isJson: values.json === true,
  };
}

/** What was not found may still be where the search did not come to. */
const isFalse = ({ holds, schedule }: PropertyResult, { complete }: Findings): boolean =>
  !holds && (complete || schedule !== null);

/** A whole number from 1. */
function countOf(text: string, option: string, most: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(count >= 1 && count <= most))
    throw new WrongUsage(`${option} is a whole number from 1 to ${most}`);
  return count;
}

/** The contract of `--json`. */
function reportOf(findings: Findings, workers: number): object {
  const { states, transitions, seconds, complete, tally, outcomes } = findings;
  const { lose, tear, invent, repeat } = tally;
  return {
    ...{ states, transitions, seconds: Number(seconds.toFixed(4)), workers, complete },
    ...{ outcome_count: tally.outcomes, lose, tear, invent, repeat },
    ...(outcomes && { outcomes }),
    properties: [...findings.properties, ...findings.builtIns],
  };
}

/** The same for people. */
function tableOf(findings: Findings): string {
  const { states, transitions, seconds, complete, stopped, tally, shares } = findings;
  const number = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  const row = (label: string, value: number): string =>
    `${label.padEnd(28)}${number(value).padStart(12)}`;
  const limit = stopped === 'memory' ? 'the memory was used up' : 'the limit of states was reached';
  return [
    row('states', states),
    ...(shares
      ? [
          row('  of, with nothing left out', shares.none),
          row('  where orders commute', shares.commutes),
          row('  where senders are alike', shares.renames),
        ]
      : []),
    row('transitions', transitions),
    `${'seconds'.padEnd(28)}${seconds.toFixed(2).padStart(12)}`,
    complete ? 'Every order was tried.' : `Not every order was tried: ${limit}.`,
    '',
    row('different endings', tally.outcomes),
    row('  lose a message', tally.lose),
    row('  tear a message', tally.tear),
    row('  invent a message', tally.invent),
    row('  repeat a message', tally.repeat),
    '',
    ...findings.properties.map((each) => answerOf(each, complete, 'ok', 'FAIL')),
    ...findings.builtIns.map((each) => answerOf(each, complete, 'yes', 'no')),
    ...(findings.outcomes ?? []).flatMap((outcome, i) => [
      '',
      `${i + 1}. ${outcome.effects.map((effect) => JSON.stringify(effect)).join(' ')}`,
      `   ${outcome.schedule.join(', ')}`,
    ]),
    '',
  ].join('\n');
}

/** A property with its answer, which is only one for now where not every order was tried. */
function answerOf(
  { name, kind, holds, schedule }: PropertyResult,
  complete: boolean,
  yes: string,
  no: string,
): string {
  const isSure = complete || schedule !== null;
  const answer = isSure ? (holds ? yes : no) : holds ? 'so far' : 'not yet';
  return `${answer.padEnd(8)}${kind} ${name}`;
}
