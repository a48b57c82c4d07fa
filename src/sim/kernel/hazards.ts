/** Harm the published code does that the model can reach, by number. */
export const HAZARD = {
  slotPastArea: 1,
  slotIndexOutOfRange: 2,
  ipiToInvalidCpu: 3,
  useAfterFree: 4,
  hang: 5,
  payloadPastSlot: 6,
  doubleFree: 7,
  cpuTakenTwice: 8,
  readPastBuffer: 9,
  hostMemoryOverwritten: 10,
  jumpNowhere: 11,
} as const;
export type HazardName = keyof typeof HAZARD;

/** What the page, the log and the expression language say of a hazard. */
export interface HazardText {
  readonly id: number;
  readonly key: HazardName;
  /** Id in the specification's hazard tables. */
  readonly fact: string;
  readonly text: string;
}

const row = (key: HazardName, fact: string, text: string): HazardText => ({
  id: HAZARD[key],
  key,
  fact,
  text,
});

export const HAZARDS: readonly HazardText[] = [
  row('slotPastArea', 'H10', 'the slot lies behind the area: nobody checked the CPU number'),
  row(
    'slotIndexOutOfRange',
    'H9',
    'the APIC id is no index of the area: bytes behind it were read',
  ),
  row('ipiToInvalidCpu', 'H10', 'an interrupt was sent to a CPU that does not exist'),
  row('useAfterFree', 'H19', 'a freed object was used'),
  row('hang', 'H19c', 'the CPU waits for itself, for ever'),
  row('payloadPastSlot', 'M3', 'a handler was told of more payload than its slot has'),
  row('doubleFree', 'H19', 'an object was freed twice'),
  row('cpuTakenTwice', 'I1', 'two instances own the same CPU'),
  row('readPastBuffer', '05 §4.1', 'a device tree claims more bytes than were written'),
  row('hostMemoryOverwritten', '05 §7.3', 'live memory of the host is overwritten'),
  row('jumpNowhere', 'H-M1', 'a CPU jumped to where no kernel is'),
];
