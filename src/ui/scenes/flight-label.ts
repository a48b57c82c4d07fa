import { hex } from '../../sim/base/hex.ts';
import type { FlightFrame } from '../../sim/world/frame.ts';
import { messageName } from '../narrate.ts';

/** What an IPI is called on the stage: the message it announces, else what it does. */
export function flightLabel({ kind, vector, messageType, messageSubtype }: FlightFrame): string {
  if (kind === 'init') return 'INIT';
  if (kind === 'startup') return `SIPI ${hex(vector)}`;
  if (kind === 'nmi') return 'NMI';
  return messageType === 0 ? hex(vector) : messageName(messageType, messageSubtype);
}
