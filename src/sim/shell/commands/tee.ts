import { checkWords, readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { pipedIn, writeFile } from '../files.ts';

/** `tee`: what comes in goes into files and on. */
export const tee: Command = {
  name: 'tee',
  group: 'text',
  summary: 'write what is piped in to files, and pass it on',
  usage: 'tee [-a] FILE...',
  more: '  -a  add to the files',
  options: ['-a'],
  *run(args, io) {
    const { words, has } = readArguments(args, 'a');
    checkWords(words, 'FILE', 1);
    const bytes = pipedIn(io);
    io.out(bytes);
    let status = 0;
    for (const path of words) if (!(yield* writeFile(io, 'tee', path, bytes, has('a')))) status = 1;
    return status;
  },
};
