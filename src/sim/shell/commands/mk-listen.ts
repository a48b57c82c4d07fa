import { hex } from '../../base/hex.ts';
import { checkWords, errnoText, readArguments } from '../arguments.ts';
import type { Io, Steps, Verb } from '../command.ts';
import { PFN, readType, TYPE_WORDS, typeName } from '../mk-words.ts';
import { MK_PFN_IPI_TYPE } from '../../kernel/mk.layout.ts';

const completeType = (): readonly string[] => [...TYPE_WORDS, PFN];

/** `mk listen`: registers our handler for a type. */
export const mkListen: Verb = {
  name: 'listen',
  summary: 'register a handler for messages of a type',
  usage: 'mk listen TYPE|pfn',
  run: (args, io) => change('listen', 'listening to', args, io),
  complete: completeType,
};

/** `mk unlisten`: removes it. */
export const mkUnlisten: Verb = {
  name: 'unlisten',
  summary: 'remove that handler',
  usage: 'mk unlisten TYPE|pfn',
  run: (args, io) => change('unlisten', 'no longer listening to', args, io),
  complete: completeType,
};

function* change(
  call: 'listen' | 'unlisten',
  done: string,
  args: readonly string[],
  io: Io,
): Steps<number> {
  const { words } = readArguments(args);
  checkWords(words, 'TYPE', 1, 1);
  const [word = ''] = words;
  const type = word === PFN ? PFN : readType(word);
  const name = type === PFN ? `${PFN} (${hex(MK_PFN_IPI_TYPE)})` : typeName(type);
  const { ret } = yield { call, type };
  if (ret >= 0) {
    io.out(`${done} ${name}\n`);
    return 0;
  }
  io.err(`mk: ${call} ${name}: ${errnoText(ret)}`);
  return 1;
}
