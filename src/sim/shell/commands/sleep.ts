import { checkWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { SLEEP_MAX_S } from '../limits.ts';
import { readSeconds } from '../seconds.ts';

/** `sleep`: nothing, for some simulated time. */
export const sleep: Command = {
  name: 'sleep',
  group: 'shell',
  summary: 'wait for some simulated time',
  usage: 'sleep SECONDS',
  *run(args) {
    checkWords(args, 'SECONDS', 1, 1);
    const { ret } = yield { call: 'sleep', ns: readSeconds(args[0]!, 'SECONDS', SLEEP_MAX_S) };
    return ret < 0 ? 1 : 0;
  },
};
