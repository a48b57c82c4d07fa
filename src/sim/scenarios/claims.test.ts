import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { Refused } from '../base/assert.ts';
import { compileClaim, compileExpression, checkClaims } from './claims.ts';
import { fakeAnswers } from './fake-answers.ts';
import { BUILT_INS, NAMES, RECORDS, type Field, type Name } from './names.ts';
import { parseScenario } from './parse.ts';

const PLACE = { file: 'x.md', line: 7, column: 3 };
const compile = (text: string) => compileExpression(text, PLACE);
const valueOf = (text: string, answers = fakeAnswers()) => compile(text).evaluate(answers);
const judge = (text: string, answers = fakeAnswers()) => compile(text).judge(answers);

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

describe('expressions', () => {
  it('compare counts with plain numbers, decimal and hex', () => {
    expect(valueOf('stats.lost == 1 && time_ns > 1000 && step != 0')).toBe(true);
    expect(valueOf('0xea in cpu(4).irr')).toBe(true);
    expect(valueOf('slot("web-server").type == 0x3000')).toBe(true);
  });

  it('give plain data: numbers, texts, flags, lists', () => {
    expect(valueOf('stats.sent * 2 + 1')).toBe(5);
    expect(valueOf('kernel("web-server").instance.state')).toBe('ready');
    expect(valueOf('cpu(4).irr')).toEqual([0xea, 0xf6]);
    expect(valueOf('stats.lost == 0 ? "all arrived" : "one is lost"')).toBe('one is lost');
  });

  it('take names as arguments of names', () => {
    expect(valueOf('cpu(kernel("web-server").boot_cpu).owner')).toBe('web-server');
    expect(valueOf('slot("web-server", kernel("web-server").boot_cpu).sender_cpu')).toBe(1);
  });

  it('walk lists', () => {
    expect(valueOf('kernel("host").cpus.all(c, cpu(c).online)')).toBe(true);
    expect(valueOf('kernel("host").cpus.exists(c, cpu(c).step == "icr")')).toBe(true);
    expect(valueOf('kernel("host").cpus.filter(c, cpu(c).mode == "idle").size()')).toBe(6);
  });

  it('read only what they ask for', () => {
    const answers = fakeAnswers({
      stats: () => ({
        ...fakeAnswers().stats(),
        get torn(): number {
          throw new Error('nobody asked');
        },
      }),
    });
    expect(valueOf('stats.lost', answers)).toBe(1);
  });

  it('let an error of the world through as it is', () => {
    const answers = fakeAnswers({
      step: () => {
        throw new Error('a bug of ours');
      },
    });
    expect(() => valueOf('step == 1', answers)).toThrow('a bug of ours');
    expect(valueOf('stats.lost', answers)).toBe(1);
  });
});

describe('the table of names', () => {
  const examples = [
    ...Object.values<Name>(NAMES),
    ...Object.values<Record<string, Field>>(RECORDS).flatMap((fields) => Object.values(fields)),
    ...Object.values(BUILT_INS),
  ].map(({ example }) => example);

  it.each(examples)('has an example that is a claim and can be evaluated: %s', (example) => {
    expect(
      compileClaim({ text: example, line: 1, column: 1 }, 'x.md').judge(fakeAnswers()).why,
    ).toBe(undefined);
  });
});

describe('a verdict', () => {
  it('names the values the claim used, in the order they are read, each once', () => {
    expect(judge('instance("web-server").state == "ready" && stats.lost < stats.lost')).toEqual({
      ok: false,
      actual: [
        ['instance("web-server").state', 'loading'],
        ['stats.lost', 1],
      ],
    });
  });

  it('shows an outer path before the ones in its arguments', () => {
    expect(judge('cpu(kernel("web-server").boot_cpu).mode == "idle"').actual).toEqual([
      ['cpu(kernel("web-server").boot_cpu).mode', 'interrupt'],
      ['kernel("web-server").boot_cpu', 4],
    ]);
  });

  it('shows a list that a method or a macro looks at', () => {
    expect(judge('cpu(4).irr.size() == 0').actual).toEqual([['cpu(4).irr', [0xea, 0xf6]]]);
    expect(
      judge('kernel("web-server").cpus.all(c, cpu(c).irr.size() == stats.lost)').actual,
    ).toEqual([
      ['kernel("web-server").cpus', [4]],
      ['stats.lost', 1],
    ]);
  });

  it('shows an element by its index', () => {
    expect(judge('kernel("host").cpus[1] == 0').actual).toEqual([['kernel("host").cpus[1]', 1]]);
  });

  it('of something that does not exist says so and fails', () => {
    expect(judge('kernel("db").handled == 1 || stats.lost == 0')).toEqual({
      ok: false,
      actual: [
        ['kernel("db").handled', null],
        ['stats.lost', 1],
      ],
      why: 'there is no kernel "db" now; there are "host", "web-server"',
    });
  });

  it('is JSON', () => {
    const verdict = judge('kernel("host").cpus.size() == 1');
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });
});

