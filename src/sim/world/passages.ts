import { interruptEntry } from '../kernel/ipi.ts';
import { sendMessage } from '../kernel/messaging.ts';
import { knownPassages } from '../kernel/passages/known.ts';
import { receivePassage } from '../kernel/passages/receive.ts';
import { passageRows } from '../kernel/passages/rows.ts';
import { sendPassage } from '../kernel/passages/send.ts';
import { TIMING } from './world.ts';

/** From now on messages go in passages where they can. Comes to the same, so any moment will do. */
export function openPassages(): void {
  if (knownPassages.length > 0) return;
  knownPassages.push(...passageRows(TIMING));
  sendMessage.passage = sendPassage;
  interruptEntry.passage = receivePassage;
}
