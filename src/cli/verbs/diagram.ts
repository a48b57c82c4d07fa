import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { textOfFile } from '../../sim/base/text-file.ts';
import { checkClaims } from '../../sim/scenarios/claims.ts';
import { CONSOLE_WORK } from '../../sim/scenarios/consoles.ts';
import { drawDiagram, FORMATS } from '../../sim/scenarios/diagram/diagram.ts';
import { diagramOf, timesOfStop } from '../../sim/scenarios/diagram/of-run.ts';
import { newEvaluator } from '../../sim/scenarios/evaluator.ts';
import { parseScenario } from '../../sim/scenarios/parse.ts';
import { engineVersion, writeRecord } from '../../sim/scenarios/record.ts';
import { PROFILES } from '../../sim/scenarios/scenario.ts';
import { Run } from '../../sim/scenarios/run.ts';
import { WrongUsage, type Io } from '../verb.ts';

/** Where `npm start` serves the page. */
const PAGE = 'http://localhost:5173/';
/** A lesson the page has by name. */
const OURS = /(?:^|\/)public\/scenarios\/([\w-]+)\.md$/;

/**
 * `diagram FILE.md [--stop N] [--from NS] [--to NS] [--format F] [--seed N] [--profile P] [--page URL]`:
 * plays a scenario and draws what happened in one of its stops (from 1), or between two simulated
 * times. Below it stand the command, and the link that opens the same run on the page at URL.
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
      page: { type: 'string' },
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
  const page = values.page ?? PAGE;
  if (!URL.canParse(page)) throw new WrongUsage('--page is the address of the page: http://…');
  const content = textOfFile(file, io.readFile(file));
  const scenario = parseScenario(content, file);
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
  const again = [
    `$ npm run --silent mk -- diagram ${words.join(' ')}`,
    'The same run in the playground:',
    linkOf(played, file, content, page),
  ];
  const { source, caption } = diagramOf(played, range, again);
  io.stdout(drawDiagram(source, caption, format));
  return 0;
}

/** The address that opens a run at its end: the page reads the recording out of it. */
function linkOf(played: Run, file: string, content: string, page: string): string {
  const name = OURS.exec(file)?.[1];
  const { seed, profile, inputs, spot } = played;
  const text = writeRecord({
    source:
      name === undefined
        ? { kind: 'text', text: content, file: basename(file) }
        : { kind: 'bundled', name },
    ...{ seed, profile, inputs, spot, glue: {}, own: [] },
    ...{ engine: engineVersion(), hash: played.hash() },
  });
  return new URL(`#run=${deflateRawSync(text).toString('base64url')}`, page).href;
}

function wholeNumber(text: string, option: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) throw new WrongUsage(`${option} is a whole number from 0`);
  return value;
}
