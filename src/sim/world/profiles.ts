import { Refused } from '../base/assert.ts';
import { parseResources } from '../kernel/device-tree.ts';
import { ipiCreate } from '../kernel/ipi-area.ts';
import { interruptEntry, sendIpiData } from '../kernel/ipi.ts';
import { reserveRestored } from '../kernel/restore-resources.ts';
import type { RoleTable } from '../kernel/system.ts';
import { hostReceives, spawnedKnows } from '../kernel/two-way.ts';

/** A piece of glue: what lets the published code run at all, and what breaks without it. */
export interface Glue {
  readonly name: string;
  /** Whether the profile `rfc-v2` has it unless a scenario says otherwise. */
  readonly byDefault: boolean;
  readonly without: string;
}

export const GLUE_TABLE: readonly Glue[] = [
  {
    name: 'ipi-area',
    byDefault: true,
    without: 'Nobody creates the shared area: every send is -ENODEV.',
  },
  {
    name: 'ipi-param',
    byDefault: true,
    without: 'The spawned kernel is not told where its area is: interrupts find nothing to read.',
  },
  {
    name: 'load-ids',
    byDefault: true,
    without: 'kexec refuses the id bits: only instance 1 can be loaded.',
  },
  {
    name: 'restore-memory',
    byDefault: true,
    without: 'A spawned kernel without a pool of its own cannot restore its instance (-ENOMEM).',
  },
  {
    name: 'own-ram',
    byDefault: true,
    without:
      'The spawned kernel believes it owns all memory, and writes its trampoline over the host’s.',
  },
  {
    name: 'kerf-loading',
    byDefault: true,
    without: 'kerf exec waits for a state the kernel never reports, and refuses.',
  },
  {
    name: 'two-way',
    byDefault: false,
    without: 'The host is deaf and a spawned kernel is mute: its sends are -EINVAL.',
  },
];

/** Profiles that can be run, with the glue each starts from. */
const PROFILE_GLUE: Readonly<Record<string, (glue: Glue) => boolean>> = {
  'rfc-v2': (glue) => glue.byDefault,
  'rfc-v2-as-posted': () => false,
};

/** The switches of a run: the profile's, then what the scenario changes by hand. */
export function glueOf(profile: string, changes: Readonly<Record<string, boolean>>): Set<string> {
  const start = PROFILE_GLUE[profile];
  if (!start) {
    const known = Object.keys(PROFILE_GLUE).join(', ');
    throw new Refused(`profile ${profile} cannot be run yet; these can: ${known}`);
  }
  return new Set(
    GLUE_TABLE.filter((glue) => changes[glue.name] ?? start(glue)).map((glue) => glue.name),
  );
}

/** The routines of a run by role. */
export const rolesOf = (glue: ReadonlySet<string>): RoleTable => ({
  sendIpiData,
  interruptEntry,
  parseResources,
  reserveRestored,
  instanceReady: glue.has('ipi-area') ? ipiCreate : null,
  spawnedReady: glue.has('two-way') ? spawnedKnows : null,
  hostReady: glue.has('two-way') ? hostReceives : null,
});
