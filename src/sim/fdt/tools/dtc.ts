import {
  blobToTree,
  sourceToTree,
  treeToBlob,
  treeToText,
  type CompileOptions,
} from '../compile.ts';
import { get32 } from '../bytes.ts';
import { FDT_MAGIC } from '../header.layout.ts';
import { problemLine, type Problem } from '../problem.ts';
import { readNumber, readOptions } from './getopt.ts';
import { latin1Bytes, type ToolIo } from './io.ts';

const LONG = {
  quiet: 'q',
  'in-format': 'I',
  out: 'o',
  'out-format': 'O',
  'out-version': 'V',
  reserve: 'R',
  space: 'S',
  pad: 'p',
  align: 'a',
  'boot-cpu': 'b',
  symbols: '@',
} as const;

const USAGE =
  'usage: dtc [-I dts|dtb] [-O dts|dtb] [-o FILE] [-@] [-p N] [-S N] [-a N] [-R N] [-V N] [-b N] [-q] [FILE|-]';

/** Blobs larger than this are not made, whatever padding is asked for. */
const BLOB_MAX = 1 << 30;

interface Command {
  readonly input: string;
  readonly from: string;
  readonly to: string;
  readonly output: string;
  readonly quiet: number;
  readonly compile: CompileOptions;
}

/**
 * The device tree compiler as a command. Exit statuses are the real one's: 0 done, 1 what cannot be
 * read or was asked wrongly, 2 a failed check; nothing is written unless it is 0. Problems go to
 * standard error as {@link problemLine}s, errors first. Source: dtc, dtc.c, `main`.
 */
export function runDtc(argv: readonly string[], io: ToolIo): number {
  const command = readCommand(argv, io);
  if (typeof command === 'string') {
    io.stderr(`${command}\n`);
    return 1;
  }
  const { input, from, to, output, compile } = command;
  const bytes = input === '-' ? io.stdin() : io.read(input);
  const refuse = (text: string): number => {
    io.stderr(`${compile.file ?? input}: error semantic: ${text}\n`);
    return 1;
  };
  if (!bytes) return refuse('the file cannot be read');
  if (from !== 'dts' && from !== 'dtb') return refuse(`${from} cannot be read`);

  const compiled = from === 'dts' ? sourceToTree(bytes, compile) : blobToTree(bytes, compile);
  const problems = [...compiled.problems];
  let status: number = compiled.status;
  let result: Uint8Array | undefined;
  if (status === 0 && compiled.tree) {
    if (to === 'dts') result = latin1Bytes(treeToText(compiled.tree));
    else if (to === 'dtb') result = treeToBlob(compiled.tree, compile, problems);
    else problems.push(semantic(`${to} cannot be written`, compile.file ?? input));
    if (!result) status = 1;
  }
  reportProblems(problems, command.quiet, io);
  if (!result) return status;
  if (output === '-') io.stdout(result);
  else if (!io.write(output, result)) return refuse(`${output} cannot be written`);
  return 0;
}

const semantic = (text: string, file: string): Problem => ({
  severity: 'error',
  kind: 'semantic',
  text,
  file,
});

function reportProblems(problems: readonly Problem[], quiet: number, io: ToolIo): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = quiet > 0 ? [] : problems.filter(({ severity }) => severity === 'warning');
  const lines = [...errors, ...warnings].map((problem) => `${problemLine(problem)}\n`);
  if (lines.length > 0) io.stderr(lines.join(''));
}

function readCommand(argv: readonly string[], io: ToolIo): Command | string {
  const read = readOptions(argv, 'qI:O:o:V:R:S:p:a:b:@', LONG);
  if ('wrong' in read) return `dtc: ${read.wrong}\n${USAGE}`;
  if (read.words.length > 1) return `dtc: one file is compiled at a time\n${USAGE}`;
  const input = read.words[0] ?? '-';
  const file = input === '-' ? '<stdin>' : input;
  const refused = (text: string): string => `${file}: error semantic: ${text}`;
  const last = (letter: string): string | undefined =>
    read.options.findLast((option) => option.letter === letter)?.argument;
  const number = (letter: string): number => readNumber(last(letter) ?? '');
  for (const { letter, argument } of read.options) {
    if (letter === 'a' && !isPowerOfTwo(readNumber(argument)))
      return refused(`-a ${argument} is no power of two`);
  }
  if (number('S') !== 0 && number('p') !== 0) return refused('-S and -p exclude each other');
  for (const letter of ['S', 'p', 'a', 'R'])
    if (number(letter) > (letter === 'R' ? BLOB_MAX / 16 : BLOB_MAX))
      return refused(`-${letter} ${number(letter)} is more than a blob can have`);

  const output = last('o') ?? '-';
  const from = last('I') ?? guessInput(input, io);
  const bootCpu = number('b');
  return {
    input,
    output,
    from,
    to: last('O') ?? formatByName(output) ?? (from === 'dts' ? 'dtb' : 'dts'),
    quiet: read.options.filter(({ letter }) => letter === 'q').length,
    compile: {
      file,
      read: (path) => (path === '-' ? io.stdin() : io.read(path)),
      symbols: last('@') !== undefined,
      version: last('V') === undefined ? 17 : number('V'),
      reserveSlots: number('R'),
      space: number('S'),
      pad: number('p'),
      align: number('a'),
      // -1 is how one asks for the guess.
      ...(last('b') === undefined || bootCpu === -1 ? {} : { bootCpu }),
    },
  };
}

const isPowerOfTwo = (value: number): boolean =>
  value > 0 && value < 2 ** 31 && (value & (value - 1)) === 0;

/** Source: dtc, dtc.c, `guess_type_by_name`. */
function formatByName(name: string): string | undefined {
  const dot = name.lastIndexOf('.');
  const ending = dot < 0 ? '' : name.slice(dot).toLowerCase();
  if (ending === '.dtbo') return 'dtb';
  return ['.dts', '.dtb', '.yaml'].includes(ending) ? ending.slice(1) : undefined;
}

/** A file that begins with the magic is a blob, whatever its name. Source: `guess_input_format`. */
function guessInput(input: string, io: ToolIo): string {
  const bytes = input === '-' ? undefined : io.read(input);
  if (!bytes || bytes.length < 4) return 'dts';
  return get32(bytes, 0) === FDT_MAGIC ? 'dtb' : (formatByName(input) ?? 'dts');
}
