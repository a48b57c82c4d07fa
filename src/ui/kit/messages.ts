import { MK_MSG } from '../../sim/kernel/mk.layout.ts';
import type { FlightFrame } from '../../sim/world/frame.ts';

const NAMES: Readonly<Record<number, string>> = {
  [MK_MSG.IO]: 'io',
  [MK_MSG.RESOURCE]: 'resource',
  [MK_MSG.SYSTEM]: 'system',
  [MK_MSG.USER]: 'user',
};
/** `MK_PFN_IPI_TYPE`, as a signed 32-bit number and as an unsigned one. */
const PFN = [0x80000001, 0x80000001 | 0];

/** Name of a message category in the design tokens: `io` … `pfn`, `other`. */
export const messageKey = (type: number): string =>
  PFN.includes(type) ? 'pfn' : (NAMES[type] ?? 'other');

/** CSS colour of a message category. */
export const messageColour = (type: number): string => `var(--message-${messageKey(type)})`;

/** Name of the token an IPI is drawn in. */
export const flightToken = ({ kind, messageType }: FlightFrame): string =>
  kind === 'init' || kind === 'nmi'
    ? 'ipi-init'
    : kind === 'startup'
      ? 'ipi-startup'
      : `message-${messageKey(messageType)}`;
