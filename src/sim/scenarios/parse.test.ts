import { describe, expect, it } from 'vitest';
import { GIB } from '../base/units.ts';
import { parse } from '../testing/parsing.ts';

const LESSON = `---
title: Two senders, one slot
summary: One message is never read.
level: 2
profile: rfc-v2
machine: { cpus: 8, memory: 4GiB, pool: 1GiB@2GiB }
seed: 42
---

Every CPU slot of **web-server** lies in shared memory.

## Boot it

First a file.

\`\`\`dts web.dts
/dts-v1/;
/ { };
\`\`\`

Then commands.

\`\`\`console host
# a comment
  mount -t multikernel none /sys/fs/multikernel
echo "# not a comment" # typed as it is
\`\`\`

## The race

\`\`\`schedule
# cpu  steps
cpu1   until icr
cpu6   until slot.type
cpu4   take 0xea
cpu4   take
cpu6   to end
cpu6   S8
cpu6
cpu6   3 steps   # three
\`\`\`

\`\`\`expect
stats.lost == 1     # one
output("host") == "# no comment"
\`\`\`
`;

describe('a scenario', () => {
  const lesson = parse(LESSON);

  it('has what its front matter says', () => {
    expect(lesson).toMatchObject({
      file: 'x.md',
      title: 'Two senders, one slot',
      summary: 'One message is never read.',
      level: 2,
      profile: 'rfc-v2',
      glue: {},
      machine: { cpus: 8, memory: 4 * GIB, pool: { size: GIB, base: 2 * GIB }, apic: null },
      seed: 42,
    });
  });

  it('has defaults for all but the title', () => {
    expect(parse('---\ntitle: T\n---\n')).toEqual({
      file: 'x.md',
      title: 'T',
      summary: '',
      level: 1,
      profile: 'rfc-v2',
      glue: {},
      machine: { cpus: 8, memory: 4 * GIB, pool: { size: GIB, base: 2 * GIB }, apic: null },
      seed: 1,
      stops: [{ title: 'T', line: 1, items: [] }],
    });
  });

  it('has a stop for each heading, after one for what stands before', () => {
    expect(lesson.stops.map(({ title, line }) => [title, line])).toEqual([
      ['Two senders, one slot', 1],
      ['Boot it', 12],
      ['The race', 29],
    ]);
  });

  it('keeps prose and blocks of a stop in order', () => {
    expect(lesson.stops[1]?.items.map(({ kind, line }) => [kind, line])).toEqual([
      ['prose', 14],
      ['dts', 16],
      ['prose', 21],
      ['console', 23],
    ]);
  });

  it('keeps the lines of a console with their places, and drops lines that are comments', () => {
    expect(lesson.stops[1]?.items[3]).toEqual({
      kind: 'console',
      line: 23,
      kernel: 'host',
      lines: [
        { line: 25, column: 3, text: 'mount -t multikernel none /sys/fs/multikernel' },
        { line: 26, column: 1, text: 'echo "# not a comment" # typed as it is' },
      ],
    });
  });

  it('keeps files as they are written', () => {
    expect(lesson.stops[1]?.items[1]).toMatchObject({
      name: 'web.dts',
      text: '/dts-v1/;\n/ { };\n',
    });
  });

  it('has the choices of a schedule', () => {
    expect(lesson.stops[2]?.items[0]).toMatchObject({
      kind: 'schedule',
      entries: [
        { line: 33, column: 1, cpu: 1, kind: 'until', label: 'icr' },
        { cpu: 6, kind: 'until', label: 'slot.type' },
        { cpu: 4, kind: 'take', vector: 0xea },
        { cpu: 4, kind: 'take', vector: null },
        { cpu: 6, kind: 'end' },
        { cpu: 6, kind: 'step', label: 'S8' },
        { cpu: 6, kind: 'steps', count: 1 },
        { cpu: 6, kind: 'steps', count: 3 },
      ],
    });
  });

  it('cuts comments off claims, but not out of texts', () => {
    expect(lesson.stops[2]?.items[1]).toMatchObject({
      claims: [
        { text: 'stats.lost == 1', line: 44, column: 1 },
        { text: 'output("host") == "# no comment"', line: 45, column: 1 },
      ],
    });
  });

  it('is JSON', () => {
    expect(JSON.parse(JSON.stringify(lesson))).toEqual(lesson);
  });

  it('is the same with other line ends and a byte order mark', () => {
    expect(parse(LESSON.replaceAll('\n', '\r\n'))).toEqual(lesson);
    expect(parse(LESSON.replaceAll('\n', '\r'))).toEqual(lesson);
    expect(parse(`\uFEFF${LESSON}`)).toEqual(lesson);
  });
});
