import { formatSize } from '../../base/units.ts';
import { compileDts } from '../../fdt/compile.ts';
import { get32 } from '../../fdt/bytes.ts';
import { FDT_MAGIC } from '../../fdt/header.layout.ts';
import { problemLine } from '../../fdt/problem.ts';
import { checkWords, errnoText, readArguments, type Arguments } from '../arguments.ts';
import { WrongUsage, type Io, type Steps, type Verb } from '../command.ts';
import { readFile } from '../files.ts';
import { firstWithoutPlace, KERF, MULTIKERNEL_FS, readCpus, readMemory } from '../kerf-options.ts';
import { rangesOf } from '../ranges.ts';
import { baselineTree } from '../v2-tree.ts';

const REPORTS = { report: 'r', format: 'f', devices: 'd' } as const;

/** `kerf init`: mounts the files and writes what kerf calls the baseline. */
export const kerfInit: Verb = {
  name: 'init',
  summary: 'mount the multikernel files and write a device tree to them',
  usage: `kerf init --input=FILE [--dry-run] [-v]
kerf init --cpus=LIST --memory=SIZE [--dry-run] [-v]`,
  more: `FILE is a device tree, source or blob. v2 takes a tree with /instances only, so a
baseline of CPUs and memory is refused by the kernel.`,
  options: ['--input=', '--cpus=', '--memory=', '--dry-run', '--verbose'],
  *run(args, io) {
    const given = readArguments(args, 'i:c:m:tvrf:d:', {
      input: 'i',
      cpus: 'c',
      memory: 'm',
      'dry-run': 't',
      verbose: 'v',
      ...REPORTS,
    });
    checkWords(given.words, '', 0, 0);
    const input = given.value('i');
    if (input !== undefined && (given.has('c') || given.has('m') || given.has('d')))
      throw new WrongUsage('--input goes without --cpus, --memory and --devices');
    const absent = firstWithoutPlace(given, REPORTS);
    if (absent !== undefined) {
      io.err(`kerf: init: --${absent} is of no use on v2`);
      return KERF.failed;
    }
    const bytes = input === undefined ? readBaseline(given, io) : yield* readTree(input, io);
    if (typeof bytes === 'number') return bytes;
    if (given.has('v') || given.has('t')) io.out(`a device tree of ${bytes.length} bytes\n`);
    return given.has('t') ? KERF.done : yield* write(bytes, io);
  },
  complete: () => [],
};

function readBaseline(given: Arguments, io: Io): Uint8Array {
  const cpus = given.value('c');
  const memory = given.value('m');
  if (cpus === undefined || memory === undefined)
    throw new WrongUsage('--input, or --cpus and --memory are needed');
  const baseline = { cpus: readCpus(cpus), memoryBytes: readMemory(memory) };
  if (given.has('v'))
    io.out(`cpus ${rangesOf(baseline.cpus)}, memory ${formatSize(baseline.memoryBytes)}\n`);
  return baselineTree(baseline);
}

/** A blob as it is, a source compiled; or the status after saying what is wrong with it. */
function* readTree(path: string, io: Io): Steps<Uint8Array | number> {
  const bytes = yield* readFile(io, 'kerf: init', path);
  if (!bytes) return KERF.file;
  if (bytes.length >= 4 && get32(bytes, 0) === FDT_MAGIC) return bytes;
  const { blob, problems } = compileDts(bytes, { file: path });
  for (const problem of problems) io.err(problemLine(problem));
  return blob ?? KERF.failed;
}

function* write(bytes: Uint8Array, io: Io): Steps<number> {
  const path = `${MULTIKERNEL_FS}/device_tree`;
  const there = yield { call: 'stat', path };
  if (there.ret < 0) {
    const target = { source: 'none', path: MULTIKERNEL_FS };
    const { ret } = yield { call: 'mount', type: 'multikernel', ...target };
    if (ret < 0) {
      io.err(`kerf: init: mount ${MULTIKERNEL_FS}: ${errnoText(ret)}`);
      return KERF.failed;
    }
  }
  const { ret } = yield { call: 'write', path, bytes, append: false };
  if (ret >= 0) return KERF.done;
  io.err(`kerf: init: ${path}: ${errnoText(ret)}`);
  return KERF.failed;
}
