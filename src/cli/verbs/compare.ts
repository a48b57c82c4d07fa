import { parseArgs } from 'node:util';
import { Refused } from '../../sim/base/assert.ts';
import { toHex } from '../../sim/base/hex.ts';
import { textOfFile } from '../../sim/base/text-file.ts';
import { Comparison, partingSentence, type StopEnd } from '../../sim/scenarios/comparison.ts';
import { CONSOLE_WORK } from '../../sim/scenarios/consoles.ts';
import { newEvaluator } from '../../sim/scenarios/evaluator.ts';
import { flightName, flightTimesText, type FlightTimes } from '../../sim/scenarios/flight-diff.ts';
import { followChanged, followRecord, type Change } from '../../sim/scenarios/follow.ts';
import { parseScenario } from '../../sim/scenarios/parse.ts';
import { readRecord, type Recorded } from '../../sim/scenarios/record.ts';
import { Run } from '../../sim/scenarios/run.ts';
import { PROFILES, type Scenario } from '../../sim/scenarios/scenario.ts';
import type { StateDiff } from '../../sim/scenarios/state-diff.ts';
import { WrongUsage, type Io } from '../verb.ts';

const SEED_MAX = 2 ** 32 - 1;

/**
 * `compare A [B] [--profile P] [--seed N] [--align step|stop] [--json]`: follows two runs, each a scenario or a session
 * file, to their ends. Without B it is A under other settings. Aligned by stop it says what is
 * different at the end of each stop. Status 0 when nothing is different.
 */
export function run(argv: readonly string[], io: Io): number {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      profile: { type: 'string' },
      align: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const [fileA, fileB, ...more] = positionals;
  const change = changeOf(values);
  const { align = 'step' } = values;
  if (!['step', 'stop'].includes(align)) throw new WrongUsage('--align is step or stop');
  const byStop = align === 'stop';
  if (fileA === undefined || more.length > 0) throw new WrongUsage('one or two files are needed');
  if ((fileB === undefined) === (Object.keys(change).length === 0))
    throw new WrongUsage('either a second file is needed, or --profile or --seed');
  const one = opened(fileA, io);
  const two = fileB === undefined ? changed(fileA, change, io) : opened(fileB, io).run;
  const names = [fileA, fileB ?? namedBy(change)] as const;
  const both = new Comparison(one.run, two);
  io.stdout(
    values.json === true
      ? `${JSON.stringify(report(both, names, byStop))}\n`
      : text(both, names, byStop),
  );
  return both.first === undefined ? 0 : 1;
}

function changeOf({ seed, profile }: { seed?: string; profile?: string }): Change {
  const number = seed === undefined ? 0 : /^\d+$/.test(seed) ? Number(seed) : NaN;
  if (!(number <= SEED_MAX)) throw new WrongUsage(`--seed is a whole number from 0 to ${SEED_MAX}`);
  if (profile !== undefined && !PROFILES.some((each) => each === profile))
    throw new WrongUsage(`no profile ${profile}; there is ${PROFILES.join(', ')}`);
  return {
    ...(seed === undefined ? {} : { seed: number }),
    ...(profile === undefined ? {} : { profile }),
  };
}

const namedBy = ({ profile, seed }: Change): string =>
  [profile ?? '', seed === undefined ? '' : `seed ${seed}`]
    .filter((word) => word !== '')
    .join(', ');

/** A run of a file at its end, and what it was started with. */
function opened(
  file: string,
  io: Io,
): { readonly run: Run; readonly made: Pick<Recorded, 'glue' | 'own'> } {
  const content = textOfFile(file, io.readFile(file));
  if (!file.endsWith('.json'))
    return { run: played(parseScenario(content, file)), made: { glue: {}, own: [] } };
  const recorded = readRecord(content);
  const { run: followed, why } = followRecord(scenarioOf(recorded, io), recorded);
  if (why !== '') throw new Refused(`${file}: ${why}`);
  return { run: followed, made: recorded };
}

function played(scenario: Scenario): Run {
  const run = new Run(scenario, { trace: true });
  run.evaluator = newEvaluator();
  run.consoles = CONSOLE_WORK;
  while (run.advance({ through: true }) !== 'ended');
  return run;
}

function changed(file: string, change: Change, io: Io): Run {
  const { run, made } = opened(file, io);
  const { run: followed, why } = followChanged(run, made, change);
  if (why !== '') throw new Refused(`${namedBy(change)}: ${why}`);
  return followed;
}

