import { ERRNO } from '../../base/errno.ts';
import { checkWords, errnoText } from '../arguments.ts';
import type { Command } from '../command.ts';

/** Source: include/uapi/linux/reboot.h */
const LINUX_REBOOT_CMD_RESTART = 0x01234567;

/** `reboot`: this kernel starts over. */
export const reboot: Command = {
  name: 'reboot',
  group: 'kernel',
  summary: 'restart this kernel',
  usage: 'reboot',
  *run(args, io) {
    checkWords(args, '', 0, 0);
    const { ret } = yield { call: 'reboot', cmd: LINUX_REBOOT_CMD_RESTART, id: 0 };
    if (ret >= 0) return 0;
    const why =
      ret === -ERRNO.EPERM ? ': a reset would end every kernel here, and with them the run' : '';
    io.err(`reboot: ${errnoText(ret)}${why}`);
    return 1;
  },
};
