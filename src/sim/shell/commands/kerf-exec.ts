import { errnoText, readArguments } from '../arguments.ts';
import type { Verb } from '../command.ts';
import { called, completeInstance, findTarget, KERF, type Target } from '../kerf-options.ts';

/** reboot(2) command that starts an instance. Source: include/uapi/linux/reboot.h with v2 patch 2. */
const LINUX_REBOOT_CMD_MULTIKERNEL = 0x4d4b4c49;

/** The glue that lets kerf start what v2 calls loading. */
const GLUE = 'kerf-loading';

/** `kerf exec`: starts what was loaded, through reboot(2). */
export const kerfExec: Verb = {
  name: 'exec',
  summary: 'start the kernel that was loaded for an instance',
  usage: 'kerf exec NAME|--id=N [-v]',
  options: ['--id=', '--verbose'],
  *run(args, io) {
    const given = readArguments(args, 'N:vC', { id: 'N', verbose: 'v', console: 'C' });
    if (given.has('C')) {
      io.err('kerf: exec: --console needs a console device, and v2 has none');
      return KERF.failed;
    }
    const target = yield* findTarget(io, 'exec', given);
    if (!target) return KERF.failed;
    const { instance } = target;
    const refusal = whyNot(target);
    if (refusal !== undefined) {
      io.err(`kerf: exec ${instance.name}: ${refusal}`);
      return KERF.failed;
    }
    const cmd = LINUX_REBOOT_CMD_MULTIKERNEL;
    const { ret } = yield { call: 'reboot', cmd, id: instance.id };
    if (ret < 0) {
      io.err(`kerf: exec ${instance.name}: ${errnoText(ret)}`);
      return KERF.failed;
    }
    io.out(`${called(instance)}: started\n`);
    return KERF.done;
  },
  complete: completeInstance,
};

/** kerf starts only what is loaded; v2 never says so, it stays at loading. */
function whyNot({ instance, about }: Target): string | undefined {
  if (instance.state === 'loaded') return undefined;
  if (instance.state !== 'loading') return `it is ${instance.state}; load a kernel first`;
  if (about.glue.includes(GLUE)) return undefined;
  return `it is loading, and kerf starts only what is loaded (the glue ${GLUE} is off)`;
}
