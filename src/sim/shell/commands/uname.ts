import { checkWords, readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { askAbout } from '../instances.ts';

const LETTERS = ['s', 'n', 'r', 'v', 'm'] as const;

/** `uname`: what runs here. */
export const uname: Command = {
  name: 'uname',
  group: 'kernel',
  summary: 'tell which kernel this is',
  usage: 'uname [-asnrvm]',
  more: `  -s  the system   -n  this kernel's name   -r  the profile it is simulated by
  -v  the version  -m  the machine          -a  all of it`,
  options: ['-a', '-s', '-n', '-r', '-v', '-m'],
  *run(args, io) {
    const { words, has } = readArguments(args, `a${LETTERS.join('')}`);
    checkWords(words, '', 0, 0);
    const { kernel, profile } = yield* askAbout();
    // Model: no kernel was compiled, so the release is the name of the profile.
    const all = { s: 'Linux', n: kernel, r: profile, v: '#1 simulated', m: 'x86_64' };
    const chosen = LETTERS.filter((letter) => has('a') || has(letter));
    io.out(
      `${(chosen.length === 0 ? (['s'] as const) : chosen).map((one) => all[one]).join(' ')}\n`,
    );
    return 0;
  },
};
