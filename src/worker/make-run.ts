import { Refused } from '../sim/base/assert.ts';
import { utf8Encode } from '../sim/base/text.ts';
import type { Settings } from '../sim/scenarios/branches.ts';
import type { Input } from '../sim/scenarios/inputs.ts';
import type { Recorded } from '../sim/scenarios/record.ts';
import type { OwnFile } from '../sim/scenarios/run-parts.ts';
import { Run } from '../sim/scenarios/run.ts';
import type { Scenario } from '../sim/scenarios/scenario.ts';
import type { Calls, Loaded } from './protocol.ts';
import type { Services } from './services.ts';

/** The first bytes of a device tree blob. */
const DTB_MAGIC = [0xd0, 0x0d, 0xfe, 0xed];

/** A run that was made, and what of. */
export interface Made {
  readonly scenario: Scenario;
  readonly run: Run;
  readonly source: Recorded['source'];
  readonly settings: Settings;
}

/** A run of a lesson, at its beginning. */
export async function makeRun(
  services: Services,
  { source, seed, profile, glue = {}, own = [] }: Calls['load']['ask'],
  inputs: readonly Input[] = [],
): Promise<Made> {
  if (seed !== undefined && seed >>> 0 !== seed)
    throw new Refused(`a seed is a whole number from 0 to 4294967295, not ${String(seed)}`);
  const scenario =
    source.kind === 'bundled'
      ? await services.bundled(source.name)
      : await services.parse(source.text, source.file);
  if (!scenario)
    throw new Refused(`there is no lesson ${source.kind === 'bundled' ? source.name : ''}`);
  const mine = await Promise.all(own.map((file) => asSource(services, file)));
  const options = {
    ...(seed === undefined ? {} : { seed }),
    ...(profile === undefined ? {} : { profile }),
    ...{ glue, own: mine, inputs, trace: true },
  };
  const run = new Run(scenario, options);
  const settings = { seed: run.seed, profile: run.profile, glue, own: mine };
  return { scenario, run, source, settings };
}

/** A blob in the place of a source: the lesson compiles that file, so it gets the blob's source. */
async function asSource(services: Services, file: OwnFile): Promise<OwnFile> {
  const blob = DTB_MAGIC.every((byte, i) => file.bytes[i] === byte);
  if (!file.name.endsWith('.dts') || !blob) return file;
  const { decompile } = await services.compiler();
  const { text } = decompile(file.bytes, file.name);
  if (text === undefined) throw new Refused(`${file.name}: this blob is no device tree`);
  return { ...file, bytes: Uint8Array.from(text, (char) => char.charCodeAt(0)) };
}

/** Files the lesson puts into the host's file system, with the user's own in their place. */
export function filesOf({ scenario, settings }: Made): Loaded['files'] {
  return scenario.stops.flatMap(({ items }) =>
    items.flatMap((item) => {
      if (item.kind !== 'dts' && item.kind !== 'file') return [];
      const mine = settings.own.find(({ name }) => name === item.name);
      const bytes = mine?.bytes ?? utf8Encode(item.text);
      return [{ name: item.name, bytes, own: mine !== undefined }];
    }),
  );
}
