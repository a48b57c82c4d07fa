import type { DesignSwitch } from '../kernel/system.ts';
import type { Ordering } from '../machine/ordering.ts';
import { booting } from './booting.ts';
import { partsOf, RING_SLOTS, type DesignPart } from '../world/design-switches.ts';
import type { ProfileName } from './scenario.ts';

/** Mailboxes that are compared: profiles, by the order in which they were posted. */
export const DESIGNS = [
  { profile: 'rfc-v1', title: 'RFC v1', what: 'one slot a CPU, in one area for all kernels' },
  { profile: 'rfc-v2', title: 'RFC v2', what: 'one slot a CPU, in an area of the instance' },
  { profile: 'ring-n1', title: 'First ring', what: '64 slots; head and tail say what is in use' },
  {
    profile: 'ring-n3',
    title: 'Later ring',
    what: '64 slots; the size, written last, publishes one',
  },
  {
    profile: 'doorbell',
    title: 'Doorbell',
    what: 'the later ring for messages; the bell beside it is one bit',
  },
] as const satisfies readonly { profile: ProfileName; title: string; what: string }[];

/** What a design is put through. */
export const SITUATIONS = [
  { name: 'two', title: 'Two senders', what: 'each sends one message to the same kernel' },
  { name: 'three', title: 'Three senders', what: 'each sends one message to the same kernel' },
  {
    name: 'dead',
    title: 'A dead sender',
    what: 'one of two stops for ever somewhere in the middle; what becomes of the other’s message',
  },
  {
    name: 'late',
    title: 'A late interrupt',
    what: 'both ring before the receiver takes the first interrupt',
  },
  {
    name: 'full',
    title: 'A full mailbox',
    what: 'two senders, and room for one message: rings are cut to two slots, of which one stays empty',
  },
] as const;

/** A design with the parts it has or could have. */
export interface ComparedDesign {
  readonly profile: DesignName;
  readonly title: string;
  readonly what: string;
  readonly parts: readonly (Pick<DesignPart, 'name' | 'title' | 'what' | 'without' | 'origin'> & {
    readonly isPublished: boolean;
  })[];
}

/** All designs, in the order of {@link DESIGNS}. */
export const comparedDesigns = (): readonly ComparedDesign[] =>
  DESIGNS.map((design) => ({
    ...design,
    parts: partsOf(design.profile).map(({ name, title, what, without, origin, publishedIn }) => ({
      ...{ name, title, what, without, origin },
      isPublished: publishedIn.includes(design.profile),
    })),
  }));

export type DesignName = (typeof DESIGNS)[number]['profile'];
export type SituationName = (typeof SITUATIONS)[number]['name'];

/** What can go wrong, and the word for it in a table; the last is none: there is no room, and it says so. */
export const ACCIDENTS = [
  'lost',
  'torn',
  'invented',
  'repeated',
  'stuck',
  'refused',
  'told',
] as const;
export type Accident = (typeof ACCIDENTS)[number];

const SENDERS = [
  { subtype: 'heartbeat', payload: '0xa1a1a1a1', cpu: 1 },
  { subtype: 'shutdown', payload: '0xb2b2b2b2', cpu: 2 },
  { subtype: '0x3003', payload: '0xc3c3c3c3', cpu: 3 },
] as const;

/** The kernel that receives. */
const KERNEL = 'web-server';

/** Nobody moves but those who are left out. */
const resting = (cpus: readonly number[]): string =>
  `[${cpus.join(', ')}].all(n, cpu(n).mode == "idle" && cpu(n).irr.size() == 0)`;

/** Accepted messages that a handler was not given: still in the mailbox, or gone. */
const WAITS = `kernel("${KERNEL}").waiting > 0`;

/** CPU 2 waits for a lock that CPU 1 took with it. */
const LOCKED_OUT = 'cpu(2).step == "lock" && kernel("host").sender_lock == 1';

