import { fromHex } from '../../base/hex.ts';
import { MK_MSG, MK_SUBTYPES } from '../../kernel/mk.layout.ts';
import {
  checkWords,
  readArguments,
  readWhole,
  show,
  wholeNumber,
  type Arguments,
} from '../arguments.ts';
import { WrongUsage, type Io, type Lookups, type Steps, type Verb } from '../command.ts';
import {
  findReceiver,
  PFN,
  PFN_MAX,
  readSendOptions,
  readSubtype,
  readType,
  receiverNames,
  SEND_LETTERS,
  SEND_LONG,
  SEND_OPTIONS,
  SEND_USAGE,
  sendAndTell,
  sendErrno,
  TYPE_WORDS,
} from '../mk-words.ts';

/** `mk send`: a message, or the number of a page. */
export const mkSend: Verb = {
  name: 'send',
  summary: 'send a message, or the number of a page',
  usage: `mk send NAME|ID TYPE SUBTYPE [PAYLOAD] ${SEND_USAGE} [--len N]
mk send NAME|ID pfn PFN ${SEND_USAGE}`,
  more: `  TYPE      ${TYPE_WORDS.join(', ')}, or any 32-bit number
  SUBTYPE   ${Object.keys(MK_SUBTYPES).join(', ')}, or a number
  PAYLOAD   hexadecimal bytes, such as 0xa1b2
  --len N   N zero bytes instead of a payload
  --cpu N   the CPU that sends
  --hold    put it on that CPU and leave the steps to a schedule`,
  options: [...SEND_OPTIONS, '--len'],
  *run(args, io) {
    const given = readArguments(args, SEND_LETTERS, SEND_LONG);
    const [to = '', typeWord = '', third = '', payloadWord] = given.words;
    const isPfn = typeWord === PFN;
    checkWords(
      given.words,
      ['NAME', 'TYPE', isPfn ? 'PFN' : 'SUBTYPE'][given.words.length] ?? '',
      3,
      isPfn ? 3 : 4,
    );
    if (isPfn) return yield* sendPage(io, 'send', to, third, given);
    const options = readSendOptions(given);
    const length = given.value('l');
    const type = readType(typeWord);
    const subtype = readSubtype(third);
    const payload = payloadWord === undefined ? null : readPayload(payloadWord);
    if (payload && length !== undefined)
      throw new WrongUsage('a payload has its own length, so --len goes without one');
    const size = payload?.length ?? (length === undefined ? 0 : wholeNumber(length, '--len'));
    const receiver = yield* findReceiver(io, 'send', to);
    if (!receiver) return 1;
    const { id } = receiver;
    const message = { call: 'send', id, type, subtype, payload, length: size } as const;
    return yield* sendAndTell(io, receiver, { ...message, ...options });
  },
  complete: completeSend,
};

/** `mk pfn`: the same for pages, in fewer words. */
export const mkPfn: Verb = {
  name: 'pfn',
  summary: 'send the number of a page',
  usage: `mk pfn NAME|ID PFN ${SEND_USAGE}`,
  options: SEND_OPTIONS,
  *run(args, io) {
    const given = readArguments(args, SEND_LETTERS, SEND_LONG);
    checkWords(given.words, given.words.length === 0 ? 'NAME' : 'PFN', 2, 2);
    const [to = '', number = ''] = given.words;
    return yield* sendPage(io, 'pfn', to, number, given);
  },
  complete: (words, lookups) => (words.length === 1 ? receiverNames(lookups) : []),
};

/** Largest type `mk raw` takes: the parameter has 64 bits, the slot 32. */
const RAW_TYPE_MAX = 2 ** 48 - 1;

