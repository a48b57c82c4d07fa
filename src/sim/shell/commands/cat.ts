import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { pipedIn, readFile } from '../files.ts';

/** `cat`: files, one behind the other. */
export const cat: Command = {
  name: 'cat',
  group: 'files',
  summary: 'print files, one behind the other',
  usage: 'cat [FILE...]',
  *run(args, io) {
    const { words } = readArguments(args);
    let status = 0;
    for (const path of words.length === 0 ? ['-'] : words) {
      const bytes = path === '-' ? pipedIn(io) : yield* readFile(io, 'cat', path);
      if (bytes) io.out(bytes);
      else status = 1;
    }
    return status;
  },
};
