/**
 * Harm the published code does that the model can reach. Per key: ids of the specification's hazard
 * tables, then what happened. A hazard's number is its place here, from 1: new ones go to the end.
 */
const TEXTS = {
  slotPastArea: ['H10 R11', 'the slot lies behind the area: nobody checked the CPU number'],
  slotIndexOutOfRange: ['H9', 'the APIC id is no index of the area: bytes behind it were read'],
  ipiToInvalidCpu: ['H10 R14', 'an interrupt was sent to a CPU that does not exist'],
  useAfterFree: ['H19 K9', 'a freed object was used'],
  hang: ['H19c T9', 'the CPU waits for itself, for ever'],
  payloadPastSlot: ['M3', 'a handler was told of more payload than its slot has'],
  doubleFree: ['H19', 'an object that is free was freed again'],
  cpuTakenTwice: ['I1', 'two instances own the same CPU'],
  readPastBuffer: ['K14', 'a device tree claims more bytes than there are'],
  hostMemoryOverwritten: ['I7', 'live memory of the host is overwritten'],
  jumpNowhere: ['H-M10', 'a CPU jumped to where no kernel is, and the caller was told 0'],
  slotOverwritten: ['H2 M5 V1 R5', 'a message was wiped that nobody had read whole'],
  interruptMerged: ['H3 V7', 'an interrupt folded into one that was pending'],
  workPending: ['H4 V7', 'the irq_work was pending already: one callback for two interrupts'],
  messageTorn: ['H5 V2 R3', 'a handler had the header of one message and the payload of another'],
  phantomMessage: ['H6 M4 R3', 'a handler was called for a message that nobody sent'],
  clearedUnderReader: ['H6', 'the slot was being refilled when the receiver looked: no message'],
  typeChanged: ['H6', 'the callback finds another type than the one that was matched'],
  deliveredAgain: ['H7 M15 V6 R2', 'a message was handled once more: the slot is never cleared'],
  sendersCollide: ['H8', 'two senders are in the same slot'],
  wrongSlot: [
    'H9 H-M8 V5',
    'the slot was chosen by CPU number, the receiver reads that of its APIC id',
  ],
  nullMask: ['H10b', 'the cpu mask was never allocated: a NULL pointer is read'],
  referenceLeak: [
    'H11 R16',
    'a removed instance stays in memory: sends never gave back its references',
  ],
  sleepsInInterrupt: ['H12 M7 M8 T14', 'an interrupt handler takes a mutex, which may sleep'],
  deafKernel: ['H13', 'an interrupt reached a kernel that has no receive area'],
  muteKernel: ['H13b K12', 'a spawned kernel knows no instance, so it can send to nobody'],
  typeTruncated: ['H14', 'the type was cut to 32 bits'],
  deadPath: ['H1', 'the instance has no area, as nothing in the series creates one'],
  unreachableId: ['H16', 'the id is beyond the map of areas: no message can ever be sent'],
  staleArea: ['H17', 'the id has the area of an instance that is gone'],
  savedPointerReplaced: ['H20 R4', 'a slot that waited for its callback was replaced by another'],
  areaFragmented: ['H21b', 'the pool has room for the area, but not in one piece'],
  emptyMessage: ['H22 R13', 'a message without bytes was sent: the receiver takes it for none'],
  foreignPage: ['H25', 'a page was mapped that belongs to neither sender nor receiver'],
  tooEarly: ['H26', 'an interrupt came before the receive area was mapped'],
  doubleFetch: ['H27', 'what was checked is not what was used: the slot changed in between'],
  staleDelivery: ['H29', 'a message to the kernel before was delivered to this one'],
  nobodyThere: ['H30 R17 T12 D1', 'nobody took the interrupt: the CPU does not listen'],
  rungForAnother: ['H32', 'the CPU that was rung runs another instance'],
  registeredTwice: ['M1', 'two handlers are registered for one message type'],
  innerTypeDiffers: ['M2', 'the type inside the message is not the one it was routed by'],
  payloadTooShort: ['M9', 'a handler read beyond the payload it was given'],
  nobodyListens: ['M10', 'no handler has this type: the message is dropped'],
  payloadChanged: ['M16', 'a payload that a handler kept a pointer to has changed'],
  notAMessage: ['M12 M17', 'bytes without a message header reached a message handler'],
  stopIsSuccess: ['K1', 'the notifier gave up with NOTIFY_STOP, which counts as success'],
  bootedWithoutHandOver: ['K2', 'the hand-over failed, and the kernel is started all the same'],
  treeTooLarge: ['K3', 'the device tree does not fit into the hand-over page'],
  handOverPageFreed: ['K6', 'the hand-over page was given back before it was read'],
  danglingImage: ['K9', 'the load failed half-way: the instance points to a freed image'],
  runningImageFreed: ['K11 I5', 'the image of a running kernel was freed'],
  idTooShort: ['K13', 'the id has no four bytes: those behind it were read'],
  handOverRewritten: ['K19', 'the hand-over page of a running kernel is written again'],
  resourcesLeaked: ['I2', 'an instance was refused after its resources were taken'],
  uploadFailureHidden: ['I3', 'an instance was not created, and the write succeeds'],
  updateIgnored: ['I4', 'the instance exists: what was written for it is ignored'],
  runningInstanceRemoved: ['I5', 'an instance was removed while its kernel runs'],
  poolDestroyedInUse: ['I6', 'a pool was destroyed while parts of it were allocated'],
  cpuNotTaken: ['I8', 'a CPU could not be taken, and the instance is ready all the same'],
  idUnusable: ['I9', 'an instance has an id it can never be loaded or reached by'],
  freedBehindFile: ['I10', 'the instance is freed while its files can still be read'],
  wrongImage: ['H-M1', 'a CPU was started with the address meant for another'],
  trampolineCopied: ['H-M2', 'a spawned kernel copied its trampoline over the one of the host'],
  trampolineNoRoom: [
    'H-M2',
    'a spawned kernel has no memory below 1 MiB for its trampoline, and panics',
  ],
  kernelReset: ['H-M4', 'INIT reset the CPU on which a kernel was running'],
  cpuStillOnline: ['H-M5', 'a CPU of the instance still runs the kernel that starts it'],
  claimsAllCpus: ['H-M6', 'a spawned kernel believes that every CPU is its own'],
  claimsAllMemory: ['H-M11', 'a spawned kernel believes that all memory is its own'],
  leftovers: ['V3', 'bytes of the message before are behind those of this one'],
  bootWipe: ['V4', 'a kernel that starts cleared a message that was waiting'],
  falseFull: ['R6 T6', 'a ring was called full that is empty'],
  ringLapped: ['R7 T7', 'the head caught up with the tail: a full ring looks empty'],
  ringCleared: ['R8', 'a ring was cleared while messages were in it'],
  danglingRing: ['R9', 'a message is written into a ring whose pages were given back'],
  diesInInterrupt: ['R10', 'an interrupt before the ring was mapped: the kernel dies of it'],
  slotSkipped: ['R1 R12', 'a slot was skipped while it was being filled'],
  headOfLine: ['T1 T2 T3', 'messages wait behind a slot that nobody publishes'],
  droppedAtExec: ['T4a', 'a message was dropped because another kernel was started'],
  ghostMessage: ['T4c', 'a message was published in a slot that is not its own any more'],
  tailMovedBack: ['T4b T5 R18 D5', 'the tail was moved from where somebody else had put it'],
  bellTooEarly: ['D2', 'a doorbell was rung before anybody was there to look'],
  bellForNobody: ['D3', 'a doorbell was taken that no queue and no device wants'],
} as const satisfies Record<string, readonly [facts: string, text: string]>;
export type HazardName = keyof typeof TEXTS;

/** Number of each hazard, as rows of the trace and tallies have it. */
export const HAZARD = Object.fromEntries(
  Object.keys(TEXTS).map((key, i) => [key, i + 1]),
) as Readonly<Record<HazardName, number>>;

/** What the page, the log and the expression language say of a hazard. */
export interface HazardText {
  readonly id: number;
  readonly key: HazardName;
  /** Ids in the specification's hazard tables. */
  readonly facts: readonly string[];
  readonly text: string;
}

export const HAZARDS: readonly HazardText[] = (Object.keys(TEXTS) as HazardName[]).map((key) => {
  const [facts, text] = TEXTS[key];
  return { id: HAZARD[key], key, facts: facts.split(' '), text };
});

/** The hazards an id of the specification or a key stands for; none when it is neither. */
export const hazardsOf = (id: string): readonly HazardText[] =>
  HAZARDS.filter((each) => each.key === id || each.facts.includes(id));
