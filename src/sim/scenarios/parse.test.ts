import { describe, expect, it } from 'vitest';
import { Refused } from '../base/assert.ts';
import { GIB, MIB } from '../base/units.ts';
import { parseScenario } from './parse.ts';
import type { Block, Scenario } from './scenario.ts';

const parse = (text: string): Scenario => parseScenario(text, 'x.md');
/** A scenario whose body begins on line 5. */
const withBody = (body: string): Scenario => parse(`---\ntitle: T\n---\n\n${body}\n`);
const withHeader = (header: string): Scenario => parse(`---\ntitle: T\n${header}\n---\n`);
const blocksOf = (scenario: Scenario): readonly Block[] =>
  scenario.stops.flatMap(({ items }) => items.filter((item) => item.kind !== 'prose'));
const block = (body: string): Block | undefined => blocksOf(withBody(body))[0];

/** `LINE:COLUMN: sentence` of the refusal. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refused) return error.located.replace('x.md:', '');
    throw error;
  }
  return 'not refused';
}

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

describe('front matter', () => {
  it('switches parts of the mailbox that the profile has or could have', () => {
    const read = withHeader(
      'profile: ring-n1\ndesign: { sender-lock: true, drain-loop: false, slots: 4 }',
    );
    expect(read.design).toEqual({ 'sender-lock': true, 'drain-loop': false });
    expect(read.ringSlots).toBe(4);
    expect(withHeader('machine: { ordering: tso }').machine.ordering).toBe('tso');
  });

  it('switches glue on by a list, or both ways by a mapping', () => {
    expect(withHeader('glue: [two-way]').glue).toEqual({ 'two-way': true });
    expect(withHeader('glue: { two-way: true, ipi-param: false }').glue).toEqual({
      'two-way': true,
      'ipi-param': false,
    });
  });

  it('takes a pool without a place, none at all, and APIC ids', () => {
    expect(withHeader('machine: { pool: 512MiB }').machine.pool).toEqual({
      size: 512 * MIB,
      base: null,
    });
    expect(withHeader('machine: { pool: none }').machine.pool).toBe(null);
    expect(withHeader('machine: { cpus: 3, apic: [0, 2, 4] }').machine.apic).toEqual([0, 2, 4]);
  });

  it('gives a small machine a small pool', () => {
    expect(withHeader('machine: { memory: 16MiB }').machine.pool).toEqual({
      size: 4 * MIB,
      base: 8 * MIB,
    });
  });

  it.each([
    [
      '',
      '1:1: a scenario begins with front matter: a line ---, then title: and more, then a line ---',
    ],
    [
      '# Hello\n',
      '1:1: a scenario begins with front matter: a line ---, then title: and more, then a line ---',
    ],
    ['---\ntitle: T\n', '1:1: the front matter is not closed by a line ---'],
    ['---\n---\n', '1:1: front matter needs a title:'],
    ['---\nhello\n---\n', '2:1: expected lines KEY: VALUE'],
    ['---\ntitle: 42\n---\n', '2:8: title: must be a text; put it in quotes: "42"'],
    ['---\ntitle:\n---\n', '2:7: title: must be a text'],
    ['---\ntitle: T\ntitle: U\n---\n', '3:1: this is not YAML: map keys must be unique'],
    ['---\ntitle: "T\n---\n', '2:10: this is not YAML: missing closing "quote'],
    ['---\ntitle: *a\n---\n', '2:8: anchors and aliases are not supported; write the value again'],
    [
      '---\ntitle: &a T\n---\n',
      '2:11: anchors and aliases are not supported; write the value again',
    ],
    [
      '---\ntitle: !!js/function x\n---\n',
      '2:8: this is not YAML: unresolved tag: tag:yaml.org,2002:js/function',
    ],
    ['---\n? [a]\n: b\n---\n', '2:3: a key must be a word'],
    [
      `---\ntitle: T\nsummary: ${'x'.repeat(9000)}\n---\n`,
      '3:1: front matter has at most 8192 bytes; is its closing --- missing?',
    ],
    [
      `---\nglue: ${'['.repeat(8000)}\n---\n`,
      /^\d:\d+: this (is not YAML|YAML is nested too deeply)/,
    ],
  ])('is refused: %j', (text, sentence) => {
    expect(refusal(() => parse(text))).toEqual(
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    );
  });

  it.each([
    ['tilte: x', '3:1: front matter has no "tilte"; did you mean "title"?'],
    [
      'author: x',
      '3:1: front matter has no "author"; known are title, summary, level, profile, machine, seed, glue, design',
    ],
    ['summary: [a]', '3:10: summary: must be a text'],
    ['level: 4', '3:8: level: must be an integer from 1 to 3'],
    ['level: "1"', '3:9: level: must be an integer from 1 to 3'],
    ['profile: rfc-v3', '3:10: profile: cannot be "rfc-v3"; did you mean "rfc-v2"?'],
    ['profile: [rfc-v2]', '3:10: profile: must be one value, not a list'],
    [
      'profile:',
      '3:9: profile: cannot be empty; known are rfc-v2, rfc-v2-as-posted, rfc-v1, ring-n1, ring-n3, doorbell',
    ],
    ['seed: -1', '3:7: seed: must be an integer from 0 to 4294967295'],
    ['seed: 4294967296', '3:7: seed: must be an integer from 0 to 4294967295'],
    ['seed: 1.5', '3:7: seed: must be an integer from 0 to 4294967295'],
    ['design: [publish-last]', '3:9: design: must be a mapping such as { sender-lock: true }'],
    [
      'design: { drain-loop: true }',
      '3:11: design of rfc-v2 has no "drain-loop"; known are sender-lock, publish-last, icr-fence',
    ],
    [
      'design: { publish-list: true }',
      '3:11: design of rfc-v2 has no "publish-list"; did you mean "publish-last"?',
    ],
    ['design: { publish-last: 1 }', '3:25: publish-last: must be true or false'],
    ['profile: ring-n1\ndesign: { slots: 5 }', '4:18: slots: must be one of 2, 4, 8, 16, 32, 64'],
    ['profile: ring-n1\ndesign: { slots: 128 }', '4:18: slots: must be an integer from 2 to 64'],
    [
      'profile: rfc-v2-as-posted\ndesign: { slots: 4 }',
      '4:9: design: rfc-v2-as-posted has no parts to switch',
    ],
    ['machine: { ordering: weak }', '3:22: ordering: cannot be "weak"; known are sc, tso'],
    ['glue: two-way', '3:7: glue: must be a list such as [two-way] or { two-way: true }'],
    ['glue: [tow-way]', '3:8: glue: cannot be "tow-way"; did you mean "two-way"?'],
    ['glue: [two-way, two-way]', '3:17: glue: names "two-way" twice'],
    ['glue: { two-ways: true }', '3:9: glue has no "two-ways"; did you mean "two-way"?'],
    ['glue: { two-way: 1 }', '3:18: two-way: must be true or false'],
    ['machine: 8', '3:10: machine: must be a mapping such as { cpus: 8, memory: 4GiB }'],
    ['machine: { cpu: 8 }', '3:12: machine has no "cpu"; did you mean "cpus"?'],
    ['machine: { cpus: 0 }', '3:18: cpus: must be an integer from 1 to 1024'],
    ['machine: { cpus: 1025 }', '3:18: cpus: must be an integer from 1 to 1024'],
    ['machine: { memory: many }', '3:20: memory: must be a size such as 4GiB'],
    ['machine: { memory: 8MiB }', '3:20: memory: must be from 16MiB to 64GiB'],
    ['machine: { memory: 65GiB }', '3:20: memory: must be from 16MiB to 64GiB'],
    ['machine: { memory: 33554433 }', '3:20: memory: must be a multiple of 4096 bytes'],
    ['machine: { pool: big }', '3:18: pool: must be SIZE, SIZE@BASE or none, such as 1GiB@2GiB'],
    ['machine: { pool: 1GiB@ }', '3:18: pool: must be SIZE, SIZE@BASE or none, such as 1GiB@2GiB'],
    [
      'machine: { pool: 1GiB@1GiB@1GiB }',
      '3:18: pool: must be SIZE, SIZE@BASE or none, such as 1GiB@2GiB',
    ],
    ['machine: { pool: 1000 }', '3:18: pool: size and base must be multiples of 4096 bytes, not 0'],
    [
      'machine: { pool: 1GiB@0 }',
      '3:18: pool: size and base must be multiples of 4096 bytes, not 0',
    ],
    ['machine: { pool: 1GiB@3584MiB }', '3:18: pool: must lie inside the memory of the machine'],
    ['machine: { apic: 1 }', '3:18: apic: must be a list with the APIC id of each CPU'],
    ['machine: { cpus: 2, apic: [0, 0] }', '3:31: apic: has the id 0 twice'],
    ['machine: { cpus: 2, apic: [0] }', '3:27: apic: has 1 ids for 2 CPUs'],
    ['machine: { cpus: 1, apic: [1024] }', '3:28: apic: must be an integer from 0 to 1023'],
    ['summary: é\nseed: x', '4:7: seed: must be an integer from 0 to 4294967295'],
    [
      'machine: { "é": 1, x: 2 }',
      '3:12: machine has no "é"; known are cpus, memory, pool, apic, ordering',
    ],
  ])('refuses %s', (header, sentence) => {
    expect(refusal(() => withHeader(header))).toBe(sentence);
  });

  it('counts columns in bytes', () => {
    expect(refusal(() => withHeader('glue: [two-way, é]'))).toMatch(/^3:17/);
    expect(refusal(() => withHeader('glue: { "two-way": true, "é": 1, two: 1 }'))).toMatch(/^3:26/);
    expect(refusal(() => parse('---\n{ title: éé, seed: x }\n---\n'))).toMatch(/^2:22/);
  });
});

describe('a block', () => {
  it('may be indented by up to three spaces, which are not part of it', () => {
    expect(block('  ```file a.txt\n  x\n    y\n z\n  ```')).toMatchObject({ text: 'x\n  y\nz\n' });
    expect(refusal(() => block('  ```schedule\n  cpu0 x y\n  ```'))).toMatch(/^6:8: /);
  });

  it('may be fenced by tildes, or by more backticks than it has in it', () => {
    expect(block('~~~file a.txt\n```\n~~~')).toMatchObject({ text: '```\n' });
    expect(block('````file a.txt\n```\n````')).toMatchObject({ text: '```\n' });
  });

  it('that has no word, or the word text, is shown and does not act', () => {
    const [stop] = withBody('```\na\n```\n\n~~~text\nb\n~~~').stops;
    expect(stop?.items).toEqual([
      {
        kind: 'prose',
        line: 5,
        content: [
          { kind: 'code', text: 'a' },
          { kind: 'code', text: 'b' },
        ],
      },
    ]);
  });

  it.each([
    ['```exepct\n```', '5:4: "exepct" is not a block; did you mean "expect"?'],
    [
      '```python\n```',
      '5:4: "python" is not a block; known are console, dts, file, schedule, explore, expect, question, break, view, text',
    ],
    ['``` expect now\n```', '5:12: expect is followed by nothing on its line'],
    ['```console\n```', '5:4: console needs a name on its line: console KERNEL'],
    ['```console host web\n```', '5:12: console is followed by one name only'],
    ['```console 0\n```', '5:12: "0" cannot be the name of a kernel'],
    ['```dts ../web.dts\n```', '5:8: "../web.dts" cannot be the name of a file'],
    ['```file a//b\n```', '5:9: "a//b" cannot be the name of a file'],
    ['```file a\n```\n\n```dts a\n```', '8:8: the file a is already written by line 5'],
    ['```expect\n\n# nothing\n```', '5:4: this expect claims nothing'],
    ['```break\n```', '5:4: this break claims nothing'],
    ['```schedule\n```', '5:4: this schedule chooses nothing'],
    ['```view\n```', '5:4: this view shows nothing'],
    ['```expect\nstats.lost == 0', '5:1: this block is not closed by a line ```'],
    [
      '> ```expect\n> a\n> ```',
      '5:1: a expect block cannot stand in a quote or a list; put it at the left margin',
    ],
    [
      '1. x\n\n   ```expect\n   a\n   ```',
      '7:4: a expect block cannot stand in a quote or a list; put it at the left margin',
    ],
    [
      '<div>\n```expect\na\n```\n</div>',
      '6:1: Markdown does not read this as a block; put an empty line before it',
    ],
    ['##\n', '5:1: a heading needs words: it names a stop'],
    [`\`\`\`expect\n${'1'.repeat(1025)}\n\`\`\``, '6:1: a claim has at most 1024 bytes'],
    [
      `\`\`\`console host\n${'x'.repeat(4097)}\n\`\`\``,
      '6:1: a console line has at most 4096 bytes',
    ],
  ])('is refused: %j', (body, sentence) => {
    expect(refusal(() => withBody(body))).toBe(sentence);
  });
});

describe('a schedule', () => {
  const line = (text: string) => refusal(() => withBody(`\`\`\`schedule\n${text}\n\`\`\``));

  it.each([
    ['host until x', '6:1: a schedule line begins with a CPU such as cpu0, not "host"'],
    ['cpu8', '6:1: there is no cpu8; the machine has cpu0 to cpu7'],
    ['cpu1 until', '6:6: until needs the label of a step'],
    ['cpu1 untli icr', '6:6: "untli" is not a move; did you mean "until"?'],
    [
      'cpu1 until 4x',
      '6:12: "4x" is not a label; one begins with a letter and has letters, digits, ., - and _',
    ],
    ['cpu1 until a b', '6:14: "b" is one word too many; one line, one choice'],
    ['cpu1 take 0x100', '6:11: "0x100" is not a vector; one is 0 to 0xff'],
    ['cpu1 take ea', '6:11: "ea" is not a vector; one is 0 to 0xff'],
    ['cpu1 take 1 2', '6:13: "2" is one word too many; one line, one choice'],
    ['cpu1 to', '6:6: to is followed by end'],
    ['cpu1 to the', '6:9: to is followed by end'],
    ['cpu1 to end now', '6:13: "now" is one word too many; one line, one choice'],
    ['cpu1 3', '6:6: 3 is followed by steps'],
    ['cpu1 3 tests', '6:8: 3 is followed by steps'],
    ['cpu1 0 steps', '6:6: a number of steps is an integer from 1 to 1000000'],
    ['cpu1 1e3 steps', '6:6: a number of steps is an integer from 1 to 1000000'],
    ['cpu1 3 steps more', '6:14: "more" is one word too many; one line, one choice'],
    [
      'cpu1 -x',
      '6:6: "-x" is not a label; one begins with a letter and has letters, digits, ., - and _',
    ],
  ])('is refused: %s', (text, sentence) => {
    expect(line(text)).toBe(sentence);
  });
});

describe('an exploration', () => {
  it('has named properties, or none', () => {
    expect(
      block(
        '```explore\nnever a loss: stats.lost > 0  # yet\n  sometimes b: true ? true : false\n```',
      ),
    ).toMatchObject({
      properties: [
        { when: 'never', name: 'a loss', claim: { text: 'stats.lost > 0', line: 6, column: 15 } },
        {
          when: 'sometimes',
          name: 'b',
          claim: { text: 'true ? true : false', line: 7, column: 16 },
        },
      ],
    });
    expect(block('```explore\n```')).toMatchObject({ properties: [] });
  });

  it.each([
    [
      'nver a: true',
      '6:1: a property begins with never, always or sometimes, not "nver"; did you mean "never"?',
    ],
    ['stats.lost > 0', '6:1: a property begins with never, always or sometimes, not "stats.lost"'],
    ['never stats.lost > 0', '6:1: a property is written never NAME: CLAIM'],
    ['never : true', '6:6: a property needs a name of 1 to 80 letters before its colon'],
    ['never a:', '6:8: a property needs a claim behind its colon'],
    ['never a: true\nalways a: true', '7:1: two properties are named "a"'],
  ])('is refused: %j', (text, sentence) => {
    expect(refusal(() => withBody(`\`\`\`explore\n${text}\n\`\`\``))).toBe(sentence);
  });
});

describe('a question', () => {
  it('has a prompt, an expression that answers it, choices and a reason', () => {
    expect(
      block(
        '```question\nprompt: How many?\nanswer: stats.lost\nchoices: [0, 1, many]\nbecause: So.\n```',
      ),
    ).toEqual({
      kind: 'question',
      line: 5,
      prompt: 'How many?',
      answer: { text: 'stats.lost', line: 7, column: 9 },
      choices: [0, 1, 'many'],
      because: 'So.',
    });
  });

  it('may have its answer in quotes, as YAML needs for some', () => {
    expect(block('```question\nprompt: p\nanswer: \'cpu(4).mode == "idle"\'\n```')).toMatchObject({
      answer: { text: 'cpu(4).mode == "idle"', line: 7, column: 10 },
    });
  });

  it.each([
    ['prompt: p', '6:1: a question needs answer:'],
    ['answer: 1', '6:1: a question needs prompt:'],
    ['prompt: p\nanswer:', '7:8: answer: must be an expression such as stats.lost'],
    ['prompt: p\nanswer: [1]', '7:9: answer: must be one value, not a list'],
    ['prompt: p\nanswr: 1', '7:1: a question has no "answr"; did you mean "answer"?'],
    ['prompt: p\nanswer: 1\nchoices: 1', '8:10: choices: must be a list of 2 to 12 values'],
    ['prompt: p\nanswer: 1\nchoices: [1, 1]', '8:14: choices: has 1 twice'],
    ['prompt: p\nanswer: 1\nchoices: [1, ""]', '8:15: choices: has an empty one'],
    ['prompt: p\nanswer: 1\nchoices: [1, [2]]', '8:14: choices: must be one value, not a list'],
    ['prompt: a: b', '6:9: this is not YAML: nested mappings are not allowed in compact mappings'],
    ['prompt p', '6:1: expected lines KEY: VALUE'],
  ])('is refused: %j', (text, sentence) => {
    expect(refusal(() => withBody(`\`\`\`question\n${text}\n\`\`\``))).toBe(sentence);
  });
});

describe('a view', () => {
  it('says what to show', () => {
    expect(
      block('```view\nselect: slot web-server\ntab: memory\nzoom: fit\nspeed: 2.5\n```'),
    ).toEqual({
      kind: 'view',
      line: 5,
      select: 'slot web-server',
      tab: 'memory',
      zoom: 'fit',
      speed: 2.5,
    });
    expect(block('```view\nselect: memory 0x80000000\nzoom: 4\nspeed: max\n```')).toMatchObject({
      select: 'memory 0x80000000',
      zoom: 4,
      speed: 'max',
    });
  });

  it.each([
    ['selct: cpu4', '6:1: a view has no "selct"; did you mean "select"?'],
    [
      'select: everything',
      '6:9: select: must be cpuN, kernel NAME, instance NAME, slot NAME, message N, memory ADDRESS or none',
    ],
    [
      'tab: disk',
      '6:6: tab: cannot be "disk"; known are cpu, memory, messages, tree, files, races, checks',
    ],
    ['zoom: 65', '6:7: zoom: must be an integer from 1 to 64'],
    ['speed: 0', '6:8: speed: must be a number of steps a second, or max'],
    ['speed: fast', '6:8: speed: must be a number of steps a second, or max'],
  ])('is refused: %s', (text, sentence) => {
    expect(refusal(() => withBody(`\`\`\`view\n${text}\n\`\`\``))).toBe(sentence);
  });
});