/** `mk raw`: what code inside the kernel could do, which need not send messages. */
export const mkRaw: Verb = {
  name: 'raw',
  summary: 'write bytes that are no message, as code inside the kernel could',
  usage: `mk raw NAME|ID TYPE [BYTES] ${SEND_USAGE} [--len N]`,
  more: `  TYPE      ${TYPE_WORDS.join(', ')}, or a number of up to 48 bits
  BYTES     hexadecimal, at most 256 of them
  --len N   N bytes without data: NULL is passed for them
It calls multikernel_send_ipi_data, which the series does not export to modules.`,
  options: [...SEND_OPTIONS, '--len'],
  *run(args, io) {
    const given = readArguments(args, SEND_LETTERS, SEND_LONG);
    checkWords(given.words, given.words.length === 0 ? 'NAME' : 'TYPE', 2, 3);
    const [to = '', typeWord = '', word] = given.words;
    const options = readSendOptions(given);
    const length = given.value('l');
    const type = readWhole(typeWord, 0, RAW_TYPE_MAX) ?? readType(typeWord);
    const bytes = word === undefined ? null : readPayload(word);
    if (bytes && length !== undefined)
      throw new WrongUsage('bytes have their own length, so --len goes without them');
    const size = bytes?.length ?? (length === undefined ? 0 : wholeNumber(length, '--len'));
    const receiver = yield* findReceiver(io, 'raw', to);
    if (!receiver) return 1;
    const raw = { call: 'send_raw', id: receiver.id, type, bytes, length: size } as const;
    return yield* sendAndTell(io, receiver, { ...raw, ...options });
  },
  complete: (words, lookups) =>
    words.length === 1 ? receiverNames(lookups) : words.length === 2 ? TYPE_WORDS : [],
};

/** `mk bell`: a doorbell, which carries nothing. */
export const mkBell: Verb = {
  name: 'bell',
  summary: 'ring a doorbell of an instance, or of the host',
  usage: `mk bell NAME|ID [QUEUE] ${SEND_USAGE}`,
  more: `  QUEUE  0 to 7; 0 when left out. A kernel of ours listens to 0 and 1.
Only the profile doorbell has them. Ringing twice is like ringing once.`,
  options: SEND_OPTIONS,
  *run(args, io) {
    const given = readArguments(args, SEND_LETTERS, SEND_LONG);
    checkWords(given.words, 'NAME', 1, 2);
    const [to = '', word = '0'] = given.words;
    const options = readSendOptions(given);
    const queue = wholeNumber(word, 'QUEUE', 0, 7);
    const receiver = yield* findReceiver(io, 'bell', to);
    if (!receiver) return 1;
    const { ret } = yield { call: 'bell', id: receiver.id, queue, ...options };
    if (ret >= 0) return 0;
    io.err(`mk: bell ${receiver.name}: ${sendErrno(ret)}`);
    return 1;
  },
  complete: (words, lookups) => (words.length === 1 ? receiverNames(lookups) : []),
};

function* sendPage(
  io: Io,
  verb: string,
  to: string,
  number: string,
  given: Arguments,
): Steps<number> {
  const options = readSendOptions(given);
  if (given.has('l')) throw new WrongUsage('a page number has no --len');
  const pfn = wholeNumber(number, 'PFN', 0, PFN_MAX);
  const receiver = yield* findReceiver(io, verb, to);
  if (!receiver) return 1;
  const page = { call: 'send_pfn', id: receiver.id, pfn } as const;
  return yield* sendAndTell(io, receiver, { ...page, ...options });
}

function readPayload(word: string): Uint8Array {
  const bytes = fromHex(word);
  if (bytes) return bytes;
  throw new WrongUsage(
    `a payload is whole bytes in hexadecimal, such as 0xa1b2, not ${show(word)}`,
  );
}

function completeSend(typed: readonly string[], lookups: Lookups): readonly string[] {
  const words = typed.filter(
    (word, i) => !word.startsWith('-') && !['--cpu', '--len'].includes(typed[i - 1] ?? ''),
  );
  if (words.length === 1) return receiverNames(lookups);
  if (words.length === 2) return [...TYPE_WORDS, PFN];
  const category = Object.entries(MK_MSG).find(([name]) => name.toLowerCase() === words[1])?.[1];
  if (words.length !== 3 || category === undefined) return [];
  return Object.entries(MK_SUBTYPES).flatMap(([name, value]) =>
    (value & 0xf000) === category ? [name] : [],
  );
}
