import { Refused } from '../base/assert.ts';
import { parseResources } from '../kernel/device-tree.ts';
import { areaOf, ipiCreate } from '../kernel/ipi-area.ts';
import { announceArea, ipiInit, ipiSharedParam } from '../kernel/ipi-init.ts';
import { interruptEntry, sendIpiData } from '../kernel/ipi.ts';
import { K } from '../kernel/kernel.layout.ts';
import {
  hostRingN1,
  interruptEntryN1,
  sendN1,
  spawnedKnowsN1,
} from '../kernel/mailboxes/ring-n1.ts';
import {
  forgetTable,
  interruptEntryBell,
  ringBell,
  spawnedRegistersBell,
  tableAtLoad,
} from '../kernel/mailboxes/doorbell.ts';
import { interruptEntryN3 } from '../kernel/mailboxes/ring-n3-receive.ts';
import { hostRingN3, resetRingsN3, spawnedKnowsN3 } from '../kernel/mailboxes/ring-n3-start.ts';
import { sendN3 } from '../kernel/mailboxes/ring-n3.ts';
import {
  forgetRing,
  mapOwnRing,
  ringAtFree,
  ringAtLoad,
  ringOf,
} from '../kernel/mailboxes/ring-shared.ts';
import {
  MAX_DATA_N3,
  MK_IPI_DATA_N3,
  RING,
  RING_N1_BYTES,
  RING_N3_BYTES,
} from '../kernel/mailboxes/ring.layout.ts';
import {
  announceV1,
  hostInitV1,
  interruptEntryV1,
  sendV1,
  spawnedInitV1,
} from '../kernel/mailboxes/v1.ts';
import { VARIED_SENDS } from '../kernel/mailboxes/variations.ts';
import { MK_IPI_DATA, MK_MAX_DATA_SIZE } from '../kernel/mk.layout.ts';
import { reserveRestored } from '../kernel/restore-resources.ts';
import type { RoleTable } from '../kernel/system.ts';
import { hostReceives, spawnedKnows } from '../kernel/two-way.ts';
import { designOf, isSenderVaried } from './design-switches.ts';

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

type Switches = ReadonlySet<string>;

/** The routines of v2, with what the glue adds. */
const v2 = (glue: Switches): RoleTable => ({
  sendIpiData,
  interruptEntry,
  parseResources,
  reserveRestored,
  instanceReady: glue.has('ipi-area') ? ipiCreate : null,
  spawnedReady: glue.has('two-way') ? spawnedKnows : null,
  hostReady: glue.has('two-way') ? hostReceives : null,
  announce: announceArea,
  earlyInit: ipiSharedParam,
  lateInit: ipiInit,
  filtersTypes: true,
  mergingHarms: true,
  slotsOf: areaOf,
  slots: 'cpus',
  slot: MK_IPI_DATA,
  maxData: MK_MAX_DATA_SIZE,
  imageLoaded: null,
  imageFreed: null,
  beforeStart: null,
  ringBell: null,
});

/** Instances, images and files are those of v2; the mailbox is that of v1. */
const v1 = (glue: Switches): RoleTable => ({
  ...v2(glue),
  sendIpiData: sendV1,
  interruptEntry: interruptEntryV1,
  instanceReady: null,
  spawnedReady: null,
  hostReady: hostInitV1,
  announce: announceV1,
  earlyInit: spawnedInitV1,
  lateInit: () => undefined,
  filtersTypes: false,
  slotsOf: (x) => x.mem.peek64(x.k + K.mk_this_kernel_ipi_data),
});

/** As v1, with the first ring in the place of the mailbox; its address comes with the hand-over. */
const n1 = (glue: Switches): RoleTable => ({
  ...v2(glue),
  sendIpiData: sendN1,
  mergingHarms: false,
  interruptEntry: interruptEntryN1,
  instanceReady: null,
  spawnedReady: spawnedKnowsN1,
  hostReady: hostRingN1,
  announce: () => '',
  earlyInit: () => undefined,
  lateInit: mapOwnRing,
  slotsOf: (x, id) => ringOf(x, id) && ringOf(x, id) + RING.entries,
  slots: 'ring',
  imageLoaded: ringAtLoad(RING_N1_BYTES),
  imageFreed: ringAtFree(RING_N1_BYTES),
});