/** A claim for each accident; the exploration looks for a state in which it holds. */
function claimsOf(situation: SituationName): Readonly<Partial<Record<Accident, string>>> {
  const count = situation === 'three' ? 3 : 2;
  const senders = SENDERS.slice(0, count).map(({ cpu }) => cpu);
  const all = resting([...senders, 4]);
  // The dead one is CPU 1: it is in the middle of sending, and all others have come to rest.
  if (situation === 'dead') {
    const dead = `cpu(1).mode == "task" && cpu(1).step != "lock"`;
    const rest = `${dead} && ${resting([2, 4])}`;
    const none = 'stats.sent == 1 && stats.whole == 0';
    return {
      lost: `${rest} && ${none} && !(${WAITS})`,
      torn: `${rest} && stats.torn > 0`,
      invented: `${rest} && stats.phantom > 0`,
      repeated: `${rest} && stats.duplicated > 0`,
      stuck: `${rest} && ${none} && ${WAITS} || ${LOCKED_OUT} && ${resting([4])}`,
      refused: `${rest} && stats.sent == 0`,
    };
  }
  const late = situation === 'late' ? ' && stats.merged > 0' : '';
  const some = `stats.sent > stats.whole`;
  return {
    lost: `${all} && ${some} && stats.sent - stats.whole > kernel("${KERNEL}").waiting${late}`,
    torn: `stats.torn > 0${late}`,
    invented: `stats.phantom > 0${late}`,
    repeated: `stats.duplicated > 0${late}`,
    stuck: `${all} && ${some} && ${WAITS}${late}`,
    // Where a ring is that small, no is the right answer: whoever is told so can try again.
    [situation === 'full' ? 'told' : 'refused']: `${all} && stats.sent < ${count}${late}`,
  };
}

/** What is different from the design as it was published, on a machine without store buffers. */
export interface DesignChange {
  readonly parts?: Readonly<Partial<Record<DesignSwitch, boolean>>>;
  readonly ordering?: Ordering;
}

/** The `design:` line of the front matter; empty when all is as published. */
function designLine(design: DesignName, situation: SituationName, { parts }: DesignChange): string {
  const known = partsOf(design);
  const changed = known.filter(
    ({ name, publishedIn }) =>
      parts?.[name] !== undefined && parts[name] !== publishedIn.includes(design),
  );
  const words = changed.map(({ name }) => `${name}: ${String(parts?.[name])}`);
  const hasRing = known.some(({ name }) => name === 'drain-loop');
  if (situation === 'full' && hasRing) words.push(`slots: ${RING_SLOTS[0]}`);
  return words.length > 0 ? `design: { ${words.join(', ')} }\n` : '';
}

/**
 * A design in a situation, as a scenario that ends in an `explore` block: one line an accident, by
 * its name, `sometimes`. It can be read, run and changed like any other.
 */
export function designScenario(
  design: DesignName,
  situation: SituationName,
  change: DesignChange = {},
): string {
  const { title } = DESIGNS.find(({ profile }) => profile === design)!;
  const { title: where } = SITUATIONS.find(({ name }) => name === situation)!;
  const senders = SENDERS.slice(0, situation === 'three' ? 3 : 2);
  const claims = Object.entries(claimsOf(situation));
  return `---
title: ${title}, ${where.toLowerCase()}
profile: ${design}
${designLine(design, situation, change)}machine: { cpus: 8, memory: 4GiB, pool: 1GiB@2GiB${change.ordering === 'tso' ? ', ordering: tso' : ''} }
---

## Boot and listen

${booting('web-server', '4 5', 'system')}
## Messages, held back

\`\`\`console host
${senders.map(({ subtype, payload, cpu }) => `mk send web-server system ${subtype} ${payload} --cpu ${cpu} --hold`).join('\n')}
\`\`\`

\`\`\`explore
${claims.map(([name, claim]) => `sometimes ${name}: ${claim}`).join('\n')}
\`\`\`
`;
}
