import { checkWords, readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { readFile, writeFile } from '../files.ts';
import { baseName, joinPath, resolvePath } from '../path.ts';

/** `cp`: a file under another name, or files into a folder. */
export const cp: Command = {
  name: 'cp',
  group: 'files',
  summary: 'copy files',
  usage: 'cp FILE TO\ncp FILE... FOLDER',
  *run(args, io) {
    const { words } = readArguments(args);
    checkWords(words, words.length === 0 ? 'FILE' : 'TO', 2);
    const to = words.at(-1)!;
    const files = words.slice(0, -1);
    const { ret, kind } = yield { call: 'stat', path: resolvePath(io.state.cwd, to) };
    const isFolder = ret >= 0 && kind === 'directory';
    if (files.length > 1 && !isFolder) {
      io.err(`cp: ${to} is no folder to copy ${files.length} files into`);
      return 1;
    }
    let status = 0;
    for (const file of files) {
      const bytes = yield* readFile(io, 'cp', file);
      const target = isFolder ? joinPath(to, baseName(file)) : to;
      if (!bytes || !(yield* writeFile(io, 'cp', target, bytes))) status = 1;
    }
    return status;
  },
};
