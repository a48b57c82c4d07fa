import { checkWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { CLEAR } from '../palette.ts';

/* eslint-disable require-yield -- none of these asks anything */

/** `clear`: an empty screen. */
export const clear: Command = {
  name: 'clear',
  group: 'shell',
  summary: 'empty the screen',
  usage: 'clear',
  *run(args, io) {
    checkWords(args, '', 0, 0);
    if (io.tty) io.out(CLEAR);
    return 0;
  },
};

/** `history`: the lines that were typed. */
export const history: Command = {
  name: 'history',
  group: 'shell',
  summary: 'list the lines that were typed here',
  usage: 'history',
  *run(args, io) {
    checkWords(args, '', 0, 0);
    for (const [i, line] of io.state.history.entries())
      io.out(`${String(i + 1).padStart(5)}  ${line}\n`);
    return 0;
  },
};

/** `true`: status 0. */
export const yes: Command = {
  name: 'true',
  group: 'shell',
  summary: 'do nothing, with status 0',
  usage: 'true',
  *run() {
    return 0;
  },
};

/** `false`: status 1. */
export const no: Command = {
  name: 'false',
  group: 'shell',
  summary: 'do nothing, with status 1',
  usage: 'false',
  *run() {
    return 1;
  },
};

/* eslint-enable require-yield -- as everywhere else */