function scenarioOf({ source }: Recorded, io: Io): Scenario {
  if (source.kind === 'text') return parseScenario(source.text, source.file);
  if (!/^[\w-]+$/.test(source.name)) throw new Refused(`there is no lesson ${source.name}`);
  const file = `public/scenarios/${source.name}.md`;
  return parseScenario(textOfFile(file, io.readFile(file)), file);
}

/** The contract of `--json`. */
function report(both: Comparison, names: readonly [string, string], byStop: boolean): object {
  const { parting, first, bytesDiffer } = both;
  const diff = first === undefined ? undefined : both.at(first).diff;
  return {
    a: names[0],
    b: names[1],
    steps_a: both.stepsA,
    steps_b: both.stepsB,
    sentence: partingSentence(both, names),
    parting: parting
      ? { step: parting.step, cpu: parting.cpu, a: parting.before, b: parting.now }
      : null,
    bytes_differ: bytesDiffer ?? null,
    first: first ?? null,
    cpus: diff?.cpus ?? [],
    shared: (diff?.shared ?? []).map(({ name, addrA, addrB, a, b }) => {
      return { name, addr_a: addrA, addr_b: addrB, a: toHex(a), b: toHex(b) };
    }),
    others: diff?.others ?? [],
    ipis: (diff?.flights ?? []).map(({ what, from, to, a, b }) => {
      return { what, from, to, a: jsonTimes(a), b: jsonTimes(b) };
    }),
    ...(byStop && {
      stops: both.stopEnds().map(({ stop, stepsA, stepsB, flights, ...counts }) => {
        return { stop: stop + 1, steps_a: stepsA, steps_b: stepsB, ...counts, ipis: flights };
      }),
    }),
  };
}

const jsonTimes = (times: FlightTimes | null): object | null =>
  times && { sent_ns: times.sentNs, arrives_ns: times.arrivesNs };

function text(both: Comparison, names: readonly [string, string], byStop: boolean): string {
  const lines = [partingSentence(both, names)];
  if (byStop) lines.push('', ...both.stopEnds().map(stopLine));
  else if (both.first !== undefined)
    lines.push('', `After step ${both.first}:`, ...diffLines(both.at(both.first).diff));
  return `${lines.join('\n')}\n`;
}

/** `2. Boot: 140 and 151 steps; then 3 registers and 8 bytes of slots differ`. */
function stopLine({ stop, title, stepsA, stepsB, ...counts }: StopEnd): string {
  const { registers, shared, others, flights } = counts;
  const parts = [
    counted(registers, 'register'),
    flights > 0 ? `${counted(flights, 'IPI')} under way` : '',
    shared > 0 ? `${counted(shared, 'byte')} of slots` : '',
    others > 0 ? `${counted(others, 'byte')} of other memory` : '',
  ].filter((part) => part !== '');
  const steps =
    stepsA === stepsB ? counted(stepsA, 'step') || 'no step' : `${stepsA} and ${stepsB} steps`;
  const then =
    parts.length === 0 ? 'then nothing is different' : `then different: ${parts.join(', ')}`;
  return `${stop + 1}. ${title}: ${steps}; ${then}`;
}

const counted = (count: number, what: string): string =>
  count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;

function diffLines({ cpus, shared, others, flights }: StateDiff): string[] {
  const registers = cpus.flatMap(({ cpu, registers }) =>
    registers
      .filter(({ a, b }) => a !== b)
      .map(({ name, a, b }) => `  CPU ${cpu} ${name}: ${a} ≠ ${b}`),
  );
  const bytes = shared.flatMap(({ name, a, b }) =>
    [...a].flatMap((byte, i) =>
      byte === b[i] ? [] : [`  ${name} +0x${i.toString(16)}: ${two(byte)} ≠ ${two(b[i] ?? 0)}`],
    ),
  );
  const rest = others.map(
    ({ region, bytes: count, pages }) => `  ${region}: ${count} bytes in ${pages} pages`,
  );
  const underWay = flights.map(
    (each) => `  ${flightName(each)}: ${flightTimesText(each.a)} ≠ ${flightTimesText(each.b)}`,
  );
  const all = [...underWay, ...registers, ...bytes, ...rest];
  return all.length > 0 ? all : ['  no byte, no register and no IPI under way is different yet'];
}

const two = (byte: number): string => byte.toString(16).padStart(2, '0');