describe('what does not exist (yet)', () => {
  it.each([
    [
      'kernel("db").cpus.size() == 1',
      'there is no kernel "db" now; there are "host", "web-server"',
    ],
    ['instance("db").id == 1', 'there is no instance "db" now; there is "web-server"'],
    ['kernel("host").instance.id == 1', 'kernel("host") has no instance now'],
    ['cpu(8).online', 'there is no cpu 8 now; there are 0, 1, 2, 3, 4, 5, 6, 7'],
    ['message(3).id == 3', 'there is no message 3 now; there are 1, 2'],
    ['hazard("H99") == 0', 'there is no hazard "H99" now; there are "H2", "H3"'],
    ['slot("host").type == 1', 'kernel "host" has no receive area now'],
    ['slot("db").type == 1', 'there is no kernel "db" now; there are "host", "web-server"'],
    ['slot("host", 9).type == 1', 'kernel "host" has no slot for CPU 9 now'],
    ['status("web-server") == 0', 'nothing was typed on the console of "web-server" yet'],
    ['memory(0x7fffffffffff, 4) == ""', 'there are no 4 bytes of memory at 140737488355327'],
    ['memory(-1, 4) == ""', 'there are no 4 bytes of memory at -1'],
  ])('is refused where it is asked for: %s', (text, sentence) => {
    expect(refusal(() => valueOf(text))).toBe(`7:3: ${sentence}`);
    expect(compile(text).happens(fakeAnswers())).toBe(false);
  });

  it('can be asked whether it is there', () => {
    expect(valueOf('!kernel("db").running && !instance("db").exists')).toBe(true);
    expect(valueOf('instance("web-server").exists')).toBe(true);
  });

  it('lists at most sixteen others', () => {
    const known = () => Array.from({ length: 20 }, (_, cpu) => cpu);
    expect(refusal(() => valueOf('cpu(99).online', fakeAnswers({ known })))).toMatch(/14, 15 …$/);
    expect(refusal(() => valueOf('cpu(99).online', fakeAnswers({ known: () => [] })))).toMatch(
      /there is none at all$/,
    );
  });

  it('does not hide a question that is wrong in itself', () => {
    expect(() => compile('memory(0, 5000) == ""').happens(fakeAnswers())).toThrow(
      'memory gives 0 to 4096 bytes, not 5000',
    );
  });
});

