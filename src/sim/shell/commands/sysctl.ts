import { ERRNO } from '../../base/errno.ts';
import { utf8Decode, utf8Encode } from '../../base/text.ts';
import { checkWords, errnoText, readArguments, show } from '../arguments.ts';
import { WrongUsage, type Command, type Io, type Lookups, type Steps } from '../command.ts';
import { didYouMean } from '../nearest.ts';

const ROOT = '/proc/sys';
/** Folders in one another that are looked into. */
const DEPTH_MAX = 4;
const pathOf = (name: string): string => `${ROOT}/${name.replaceAll('.', '/')}`;
const nameOf = (path: string): string => path.slice(ROOT.length + 1).replaceAll('/', '.');

/** `sysctl`: settings of the simulation, which are files under /proc/sys. */
export const sysctl: Command = {
  name: 'sysctl',
  group: 'kernel',
  summary: 'read and write settings of the simulation',
  usage: `sysctl [-n] NAME...
sysctl [-n] -a
sysctl [-w] NAME=VALUE...`,
  more: `  -a  all of them
  -n  values without names
  -w  write; NAME=VALUE alone does the same
sim.fail_alloc=N makes the N-th next kmalloc of this kernel fail, sim.fail_memremap=N a mapping;
0 makes none fail. The others say what the run was started with and cannot be changed in it.`,
  options: ['-a', '-n', '-w'],
  *run(args, io) {
    const { words, has } = readArguments(args, 'anwA');
    const names = has('a') ? yield* listSettings(ROOT) : words;
    if (has('a') && words.length > 0) throw new WrongUsage('-a goes without names');
    checkWords(names, 'NAME', 1);
    let status = 0;
    for (const word of names) {
      const done = word.includes('=')
        ? yield* write(io, word, has('n'))
        : has('w')
          ? refuse(word)
          : yield* read(io, word, has('n'));
      if (!done) status = 1;
    }
    return status;
  },
  complete(_words, lookups) {
    return settingsOf(lookups, ROOT);
  },
};

function refuse(word: string): never {
  throw new WrongUsage(`-w wants NAME=VALUE, not ${show(word)}`);
}

/** Names of all settings, by asking for every folder. */
function* listSettings(folder: string, depth = DEPTH_MAX): Steps<readonly string[]> {
  if (depth === 0) return [];
  const { names = [] } = yield { call: 'list', path: folder };
  const found: string[] = [];
  for (const name of names) {
    const path = `${folder}/${name.replace(/\/$/, '')}`;
    if (name.endsWith('/')) found.push(...(yield* listSettings(path, depth - 1)));
    else found.push(nameOf(path));
  }
  return found;
}

/** The same for completion, which cannot ask. */
function settingsOf(lookups: Lookups, folder: string, depth = DEPTH_MAX): readonly string[] {
  const names = depth === 0 ? [] : (lookups.list(folder) ?? []);
  return names.flatMap((name) =>
    name.endsWith('/')
      ? settingsOf(lookups, `${folder}/${name.slice(0, -1)}`, depth - 1)
      : [nameOf(`${folder}/${name}`)],
  );
}

function* read(io: Io, name: string, bare: boolean): Steps<boolean> {
  const { ret, bytes } = yield { call: 'read', path: pathOf(name) };
  if (ret < 0 || !bytes) return yield* fail(io, name, ret);
  const value = utf8Decode(bytes).trimEnd();
  io.out(bare ? `${value}\n` : `${name} = ${value}\n`);
  return true;
}

function* write(io: Io, word: string, bare: boolean): Steps<boolean> {
  const equals = word.indexOf('=');
  const name = word.slice(0, equals).trim();
  const bytes = utf8Encode(`${word.slice(equals + 1).trim()}\n`);
  const { ret } = yield { call: 'write', path: pathOf(name), bytes, append: false };
  if (ret < 0) return yield* fail(io, name, ret);
  return yield* read(io, name, bare);
}

function* fail(io: Io, name: string, ret: number): Steps<boolean> {
  const near = ret === -ERRNO.ENOENT ? didYouMean(name, yield* listSettings(ROOT)) : '';
  io.err(`sysctl: ${name}: ${errnoText(ret)}${near}`);
  return false;
}
