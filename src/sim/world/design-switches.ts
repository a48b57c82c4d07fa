import type { DesignSwitch } from '../kernel/system.ts';

/** A part of a mailbox that can be there or not. */
export interface DesignPart {
  readonly name: DesignSwitch;
  readonly title: string;
  /** What it does, and what can happen without it. */
  readonly what: string;
  readonly without: string;
  /** Where it comes from, for designs it was never published with. */
  readonly origin: string;
  /** The profiles it was published in, and those it can be added to. */
  readonly publishedIn: readonly string[];
  readonly offeredIn: readonly string[];
}

/** What a step table can be changed by. A profile that is in neither list has no such part. */
const DESIGN_PARTS: readonly DesignPart[] = [
  {
    name: 'sender-lock',
    title: 'A lock for senders',
    what: 'The senders of a kernel take turns: one of them writes, the others wait.',
    without: 'Two senders can write at the same time.',
    origin: 'never published: a repair that suggests itself',
    publishedIn: [],
    offeredIn: ['rfc-v1', 'rfc-v2', 'ring-n1', 'ring-n3', 'doorbell'],
  },
  {
    name: 'publish-last',
    title: 'Publish last',
    what: 'data_size is written last, when all it speaks of is there.',
    without: 'A receiver can find a size before the bytes it speaks of.',
    origin: 'published with the later ring only',
    publishedIn: ['ring-n3', 'doorbell'],
    offeredIn: ['rfc-v1', 'rfc-v2', 'ring-n1'],
  },
  {
    name: 'drain-loop',
    title: 'Drain loop',
    what: 'One interrupt takes all that waits in the ring.',
    without:
      'One interrupt takes one message: where two rings became one, the second message waits.',
    origin: '',
    publishedIn: ['ring-n1', 'ring-n3', 'doorbell'],
    offeredIn: [],
  },
  {
    name: 'icr-fence',
    title: 'Barrier before the ICR write',
    what: 'mfence: what was stored is visible before the interrupt sets out. The write barrier the rings have instead, smp_wmb(), is no instruction on x86: it changes nothing there, as stores leave in order anyway.',
    without:
      'With store buffers, the interrupt can be faster than the bytes it speaks of; without them it makes no difference.',
    origin: 'not in this design: its sends write the ICR directly',
    publishedIn: ['rfc-v1', 'rfc-v2'],
    offeredIn: ['ring-n1', 'ring-n3', 'doorbell'],
  },
];

/** Slots a ring may have; a power of two, as indices are masked. */
export const RING_SLOTS = [2, 4, 8, 16, 32, 64] as const;

/** The parts a profile has or could have, in the order of the table. */
export const partsOf = (profile: string): readonly DesignPart[] =>
  DESIGN_PARTS.filter(
    ({ publishedIn, offeredIn }) => publishedIn.includes(profile) || offeredIn.includes(profile),
  );

/** The parts that are there in a run: the published ones, and what was changed by hand. */
export const designOf = (
  profile: string,
  changes: Readonly<Record<string, boolean>>,
): Set<DesignSwitch> =>
  new Set(
    partsOf(profile)
      .filter(({ name, publishedIn }) => changes[name] ?? publishedIn.includes(profile))
      .map(({ name }) => name),
  );

/** Whether any part differs from what was published, so far as a sender can tell. */
export const isSenderVaried = (profile: string, design: ReadonlySet<string>): boolean =>
  partsOf(profile).some(
    ({ name, publishedIn }) =>
      name !== 'drain-loop' && design.has(name) !== publishedIn.includes(profile),
  );
