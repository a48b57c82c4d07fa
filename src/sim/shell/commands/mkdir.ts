import { checkWords, errnoText, readArguments } from '../arguments.ts';
import { ERRNO } from '../../base/errno.ts';
import type { Command } from '../command.ts';
import { resolvePath } from '../path.ts';

/** `mkdir`: new folders. */
export const mkdir: Command = {
  name: 'mkdir',
  group: 'files',
  summary: 'make folders',
  usage: 'mkdir [-p] FOLDER...',
  more: '  -p  also the folders it is in; one that exists is fine',
  options: ['-p'],
  *run(args, io) {
    const { words, has } = readArguments(args, 'p');
    checkWords(words, 'FOLDER', 1);
    let status = 0;
    for (const word of words) {
      const path = resolvePath(io.state.cwd, word);
      for (const folder of has('p') ? foldersOn(path) : [path]) {
        const { ret } = yield { call: 'mkdir', path: folder };
        if (ret >= 0 || (has('p') && ret === -ERRNO.EEXIST)) continue;
        io.err(`mkdir: ${word}: ${errnoText(ret)}`);
        status = 1;
        break;
      }
    }
    return status;
  },
};

/** `/a`, `/a/b`, `/a/b/c` for the last of them. */
function foldersOn(path: string): string[] {
  const parts = path.split('/').slice(1);
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`);
}
