import { describe, expect, it } from 'vitest';
import { Refused } from '../base/assert.ts';
import { isSafeLink } from './markdown.ts';
import { parseScenario } from './parse.ts';
import type { Prose } from './scenario.ts';

const parse = (body: string) => parseScenario(`---\ntitle: T\n---\n\n${body}\n`, 'x.md');
/** Prose of the first stop that has any. */
const prose = (body: string): readonly Prose[] =>
  parse(body).stops.flatMap(({ items }) =>
    items.flatMap((item) => (item.kind === 'prose' ? item.content : [])),
  );
const text = (value: string) => ({ kind: 'text', text: value });
const paragraph = (...content: unknown[]) => ({ kind: 'paragraph', content });

describe('prose', () => {
  it('has emphasis, strong, code, breaks and links', () => {
    expect(prose('a *b* **c**\n`d`  \n[e](https://e.org)')).toEqual([
      paragraph(
        text('a '),
        { kind: 'emphasis', content: [text('b')] },
        text(' '),
        { kind: 'strong', content: [text('c')] },
        text(' '),
        { kind: 'code', text: 'd' },
        { kind: 'break' },
        { kind: 'link', to: 'https://e.org', content: [text('e')] },
      ),
    ]);
  });

  it('has lists, also in lists, and quotes', () => {
    expect(prose('3. a\n   - b\n4. c\n\n> d')).toEqual([
      {
        kind: 'list',
        start: 3,
        items: [
          [paragraph(text('a')), { kind: 'list', start: null, items: [[paragraph(text('b'))]] }],
          [paragraph(text('c'))],
        ],
      },
      { kind: 'quote', content: [paragraph(text('d'))] },
    ]);
  });

  it('has tables', () => {
    expect(prose('| a | b |\n|---|--:|\n| `c` | d |')).toEqual([
      {
        kind: 'table',
        align: [null, 'right'],
        head: [[text('a')], [text('b')]],
        rows: [[[{ kind: 'code', text: 'c' }], [text('d')]]],
      },
    ]);
  });

  it('has code that does not act, indented or in a list', () => {
    expect(prose('    a\n\n- b\n\n  ```text\n  c\n   d\n  ```')).toEqual([
      { kind: 'code', text: 'a' },
      {
        kind: 'list',
        start: null,
        items: [[paragraph(text('b')), { kind: 'code', text: 'c\n d' }]],
      },
    ]);
  });

  it('finds the target of a link by reference', () => {
    expect(prose('[a][b]\n\n[b]: https://b.org')).toEqual([
      paragraph({ kind: 'link', to: 'https://b.org', content: [text('a')] }),
    ]);
  });

  it('shows raw HTML as it was typed and drops comments', () => {
    expect(
      prose('a <img src=x onerror=alert(1)> b<!-- c -->\n\n<!-- d -->\n\n<script>x</script>'),
    ).toEqual([
      paragraph(text('a '), text('<img src=x onerror=alert(1)>'), text(' b')),
      paragraph(text('<script>x</script>')),
    ]);
  });

  it('keeps the words of a link that could run something, and of a picture', () => {
    expect(prose('[a](javascript:alert(1)) ![b](x.png)')).toEqual([
      paragraph(text('a'), text(' '), text('b')),
    ]);
  });

  it('makes a stop of every heading, of any rank and form', () => {
    expect(parse('# A `b` *c*\n\nD\n---\n\n###### E').stops.map(({ title }) => title)).toEqual([
      'T',
      'A b c',
      'D',
      'E',
    ]);
  });

  it('has headings in a quote as strong words, not as stops', () => {
    expect(prose('> # a')).toEqual([
      { kind: 'quote', content: [paragraph({ kind: 'strong', content: [text('a')] })] },
    ]);
  });
});

describe('a link', () => {
  it.each(['https://a.org', 'HTTP://a.org', 'messages.md', '../x#y', '?a=b', '#x', '/a:b', ''])(
    'may go to %j',
    (to) => expect(isSafeLink(to)).toBe(true),
  );
  it.each([
    ...['javascript:alert(1)', 'JavaScript:x', 'data:text/html,x', 'vbscript:x', 'file:///etc'],
    ...[
      '//evil.org',
      '\\\\evil.org',
      '/\\evil.org',
      'java\nscript:x',
      ' javascript:x',
      'mailto:a@b',
    ],
    ...['\u0000javascript:x', 'https:evil.org', 'x y'],
  ])('may not go to %j', (to) => expect(isSafeLink(to)).toBe(false));
});

describe('prose that Markdown would take long to read is refused', () => {
  const sentence = (body: string): string => {
    try {
      parse(body);
    } catch (error) {
      if (error instanceof Refused) return error.located;
      throw error;
    }
    return 'not refused';
  };

  it.each([
    [
      'a long paragraph',
      'x '.repeat(1000).concat('\n').repeat(3),
      /^x\.md:7:1: prose has an empty line after at most 4096/,
    ],
    [
      'much prose',
      `${'x'.repeat(2000)}\n\n`.repeat(40),
      /the prose of a scenario has at most 65536 bytes/,
    ],
    [
      'quotes in quotes',
      '> '.repeat(17).concat('x'),
      /^x\.md:5:1: quotes and lists are nested at most 16/,
    ],
    ['lists in lists', '- '.repeat(17).concat('x'), /quotes and lists are nested at most 16 deep/],
    [
      'a deep indentation',
      ' '.repeat(65).concat('x'),
      /quotes and lists are nested at most 16 deep/,
    ],
    [
      'emphasis in emphasis',
      `${'*a '.repeat(40)}${'a*'.repeat(40)}`,
      /^x\.md:5:\d+: quotes, lists and emphasis are nested/,
    ],
    ['a long line', 'x'.repeat(20_000), /^x\.md:5:1: a line has at most 16384 bytes/],
    ['many lines', '\n'.repeat(20_001), /^x\.md:20001:1: a scenario has at most 20000 lines/],
    ['a large file', 'x\n'.repeat(600_000), /^x\.md:1:1: a scenario has at most 1048576 bytes/],
    ['many stops', '# x\n\n'.repeat(201), /a scenario has at most 200 stops/],
    [
      'many blocks',
      '```break\n1\n```\n\n'.repeat(501),
      /a scenario has at most 500 blocks that act/,
    ],
    [
      'many claims',
      `\`\`\`expect\n${'1\n'.repeat(1001)}\`\`\``,
      /a scenario has at most 1000 claims/,
    ],
  ])('%s', (_, body, pattern) => {
    expect(sentence(body)).toMatch(pattern);
  });

  it('but a large file inside a block is not prose', () => {
    expect(
      parse(`\`\`\`file a\n${'['.repeat(50).concat('\n').repeat(15_000)}\`\`\``).stops,
    ).toHaveLength(1);
  });
});
