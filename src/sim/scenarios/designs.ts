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
] as const;

export type DesignName = (typeof DESIGNS)[number]['profile'];
export type SituationName = (typeof SITUATIONS)[number]['name'];

/** What can go wrong, and the word for it in a table. */
export const ACCIDENTS = ['lost', 'torn', 'invented', 'repeated', 'refused'] as const;
export type Accident = (typeof ACCIDENTS)[number];

const SENDERS = [
  { subtype: 'heartbeat', payload: '0xa1a1a1a1', cpu: 1 },
  { subtype: 'shutdown', payload: '0xb2b2b2b2', cpu: 2 },
  { subtype: '0x3003', payload: '0xc3c3c3c3', cpu: 3 },
] as const;

/** Nobody moves but those who are left out. */
const resting = (cpus: readonly number[]): string =>
  `[${cpus.join(', ')}].all(n, cpu(n).mode == "idle" && cpu(n).irr.size() == 0)`;

/** A claim for each accident; the exploration looks for a state in which it holds. */
function claimsOf(situation: SituationName): Readonly<Record<Accident, string>> {
  const count = situation === 'three' ? 3 : 2;
  const all = resting([...SENDERS.slice(0, count).map(({ cpu }) => cpu), 4]);
  // The dead one is CPU 1: it is in the middle of sending, and all others have come to rest.
  if (situation === 'dead') {
    const rest = `cpu(1).mode == "task" && ${resting([2, 4])}`;
    return {
      lost: `${rest} && stats.sent == 1 && stats.whole == 0`,
      torn: `${rest} && stats.torn > 0`,
      invented: `${rest} && stats.phantom > 0`,
      repeated: `${rest} && stats.duplicated > 0`,
      refused: `${rest} && stats.sent == 0`,
    };
  }
  const late = situation === 'late' ? ' && stats.merged > 0' : '';
  return {
    lost: `${all} && stats.sent == ${count} && stats.whole < ${count}${late}`,
    torn: `stats.torn > 0${late}`,
    invented: `stats.phantom > 0${late}`,
    repeated: `stats.duplicated > 0${late}`,
    refused: `${all} && stats.sent < ${count}${late}`,
  };
}

/**
 * A design in a situation, as a scenario that ends in an `explore` block: one line an accident, by
 * its name, `sometimes`. It can be read, run and changed like any other.
 */
export function designScenario(design: DesignName, situation: SituationName): string {
  const { title } = DESIGNS.find(({ profile }) => profile === design)!;
  const { title: where } = SITUATIONS.find(({ name }) => name === situation)!;
  const senders = SENDERS.slice(0, situation === 'three' ? 3 : 2);
  const claims = Object.entries(claimsOf(situation));
  return `---
title: ${title}, ${where.toLowerCase()}
profile: ${design}
machine: { cpus: 8, memory: 4GiB, pool: 1GiB@2GiB }
---

## Boot and listen

\`\`\`dts web.dts
/dts-v1/;
/ {
  compatible = "multikernel-v1";
  instances {
    web-server {
      id = <2>;
      resources { cpus = <4 5>; memory-bytes = <0x10000000>; };
    };
  };
};
\`\`\`

\`\`\`console host
mount -t multikernel none /sys/fs/multikernel
dtc -I dts -O dtb -o web.dtb web.dts
cat web.dtb > /sys/fs/multikernel/device_tree
kerf load --kernel=/boot/vmlinuz --id=2
kerf exec --id=2
\`\`\`

\`\`\`console web-server
mk listen system
\`\`\`

## Messages, held back

\`\`\`console host
${senders.map(({ subtype, payload, cpu }) => `mk send web-server system ${subtype} ${payload} --cpu ${cpu} --hold`).join('\n')}
\`\`\`

\`\`\`explore
${claims.map(([name, claim]) => `sometimes ${name}: ${claim}`).join('\n')}
\`\`\`
`;
}
