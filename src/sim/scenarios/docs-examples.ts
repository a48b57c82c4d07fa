/** A whole scenario that the documentation shows. Tests run them. */
export interface Example {
  readonly file: string;
  readonly text: string;
}

/** The scenarios of `docs/scenarios.md`, as they stand in it. */
export function listExamples(): readonly Example[] {
  return [
    { file: 'first.md', text: FIRST },
    { file: 'race.md', text: RACE },
  ];
}

const FIRST = `---
title: A file and a look
summary: The host mounts the multikernel file system and finds no instance in it.
---

A scenario begins with what it is called. This paragraph is its first stop.

## Look around

The prose of a stop is read first; then its blocks act, in order.

\`\`\`console host
mount -t multikernel none /sys/fs/multikernel
ls /sys/fs/multikernel
\`\`\`

\`\`\`expect
status("host") == 0
output("host").contains("instances")
!instance("web-server").exists        # nobody has made one yet
\`\`\`
`;

const RACE = `---
title: One slot, two senders
summary: Two CPUs of the host write to the same kernel. The second wipes out the first.
level: 2
machine: { cpus: 8, memory: 4GiB, pool: 1GiB@2GiB }
seed: 42
---

A kernel that is to receive needs CPUs and memory. This device tree asks for both.

## A second kernel

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

\`\`\`expect
kernel("web-server").running
\`\`\`

## Who comes first

The second kernel listens; two CPUs of the host are about to send. \`--hold\` leaves both sends
waiting, and the schedule decides who moves.

\`\`\`console web-server
mk listen system
\`\`\`

\`\`\`console host
mk send web-server system heartbeat 0xa1a1a1a1 --cpu 1 --hold
mk send web-server system shutdown 0xb2b2b2b2 --cpu 6 --hold
\`\`\`

\`\`\`schedule
cpu1 to end          # the first message is in the slot, its interrupt on the way
cpu6 to end          # the second is written over it
\`\`\`

\`\`\`question
prompt: How many messages does web-server never read whole?
answer: stats.lost
because: The slot holds one message, and the receiver had not looked yet.
\`\`\`

\`\`\`expect
stats.sent == 2
stats.lost == 1
\`\`\`
`;