/** A model of the design: the glue it starts from, the pieces that mean something to it, its routines. */
interface Profile {
  readonly what: string;
  readonly starts: (glue: Glue) => boolean;
  readonly knows: (glue: Glue) => boolean;
  readonly roles: (glue: Switches) => RoleTable;
}

/** As the first ring, with the third: wide slots, published last, drained in the interrupt. */
const n3 = (glue: Switches): RoleTable => ({
  ...n1(glue),
  sendIpiData: sendN3,
  interruptEntry: interruptEntryN3,
  spawnedReady: spawnedKnowsN3,
  hostReady: hostRingN3,
  slot: MK_IPI_DATA_N3,
  maxData: MAX_DATA_N3,
  imageLoaded: ringAtLoad(RING_N3_BYTES),
  imageFreed: forgetRing,
  beforeStart: resetRingsN3,
});

/** The third ring, with doorbells beside it. */
const bells = (glue: Switches): RoleTable => ({
  ...n3(glue),
  interruptEntry: interruptEntryBell,
  spawnedReady: spawnedRegistersBell,
  imageLoaded: tableAtLoad,
  imageFreed: forgetTable,
  ringBell,
});

const isMailbox = ({ name }: Glue): boolean => name === 'ipi-area' || name === 'two-way';
/** Rings hand their address over by themselves. */
const isRingless = (glue: Glue): boolean => isMailbox(glue) || glue.name === 'ipi-param';

const PROFILE_TABLE: Readonly<Record<string, Profile>> = {
  'rfc-v2': {
    what: 'The second posting, with the least glue that lets it run.',
    starts: (glue) => glue.byDefault,
    knows: () => true,
    roles: v2,
  },
  'rfc-v2-as-posted': {
    what: 'The second posting exactly as it went to the list.',
    starts: () => false,
    knows: () => true,
    roles: v2,
  },
  'rfc-v1': {
    what: 'The first posting: one shared area, and every handler sees every interrupt.',
    starts: (glue) => glue.byDefault && !isMailbox(glue),
    knows: (glue) => !isMailbox(glue),
    roles: v1,
  },
  'ring-n1': {
    what: 'The first ring: 64 slots for each instance, and -ENOSPC when they are full.',
    starts: (glue) => glue.byDefault && !isRingless(glue),
    knows: (glue) => !isRingless(glue),
    roles: n1,
  },
  'ring-n3': {
    what: 'The ring that publishes a message last and drains in the interrupt.',
    starts: (glue) => glue.byDefault && !isRingless(glue),
    knows: (glue) => !isRingless(glue),
    roles: n3,
  },
  doorbell: {
    what: 'The same ring, and bits in shared memory that may be rung as often as one likes.',
    starts: (glue) => glue.byDefault && !isRingless(glue),
    knows: (glue) => !isRingless(glue),
    roles: bells,
  },
};

function profileOf(name: string): Profile {
  const profile = PROFILE_TABLE[name];
  if (profile) return profile;
  const known = Object.keys(PROFILE_TABLE).join(', ');
  throw new Refused(`profile ${name} cannot be run yet; these can: ${known}`);
}

/** The switches of a run: the profile's, then what the scenario changes by hand. */
export function glueOf(profile: string, changes: Readonly<Record<string, boolean>>): Set<string> {
  const { starts, knows } = profileOf(profile);
  return new Set(
    GLUE_TABLE.filter((glue) => knows(glue) && (changes[glue.name] ?? starts(glue))).map(
      (glue) => glue.name,
    ),
  );
}

/** Whether a piece of glue means something to a profile. */
export const knowsGlue = (profile: string, name: string): boolean =>
  GLUE_TABLE.some((glue) => glue.name === name && profileOf(profile).knows(glue));

/** The routines of a run by role. */
export function rolesOf(
  profile: string,
  glue: Switches,
  design: ReadonlySet<string> = designOf(profile, {}),
): RoleTable {
  const roles = profileOf(profile).roles(glue);
  if (!isSenderVaried(profile, design)) return roles;
  return { ...roles, sendIpiData: VARIED_SENDS.get(roles.sendIpiData) ?? roles.sendIpiData };
}

/** Profiles that can be run, by name, each with a sentence. */
export const PROFILE_LIST: readonly { readonly name: string; readonly what: string }[] =
  Object.entries(PROFILE_TABLE).map(([name, { what }]) => ({ name, what }));
