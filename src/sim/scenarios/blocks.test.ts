import { describe, expect, it } from 'vitest';
import { blockOf, refusal, withBody } from '../testing/parsing.ts';

describe('a block', () => {
  it('may be indented by up to three spaces, which are not part of it', () => {
    expect(blockOf('  ```file a.txt\n  x\n    y\n z\n  ```')).toMatchObject({
      text: 'x\n  y\nz\n',
    });
    expect(refusal(() => blockOf('  ```schedule\n  cpu0 x y\n  ```'))).toMatch(/^6:8: /);
  });

  it('may be fenced by tildes, or by more backticks than it has in it', () => {
    expect(blockOf('~~~file a.txt\n```\n~~~')).toMatchObject({ text: '```\n' });
    expect(blockOf('````file a.txt\n```\n````')).toMatchObject({ text: '```\n' });
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
      '5:1: a block such as expect cannot stand in a quote or a list; put it at the left margin',
    ],
    [
      '1. x\n\n   ```expect\n   a\n   ```',
      '7:4: a block such as expect cannot stand in a quote or a list; put it at the left margin',
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
      blockOf(
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
    expect(blockOf('```explore\n```')).toMatchObject({ properties: [] });
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
      blockOf(
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
    expect(blockOf('```question\nprompt: p\nanswer: \'cpu(4).mode == "idle"\'\n```')).toMatchObject(
      {
        answer: { text: 'cpu(4).mode == "idle"', line: 7, column: 10 },
      },
    );
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
      blockOf('```view\nselect: slot web-server\ntab: memory\nzoom: fit\nspeed: 2.5\n```'),
    ).toEqual({
      kind: 'view',
      line: 5,
      select: 'slot web-server',
      tab: 'memory',
      zoom: 'fit',
      speed: 2.5,
    });
    expect(blockOf('```view\nselect: memory 0x80000000\nzoom: 4\nspeed: max\n```')).toMatchObject({
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
