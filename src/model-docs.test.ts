import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const DOCS = join(ROOT, 'docs/model.md');

/** Folders of the simulation, and what they are called in a heading. */
const PARTS = [
  ['machine', 'The machine'],
  ['kexec', 'Images and hand-over'],
  ['kernel', 'The kernels'],
  ['world', 'Files of the kernels'],
  ['shell', 'The shell'],
  ['scenarios', 'Lessons and consoles'],
] as const;

const INTRODUCTION = `<!-- Made from the comments that begin with Model: by model-docs.test.ts; UPDATE_DOCS=1 rewrites it. -->

# What the simulation leaves out

The playground runs the steps of the published code on simulated hardware, byte for byte. Where it
does less, or otherwise, than a real machine and a real kernel would, the code says so in a comment
that begins with the word *Model*. This page is all of those comments, each with its file.
`;

/** Source files below a folder, in order, tests left out. */
const sourcesBelow = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'fixtures' ? [] : sourcesBelow(path);
      return entry.name.endsWith('.ts') && !entry.name.includes('.test.') ? [path] : [];
    });

/** What a comment says from the word on to its end, or to its next blank line. */
function statementsOf(source: string): string[] {
  const lines = source.split('\n').map((line) => line.replace(/\s*\*\/$/, ''));
  const wordsOf = (line: string): string => line.replace(/^\s*(?:\/\*\*?|\/\/|\*)\s?/, '').trim();
  return lines.flatMap((line, index) => {
    const at = line.indexOf('Model: ');
    if (at < 0 || !/^\s*(?:\/\/|\/?\*)/.test(line)) return [];
    const sentence = [line.slice(at + 'Model: '.length).trim()];
    const isOneLine = source.split('\n')[index]!.trimEnd().endsWith('*/');
    for (let n = index + 1; !isOneLine && n < lines.length; n++) {
      const isComment = /^\s*(?:\/\/|\*)/.test(lines[n]!);
      if (!isComment || wordsOf(lines[n]!) === '') break;
      sentence.push(wordsOf(lines[n]!));
      if (source.split('\n')[n]!.trimEnd().endsWith('*/')) break;
    }
    const text = sentence.join(' ').replace(/\{@link ([^}]+)\}/g, '`$1`');
    return [text.charAt(0).toUpperCase() + text.slice(1)];
  });
}

function modelDocs(): string {
  const parts = PARTS.map(([folder, title]) => {
    const items = sourcesBelow(`src/sim/${folder}`).flatMap((path) =>
      statementsOf(readFileSync(join(ROOT, path), 'utf8')).map((text) => `- ${text} (\`${path}\`)`),
    );
    return items.length === 0 ? '' : `\n## ${title}\n\n${items.join('\n')}\n`;
  });
  return INTRODUCTION + parts.join('');
}

describe('docs/model.md', () => {
  it('is what the comments say; UPDATE_DOCS=1 makes it so', () => {
    if (process.env.UPDATE_DOCS === '1') writeFileSync(DOCS, modelDocs());
    expect(readFileSync(DOCS, 'utf8')).toBe(modelDocs());
  });

  it.each([
    ['/** Model: one line. */\nconst a = 1;', 'One line.'],
    ['  // Model: two\n  // lines.\n  run();', 'Two lines.'],
    ['/**\n * Before. Model: to\n * the end.\n */', 'To the end.'],
    ['/**\n * Model: a part.\n *\n * Another.\n */', 'A part.'],
  ])('takes %j from its word to its end', (source, statement) => {
    expect(statementsOf(source)).toEqual([statement]);
  });
});
