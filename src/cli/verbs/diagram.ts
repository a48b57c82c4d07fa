import { parseArgs } from 'node:util';
import { utf8Decode } from '../../sim/base/text.ts';
import { checkClaims } from '../../sim/scenarios/claims.ts';
import { CONSOLE_WORK } from '../../sim/scenarios/consoles.ts';
import { drawDiagram, FORMATS } from '../../sim/scenarios/diagram/diagram.ts';
import { diagramOf, timesOfStop } from '../../sim/scenarios/diagram/of-run.ts';
import { newEvaluator } from '../../sim/scenarios/evaluator.ts';
import { parseScenario } from '../../sim/scenarios/parse.ts';
import { PROFILES } from '../../sim/scenarios/scenario.ts';
import { Run } from '../../sim/scenarios/run.ts';
import { WrongUsage, type Io } from '../verb.ts';

/**
 * `diagram FILE.md [--stop N] [--from NS] [--to NS] [--format F] [--seed N] [--profile P]`: plays a scenario and
 * draws what happened in one of its stops (from 1), or between two simulated times.
 */
export function run(argv: readonly string[], io: Io): number {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      stop: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      format: { type: 'string' },
      seed: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new WrongUsage('one FILE.md is needed');
  const format = FORMATS.find((each) => each === (values.format ?? 'text'));
  if (!format) throw new WrongUsage(`--format is one of ${FORMATS.join(', ')}`);
  const seed = values.seed === undefined ? {} : { seed: wholeNumber(values.seed, '--seed') };
  const { profile } = values;
  if (profile !== undefined && !PROFILES.some((each) => each === profile))
    throw new WrongUsage(`no profile ${profile}; there is ${PROFILES.join(', ')}`);
  const scenario = parseScenario(utf8Decode(io.readFile(file)), file);
  checkClaims(scenario);
  const played = new Run(scenario, {
    ...seed,
    ...(profile === undefined ? {} : { profile }),
    trace: true,
  });
  played.evaluator = newEvaluator();
  played.consoles = CONSOLE_WORK;
  while (played.advance({ through: true }) !== 'ended');
  const stop = values.stop === undefined ? undefined : wholeNumber(values.stop, '--stop');
  const times = stop === undefined ? { from: 0, to: Infinity } : timesOfStop(played, stop - 1);
  const range = {
    from: values.from === undefined ? times.from : wholeNumber(values.from, '--from'),
    to: values.to === undefined ? times.to : wholeNumber(values.to, '--to'),
  };
  // The command as it would be typed again: every word of it that is not plain is quoted.
  const words = argv.map((word) =>
    /^[\w./=:-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  const again = [`$ npm run --silent mk -- diagram ${words.join(' ')}`];
  const { source, caption } = diagramOf(played, range, again);
  io.stdout(drawDiagram(source, caption, format));
  return 0;
}

function wholeNumber(text: string, option: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) throw new WrongUsage(`${option} is a whole number from 0`);
  return value;
}
