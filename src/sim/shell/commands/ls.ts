import { errnoText, readArguments } from '../arguments.ts';
import type { Command, Io, Steps } from '../command.ts';
import { BLUE, paint } from '../palette.ts';
import { resolvePath } from '../path.ts';

/** Columns of the narrowest terminal one should expect. */
const WIDTH = 80;

/** `ls`: what is in folders. */
export const ls: Command = {
  name: 'ls',
  group: 'files',
  summary: 'list what is in folders',
  usage: 'ls [-1la] [PATH...]',
  more: `  -1, -l  one name a line, as in a pipe
  -a      also names that begin with a dot
Folders end in a slash.`,
  options: ['-1', '-l', '-a'],
  *run(args, io) {
    const { words, has } = readArguments(args, '1la');
    const files: string[] = [];
    const folders: { path: string; names: readonly string[] }[] = [];
    let status = 0;
    for (const path of words.length === 0 ? ['.'] : words) {
      const found = yield* look(io, path);
      if (typeof found === 'number') {
        io.err(`ls: ${path}: ${errnoText(found)}`);
        status = 1;
      } else if (found === null) files.push(path);
      else folders.push({ path, names: found.filter((name) => has('a') || !name.startsWith('.')) });
    }
    const single = has('1') || has('l') || !io.tty;
    const blocks = files.length > 0 ? [columns(files, single)] : [];
    for (const { path, names } of folders) {
      const title = words.length > 1 ? `${path}:\n` : '';
      blocks.push(title + columns(names, single));
    }
    io.out(blocks.join('\n'));
    return status;
  },
};

/** Names in a folder; null for a file; an error. */
function* look(io: Io, typed: string): Steps<readonly string[] | null | number> {
  const path = resolvePath(io.state.cwd, typed);
  const { ret, kind } = yield { call: 'stat', path };
  if (ret < 0) return ret;
  if (kind === 'file') return null;
  const listed = yield { call: 'list', path };
  if (listed.ret < 0) return listed.ret;
  return [...(listed.names ?? [])].sort();
}

/** Names in as many columns as fit, read downwards; in one column for pipes. */
function columns(names: readonly string[], single: boolean): string {
  if (single) return names.map((name) => `${name}\n`).join('');
  if (names.length === 0) return '';
  const width = names.reduce((most, { length }) => Math.max(most, length), 0) + 2;
  const across = Math.max(1, Math.floor(WIDTH / width));
  const rows = Math.ceil(names.length / across);
  let text = '';
  for (let row = 0; row < rows; row++) {
    const inRow = names.filter((_, i) => i % rows === row);
    const cells = inRow.map((name, i) => {
      const padding = i < inRow.length - 1 ? ' '.repeat(width - name.length) : '';
      return paint(name.endsWith('/') ? BLUE : '', name) + padding;
    });
    text += `${cells.join('')}\n`;
  }
  return text;
}
