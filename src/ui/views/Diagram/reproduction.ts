import type { Scenario } from '../../../sim/scenarios/scenario.ts';
import type { Source } from '../../../worker/protocol.ts';

/** What of a session says how to get it again. */
export interface Shown {
  readonly source: Source | undefined;
  readonly scenario: Pick<Scenario, 'profile'> | undefined;
  readonly seed: number;
  readonly profile: string;
}

/** What was recorded: the address that opens it, and whether hands had a part in it. */
export interface Recorded {
  readonly link: string;
  readonly byHand: boolean;
  /** A stop from 0, or null for everything. */
  readonly stop: number | null;
}

/** Lines below a diagram that lead to the same run: a command, and a link on a line of its own. */
export function reproduction(
  { source, scenario, seed, profile }: Shown,
  { link, byHand, stop }: Recorded,
): readonly string[] {
  if (!source) return [];
  const file =
    source.kind === 'bundled' ? `public/scenarios/${source.name}.md` : quoted(source.file);
  const words = [
    ...[`$ npm run --silent mk -- diagram ${file}`],
    ...(stop === null ? [] : [`--stop ${stop + 1}`]),
    ...[`--seed ${seed}`],
    ...(profile === scenario?.profile ? [] : [`--profile ${profile}`]),
  ];
  const hands = byHand
    ? ['The command leaves out what was done by hand; the link has all of it:']
    : ['The same run in the playground:'];
  return [words.join(' '), ...hands, link];
}

const quoted = (file: string): string =>
  /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
