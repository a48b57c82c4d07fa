import { ERRNO } from '../base/errno.ts';
import { hex } from '../base/hex.ts';
import { MK_MSG, MK_SUBTYPES } from '../kernel/mk.layout.ts';
import { errnoText, readWhole, show, wholeNumber, type Arguments } from './arguments.ts';
import type { About, Answer, Ask } from './ask.ts';
import { WrongUsage, type Io, type Lookups, type Steps } from './command.ts';
import { askAbout } from './instances.ts';
import { didYouMean } from './nearest.ts';

/** Words for the four categories of messages. */
export const TYPE_WORDS: readonly string[] = Object.keys(MK_MSG).map((name) => name.toLowerCase());
/** Words for the subtypes. */
const SUBTYPE_WORDS: readonly string[] = Object.keys(MK_SUBTYPES);

/** Raw PFN interrupts, which have no message in them. */
export const PFN = 'pfn';
/** The host has this id, where it has one. */
const HOST_ID = 0;
/** Largest page frame number of a machine with 52 address bits. */
export const PFN_MAX = 2 ** 40 - 1;
/** Bits of Linux's int ids that a console can mean. */
const ID_MAX = 0x7fff_ffff;

/** `io`, `0x1000` or `4096`: a message type. Any 32-bit number is one. */
export function readType(word: string): number {
  const at = TYPE_WORDS.indexOf(word.toLowerCase());
  const value = at >= 0 ? Object.values(MK_MSG)[at] : readWhole(word);
  if (value === undefined)
    throw new WrongUsage(
      `no type ${show(word)}${didYouMean(word, TYPE_WORDS)} (${TYPE_WORDS.join(', ')} or a number)`,
    );
  return value;
}

/** `heartbeat`, `0x3001` or `12289`: a subtype. Nothing checks that it belongs to the type. */
export function readSubtype(word: string): number {
  const value = Object.entries(MK_SUBTYPES).find(([name]) => name === word)?.[1] ?? readWhole(word);
  if (value === undefined)
    throw new WrongUsage(
      `no subtype ${show(word)}${didYouMean(word, SUBTYPE_WORDS)} (a word such as heartbeat, or a number)`,
    );
  return value;
}

/** `system (0x3000)`, or the number alone. */
export function typeName(type: number): string {
  const found = Object.entries(MK_MSG).find(([, value]) => value === type);
  return found ? `${found[0].toLowerCase()} (${hex(type)})` : hex(type);
}

/** `heartbeat (0x3001)`, or the number alone. */
export function subtypeName(subtype: number): string {
  const found = Object.entries(MK_SUBTYPES).find(([, value]) => value === subtype);
  return found ? `${found[0]} (${hex(subtype)})` : hex(subtype);
}

/** Whom a message is for. */
export interface Receiver {
  readonly id: number;
  readonly name: string;
  readonly about: About;
}

/** The receiver that a name or an id means; null after saying that there is none of that name. */
export function* findReceiver(io: Io, verb: string, word: string): Steps<Receiver | null> {
  const about = yield* askAbout();
  const id = readWhole(word, 0, ID_MAX);
  if (id !== undefined) return { id, name: `instance ${id}`, about };
  const instance = about.instances.find((one) => one.name === word);
  if (instance) return { id: instance.id, name: word, about };
  if (word === 'host') return { id: HOST_ID, name: word, about };
  const names = about.instances.map((one) => one.name);
  io.err(`mk: ${verb}: no instance ${show(word)}${didYouMean(word, names)}`);
  return null;
}

/** `--cpu N` and `--hold` of a send. */
export interface SendOptions {
  readonly cpu: number | null;
  readonly hold: boolean;
}
/** Letters of those options, and of `--len`. */
export const SEND_LETTERS = 'c:hl:';
export const SEND_LONG = { cpu: 'c', hold: 'h', len: 'l' } as const;
/** What completion offers of them. */
export const SEND_OPTIONS = ['--cpu', '--hold'];
/** What usage says of them. */
export const SEND_USAGE = '[--cpu N] [--hold]';

/** Reads those options. */
export function readSendOptions(given: Arguments): SendOptions {
  const cpu = given.value('c');
  return {
    cpu: cpu === undefined ? null : wholeNumber(cpu, '--cpu', 0, 65_535),
    hold: given.has('h'),
  };
}

/** What a call with `--cpu` came to: no kernel answers -ENXIO, only who looks for that CPU. */
export const sendErrno = (ret: number): string =>
  ret === -ERRNO.ENXIO
    ? `${errnoText(ret)}: that CPU is not online in this kernel`
    : errnoText(ret);

/** Asks for a send, and says what it came to when it failed. */
export function* sendAndTell(io: Io, receiver: Receiver, ask: Ask): Steps<number> {
  const { ret }: Answer = yield ask;
  if (ret >= 0) return 0;
  const lonely =
    ret === -ERRNO.EINVAL && !receiver.about.isHost && !receiver.about.glue.includes('two-way');
  const why = lonely ? ': a spawned kernel of v2 knows nobody to send to' : '';
  io.err(`mk: send to ${receiver.name}: ${sendErrno(ret)}${why}`);
  return 1;
}

/** Names a receiver may have, for completion. */
export const receiverNames = ({ instances }: Lookups): readonly string[] => [...instances, 'host'];
