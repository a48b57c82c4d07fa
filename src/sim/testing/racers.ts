import type { Run } from '../scenarios/run.ts';
import { block, BOOT, lessonRun, playOut } from './lesson.ts';

const SUBTYPES = ['heartbeat', 'shutdown', '0x3003', '0x3004'];
const PAYLOADS = ['0xa1a1a1a1', '0xb2b2b2b2', '0xc3c3c3c3', '0xd4d4d4d4'];

/** A run whose CPUs 1, 2 … each hold a message to CPU 4 back: ready to be explored. */
export function racers(senders: number): Run {
  const lines = Array.from(
    { length: senders },
    (_, i) => `mk send web system ${SUBTYPES[i]} ${PAYLOADS[i]} --cpu ${i + 1} --hold`,
  );
  return playOut(lessonRun(BOOT('system') + block('console host', ...lines), { trace: false }));
}
