import type { Run } from '../scenarios/run.ts';
import { createdRun, MIB, typeAll, typed, type Wish } from './world.ts';

export const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
export const TWO: Wish = { name: 'two', id: 2, cpus: [5], memory: 16 * MIB };
export const FS = '/sys/fs/multikernel';

/** Two senders to `web`, each held back. */
export const FIRST = 'mk send web system heartbeat 0xa1a1a1a1 --cpu 1 --hold';
export const SECOND = 'mk send web system shutdown 0xb2b2b2b2 --cpu 6 --hold';

/** `one` runs; the host's next lines are typed at once, while it boots. */
export function whileBooting(...lines: readonly string[]): Run {
  const run = createdRun([ONE, TWO]);
  typeAll(run, 'host', ['kerf load --kernel=/boot/vmlinuz --id=1']);
  typed(run, 'host', ['kerf exec --id=1', ...lines].join('; '));
  return run;
}

/** An instance that does not run gets a message. */
export function talkedTo(wish: Wish, board: Parameters<typeof createdRun>[1] = {}): Run {
  const run = createdRun([wish], board);
  typed(run, 'host', `mk send ${wish.name} user 1`);
  return run;
}
