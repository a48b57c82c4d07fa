import { listExamples } from './docs-examples.ts';
import { BREAK_FORMS } from '../base/break-forms.ts';
import {
  BLOCKS,
  FRONT_MATTER_KEYS,
  MACHINE_KEYS,
  SCHEDULE_FORMS,
  VIEW_KEYS,
  type BlockKind,
  type Word,
} from './grammar.ts';
import { LIMITS } from './limits.ts';
import { BUILT_INS, NAMES, RECORDS, type Field, type Name } from './names.ts';

/** `docs/scenarios.md`, for teachers: made from the tables that the reader itself uses. */
export function scenarioDocs(): string {
  return [
    INTRODUCTION,
    showExample('first.md'),
    RUNNING,
    FORM,
    '## Front matter',
    wordTable('key', FRONT_MATTER_KEYS),
    'Keys of `machine`:',
    wordTable('key', MACHINE_KEYS),
    '## Blocks',
    BLOCK_RULES,
    ...Object.entries<BlockKind>(BLOCKS).flatMap(showBlock),
    '## Expressions',
    EXPRESSIONS,
    nameTable(),
    ...Object.entries<Record<string, Field>>(RECORDS).flatMap(showRecord),
    '### The language itself',
    LANGUAGE,
    wordTable('word', BUILT_INS),
    '## A whole race',
    showExample('race.md'),
    '## Limits',
    'A file that asks for more is refused, with the line where it does.',
    table(
      ['at most', 'of what'],
      Object.values(LIMITS).map(({ max, meaning }) => [String(max), meaning]),
    ),
    '',
  ].join('\n\n');
}

const INTRODUCTION = `<!-- Made from the tables in src/sim/scenarios by docs.test.ts; UPDATE_DOCS=1 rewrites it. -->

# Write your own scenario

A scenario is one Markdown file: a lesson, a demonstration, a test and a saved experiment at once. What is
prose is shown. What is fenced acts. You can write one in any editor, and it reads well wherever Markdown does.`;

const RUNNING = `## Run it

- Drop the file on the page, or choose *Your file…* in the list of lessons there.
- Without a browser: \`npm run --silent mk -- run FILE.md\`. It prints each stop, then each claim as \`ok\` or
  \`FAIL FILE:LINE:COLUMN\` with the values it saw, and ends with status 1 if a claim failed. With \`--json\`, also the exit status of
  each console line.

A mistake in the file is refused with file, line and column and one sentence, in both places. Nothing of a
refused file acts.`;

const FORM = `## The form

1. Front matter: YAML between two lines \`---\`.
2. Prose before the first heading is the first stop and carries the title.
3. Each heading, of any rank, begins a stop. The reader walks from stop to stop.
4. In a stop, prose and blocks keep their order. The prose is read before the blocks act.
5. A block is over when no CPU can do anything but idle. Then the next one acts.

Prose may have emphasis, code, links (http, https or relative), lists, tables, quotes and code blocks. A fence
without a word after it, or with the word \`text\`, is shown and does not act. HTML is shown as it is typed,
and comments \`<!-- … -->\` are left out.`;

const BLOCK_RULES = `A block stands between two lines of three backticks at the left margin, its kind on the opening line. A kind
that is not in this list is an error. Four backticks fence a block that has three in it.`;

const EXPRESSIONS = `Claims, answers, \`break\` and properties are written in the [Common Expression Language](https://cel.dev), with the
names below. Integers may be decimal or hex, texts are in double or single quotes. A claim is an expression that
is true or false. What does not exist cannot be asked about, and such a claim fails and says so; the fields
\`running\` and \`exists\` can always be asked.`;

const LANGUAGE = `\`==\` \`!=\` \`<\` \`<=\` \`>\` \`>=\`, \`&&\` \`||\` \`!\`, \`+\` \`-\` \`*\` \`/\` \`%\` on numbers, \`x in LIST\`, \`A ? B : C\`, lists \`[1, 2]\`, elements
\`LIST[0]\`, and:`;

function showBlock([name, kind]: [string, BlockKind]): readonly string[] {
  const parts = [`### ${name}`, kind.meaning];
  const head = [name, kind.exampleArgument].filter((word) => word !== undefined).join(' ');
  parts.push(`\`\`\`\`markdown\n\`\`\`${head}\n${kind.example}\n\`\`\`\n\`\`\`\``);
  if (name === 'schedule')
    parts.push(
      table(
        ['line', 'meaning', 'example'],
        SCHEDULE_FORMS.map(({ form, meaning, example }) => [code(form), meaning, code(example)]),
      ),
      'LABEL is the label or the id of a step, as the inspector shows them: `icr`, `slot.type`, `S6`, `R4`. `#` begins a comment.',
    );
  if (name === 'break')
    parts.push(
      'On the page the tab *Breaks*, and `window.playground.addBreakpoint`, take a claim and these lines as well: the run stops there forwards, and is run back to them. A block takes claims only.',
      table(
        ['line', 'stops when', 'example'],
        BREAK_FORMS.map(({ form, meaning, example }) => [code(form), meaning, code(example)]),
      ),
      'PLACE is `0xADDRESS`, `0xADDRESS+BYTES`, `slot("NAME")` or `slot("NAME", N)`, a slot with or without `.FIELD`. The run stops behind the step that did it, and with `at` before the step. An expression is looked at in every step, which leaves about 100,000 steps a second; the others cost little.',
    );
  if (name === 'view') parts.push(wordTable('key', VIEW_KEYS));
  return parts;
}

function nameTable(): string {
  return table(
    ['name', 'type', 'meaning', 'example'],
    Object.entries<Name>(NAMES).map(([name, { type, params, meaning, example }]) => [
      code(params.length === 0 ? name : `${name}(${params.map(showParam).join(', ')})`),
      type in RECORDS ? `[${type}](#${type.toLowerCase()})` : type,
      meaning,
      code(example),
    ]),
  );
}

const showParam = ({ name, optional }: Name['params'][number]): string =>
  optional === true ? `[${name}]` : name;

function showRecord([name, fields]: [string, Record<string, Field>]): readonly string[] {
  return [
    `### ${name}`,
    table(
      ['field', 'type', 'meaning', 'example'],
      Object.entries(fields).map(([field, { type, meaning, example }]) => [
        code(field),
        type in RECORDS ? `[${type}](#${type.toLowerCase()})` : type,
        meaning,
        code(example),
      ]),
    ),
  ];
}

function showExample(file: string): string {
  const text = listExamples().find((example) => example.file === file)?.text ?? '';
  return `\`\`\`\`markdown ${file}\n${text}\`\`\`\``;
}

const wordTable = (head: string, words: Record<string, Word>): string =>
  table(
    [head, 'meaning', 'example'],
    Object.entries(words).map(([word, { meaning, example }]) => [
      code(word),
      meaning,
      code(example),
    ]),
  );

const code = (text: string): string => `\`${text}\``;

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