describe('an expression that means nothing is refused with its place', () => {
  it.each([
    ['', '7:3: the expression ends too early'],
    ['stats.lost ==', '7:16: the expression ends too early'],
    ['stats.lost = 1', '7:14: equality is written =='],
    ['stats.lost === 1', '7:16: equality is written =='],
    ['stats.lsot == 1', '7:9: stats has no "lsot"; did you mean "lost"?'],
    [
      'kernel("web-server").instance.stat == "x"',
      '7:33: kernel("web-server").instance has no "stat"; did you mean "state"?',
    ],
    ['stat.lost == 1', '7:3: there is no name "stat"; did you mean "stats"?'],
    [
      '"é" == "é" && kernl("a").running',
      '7:19: there is no function "kernl"; did you mean "kernel"?',
    ],
    ['kernel == "host"', '7:3: kernel is a function: kernel(name)'],
    ['slot == 1', '7:3: slot is a function: slot(kernel, [cpu])'],
    ['stats().lost == 1', '7:3: stats is not a function; write it without ()'],
    ['kernel(1).running', '7:3: the arguments do not fit: kernel(int)'],
    ['stats.lost == "1"', '7:3: these types do not go together: int == string'],
    ['stats.lost && true', "7:3: logical operator requires bool operands, got 'int'"],
    [
      'stats',
      '7:3: this is a whole Stats; ask for one of its fields: sent, handled, whole, lost, torn, phantom, duplicated, merged',
    ],
    ['output("host") + "x" == "y"', '7:3: + adds numbers only'],
    [
      'output("host").matches("(a+)+$")',
      '7:18: there is no method "matches"; known are size, contains, startsWith, endsWith, all, exists, exists_one, filter',
    ],
    [
      'cpu(0).irr.map(v, v) == [1]',
      '7:14: there is no method "map"; known are size, contains, startsWith, endsWith, all, exists, exists_one, filter',
    ],
    ['cpu(0).irr.exist(v, v == 1)', '7:14: there is no method "exist"; did you mean "exists"?'],
    ['cpu(0).irr.all(v)', '7:3: all is written LIST.all(x, CLAIM)'],
    ['cpu(0).irr.all(step, step == 1)', '7:18: "step" already has a meaning; take another letter'],
    ['cpu(0).irr.all(v, w == 1)', '7:21: there is no name "w"; did you mean "v"?'],
    ['[1].all(a, [1].all(b, [1].all(c, true)))', '7:25: lists are walked at most 2 deep'],
    ['{"a": 1}.a == 1', '7:3: "map" is not supported here'],
    [
      'timestamp("2020-01-01T00:00:00Z") == 1',
      '7:3: there is no function "timestamp"; known are stats, time_ns, step, hazards, cpu, kernel, instance, slot, memory, logged, status, output, hazard, message',
    ],
    ['stats.lost 1', '7:14: "1" is not expected here'],
    ['step at 5', '7:8: "at" is not expected here'],
    ['stats.lost == 1 #', '7:19: unexpected character: #'],
    [`${'('.repeat(30)}1${')'.repeat(30)} == 1`, '7:27: an expression is at most 24 levels deep'],
    [
      `1${' + 1'.repeat(200)} == 1`,
      '7:3: an expression has at most 200 names, values and operators',
    ],
    [`1 in [${'1, '.repeat(70)}1]`, '7:201: a list in an expression has at most 64 elements'],
  ])('%s', (text, sentence) => {
    expect(refusal(() => compile(text))).toBe(sentence);
  });

  it('as a claim, when it is neither true nor false', () => {
    const claim = { text: 'stats.lost', line: 2, column: 5 };
    expect(refusal(() => compileClaim(claim, 'x.md'))).toBe(
      '2:5: a claim is true or false, and this is an int',
    );
  });

  it('when it is evaluated, if it cannot be known before', () => {
    expect(refusal(() => valueOf('kernel("host").cpus[9] == 1'))).toMatch(
      /^7:\d+: .*out of bounds/,
    );
    expect(refusal(() => valueOf('1 / stats.torn == 1'))).toMatch(/^7:3: division by zero/i);
  });

  it('when it costs too much', () => {
    const many = Array.from({ length: 1024 }, (_, cpu) => cpu);
    const answers = fakeAnswers({
      cpu: (n) => ({ ...fakeAnswers().cpu(0)!, id: n, irr: many.slice(0, 256) }),
    });
    const cheap = 'cpu(0).irr.all(v, cpu(v).irr.size() == 256)';
    expect(valueOf(cheap, answers)).toBe(true);
    const dear = 'cpu(0).irr.all(v, cpu(0).irr.all(w, cpu(v).id == v))';
    expect(valueOf(dear, answers)).toBe(true);
    const tooDear = 'cpu(0).irr.all(v, cpu(0).irr.all(w, cpu(v).irr.size() == 256))';
    expect(refusal(() => valueOf(tooDear, answers))).toBe(
      '7:3: this expression asks for too much; ask for less in one',
    );
  });
});

describe('any text at all', () => {
  const words = fc.constantFrom(
    ...['stats', '.', 'lost', '==', '1', '"a"', '(', ')', '[', ']', 'kernel', 'cpu', ',', 'in'],
    ...['all', 'x', '&&', '!', '-', '+', '{', '}', '?', ':', "'", '\\', '0xea', '1.5', 'has', 'é'],
  );

  it('is compiled or refused inside its line', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        try {
          compile(text).judge(fakeAnswers());
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          expect(error.place?.line).toBe(7);
          expect(error.place?.column).toBeGreaterThanOrEqual(3);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the claims of a scenario', () => {
  const scenario = (block: string) => parseScenario(`---\ntitle: T\n---\n\n${block}\n`, 'x.md');

  it.each([
    [
      '```expect\nstats.lost == 0\n  stats.lots == 0\n```',
      '7:9: stats has no "lots"; did you mean "lost"?',
    ],
    ['```break\nstep\n```', '6:1: a claim is true or false, and this is an int'],
    [
      '```break\nstats.lost == 1\nat icr on cpu1\n```',
      '7:1: a break block takes claims only; a line such as "at …" is for the tab Breaks',
    ],
    [
      '```break\nhazard H2\n```',
      '6:1: a break block takes claims only; a line such as "hazard …" is for the tab Breaks',
    ],
    [
      '```explore\nnever a loss: stats.lost > "0"\n```',
      '6:15: these types do not go together: int > string',
    ],
    [
      '```question\nprompt: How many?\nanswer: stats.lots\n```',
      '7:15: stats has no "lots"; did you mean "lost"?',
    ],
  ])('are refused where they stand', (block, sentence) => {
    expect(refusal(() => checkClaims(scenario(block)))).toBe(sentence);
  });

  it('may be right in every kind of block', () => {
    const blocks = [
      'expect\nstats.lost == 0',
      'break\nstep > 1',
      'explore\nalways x: step > 0',
      'view\nspeed: 1',
      'question\nprompt: p\nanswer: stats.lost',
    ];
    expect(() =>
      checkClaims(scenario(blocks.map((block) => `\`\`\`${block}\n\`\`\`\n`).join('\n'))),
    ).not.toThrow();
  });
});
