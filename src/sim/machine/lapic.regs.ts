import { register } from '../base/register.ts';

/** Intel SDM vol. 3A, "Interrupt Command Register (ICR)", low doubleword. */
export const ICR_LO = register('ICR_LO', {
  vector: [7, 0],
  deliveryMode: [10, 8],
  logicalDest: [11, 11],
  sendPending: [12, 12],
  level: [14, 14],
  levelTriggered: [15, 15],
  shorthand: [19, 18],
});

/** Intel SDM vol. 3A, "Interrupt Command Register (ICR)", high doubleword in x2APIC form. */
export const ICR_HI = register('ICR_HI', { destination: [31, 0] });

/** Intel SDM vol. 3A, "Spurious-Interrupt Vector Register". */
export const SVR = register('SVR', { vector: [7, 0], enabled: [8, 8] });

/** Intel SDM vol. 3A, "Task Priority Register". */
export const TPR = register('TPR', { subClass: [3, 0], priorityClass: [7, 4] });

/** Intel SDM vol. 3A, "Local APIC ID Register", in x2APIC form. */
export const ID = register('ID', { apicId: [31, 0] });

/** Intel SDM vol. 3A, "Processor Priority Register"; follows from TPR and ISR. */
export const PPR = register('PPR', { subClass: [3, 0], priorityClass: [7, 4] });

/** Values of `ICR_LO.deliveryMode` that are modelled. */
export const DeliveryMode = { fixed: 0b000, nmi: 0b100, init: 0b101, startup: 0b110 } as const;
export type DeliveryMode = (typeof DeliveryMode)[keyof typeof DeliveryMode];
