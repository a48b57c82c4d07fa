import { hex } from '../../base/hex.ts';
import { checkWords, readArguments, type Arguments } from '../arguments.ts';
import type { Ask } from '../ask.ts';
import { WrongUsage, type Verb } from '../command.ts';
import {
  findReceiver,
  PFN,
  readSendOptions,
  readType,
  SEND_OPTIONS,
  SEND_USAGE,
  TYPE_WORDS,
  typeName,
  sendErrno,
} from '../mk-words.ts';
import { MK_PFN_IPI_TYPE } from '../../kernel/mk.layout.ts';

type Listen = Extract<Ask, { call: 'listen' }>;

const completeType = (): readonly string[] => [...TYPE_WORDS, PFN];
/** What a handler can do besides listening, and the letter of its option. */
const WAYS = [
  ['once', 'o'],
  ['reply', 'r'],
  ['keep', 'k'],
  ['trust', 't'],
] as const satisfies readonly (readonly [Listen['as'], string])[];

/** `mk listen`: registers our handler for a type. */
export const mkListen: Verb = {
  name: 'listen',
  summary: 'register a handler for messages of a type',
  usage: `mk listen TYPE|pfn ${SEND_USAGE}
mk listen TYPE --once|--keep|--trust|--reply NAME|ID ${SEND_USAGE}`,
  more: `  --once      removes itself after its first message
  --keep      keeps a pointer to its payload until the next message
  --trust     takes its payload for the struct of the subtype, however short it is
  --reply ID  sends a message to that instance for each one it gets
  --cpu N     the CPU that registers
  --hold      put it on that CPU and leave the steps to a schedule
These four are how one would like to write a handler. man H19c, M16, M9 and H12 tell why not.`,
  options: ['--once', '--keep', '--trust', '--reply', ...SEND_OPTIONS],
  *run(args, io) {
    const long = { once: 'o', keep: 'k', trust: 't', reply: 'r', cpu: 'c', hold: 'h' };
    const given = readArguments(args, 'oktr:c:h', long);
    const { type, name } = readOne(given);
    const ways = WAYS.filter(([, letter]) => given.has(letter));
    const [way] = ways;
    if (ways.length > 1)
      throw new WrongUsage('a handler is one of --once, --keep, --trust, --reply');
    if (way && type === PFN) throw new WrongUsage('page numbers have the plain handler only');
    const { cpu, hold } = readSendOptions(given);
    let ask: Listen = { call: 'listen', type };
    if (way) ask = { ...ask, as: way[0] };
    if (cpu !== null) ask = { ...ask, cpu };
    if (hold) ask = { ...ask, hold };
    const to = given.value('r');
    if (to !== undefined) {
      const receiver = yield* findReceiver(io, 'listen', to);
      if (!receiver) return 1;
      ask = { ...ask, id: receiver.id };
    }
    const { ret } = yield ask;
    if (ret >= 0 && !hold) io.out(`listening to ${name}\n`);
    if (ret >= 0) return 0;
    io.err(`mk: listen ${name}: ${sendErrno(ret)}`);
    return 1;
  },
  complete: completeType,
};

/** `mk unlisten`: removes it. */
export const mkUnlisten: Verb = {
  name: 'unlisten',
  summary: 'remove that handler',
  usage: 'mk unlisten TYPE|pfn',
  *run(args, io) {
    const { type, name } = readOne(readArguments(args));
    const { ret } = yield { call: 'unlisten', type };
    if (ret >= 0) {
      io.out(`no longer listening to ${name}\n`);
      return 0;
    }
    io.err(`mk: unlisten ${name}: ${sendErrno(ret)}`);
    return 1;
  },
  complete: completeType,
};

/** The one word: a type, and what to call it. */
function readOne({ words }: Arguments): { type: Listen['type']; name: string } {
  checkWords(words, 'TYPE', 1, 1);
  const [word = ''] = words;
  const type = word === PFN ? PFN : readType(word);
  return { type, name: type === PFN ? `${PFN} (${hex(MK_PFN_IPI_TYPE)})` : typeName(type) };
}
