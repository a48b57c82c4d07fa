import { hex, toHex } from '../../base/hex.ts';
import { checkWords, readArguments, show } from '../arguments.ts';
import type { Verb } from '../command.ts';
import { askAbout } from '../instances.ts';
import { subtypeName, typeName } from '../mk-words.ts';
import { didYouMean } from '../nearest.ts';
import { readSlot } from '../slot.ts';
import { table } from '../text-table.ts';

/** `mk stats`: numbers of the run. */
export const mkStats: Verb = {
  name: 'stats',
  summary: 'count what became of the messages of this run',
  usage: 'mk stats',
  *run(args, io) {
    checkWords(readArguments(args).words, '', 0, 0);
    const { stats } = yield* askAbout();
    for (const [name, value] of Object.entries(stats)) io.out(`${name.padEnd(12)}${value}\n`);
    return 0;
  },
};

/** `mk handlers`: who listens to what on this kernel. */
export const mkHandlers: Verb = {
  name: 'handlers',
  summary: 'show the handlers this kernel has registered',
  usage: 'mk handlers',
  *run(args, io) {
    checkWords(readArguments(args).words, '', 0, 0);
    const { handlers } = yield* askAbout();
    if (handlers.length === 0) io.out('no handlers\n');
    else
      io.out(
        table(
          ['TYPE', 'HANDLER'],
          handlers.map(({ type, what }) => [typeName(type), what]),
        ),
      );
    return 0;
  },
};

/** Payload bytes a table shows. */
const PAYLOAD_SHOWN = 16;

/** `mk slots`: what is in the receive areas. */
export const mkSlots: Verb = {
  name: 'slots',
  summary: 'show what the slots of the receive areas hold',
  usage: 'mk slots [NAME] [-a]',
  more: '  -a  empty slots too',
  options: ['-a'],
  *run(args, io) {
    const { words, has } = readArguments(args, 'a');
    checkWords(words, '', 0, 1);
    const { areas } = yield* askAbout();
    const name = words[0];
    const wanted = areas.filter(({ instance }) => name === undefined || instance === name);
    if (wanted.length === 0 && name !== undefined) {
      const names = areas.map(({ instance }) => instance);
      io.err(`mk: slots: no receive area of ${show(name)}${didYouMean(name, names)}`);
      return 1;
    }
    for (const { instance, start, slots } of wanted) {
      io.out(`${instance}: receive area at ${hex(start)}, ${slots.length} slots\n`);
      const rows = slots.flatMap(({ slot, bytes }) =>
        readSlot(bytes) || has('a') ? [rowOf(slot, bytes)] : [],
      );
      if (rows.length === 0) io.out('all empty\n');
      else io.out(table(['SLOT', 'FROM', 'TYPE', 'SUBTYPE', 'SIZE', 'PAYLOAD'], rows));
    }
    if (areas.length === 0) io.out('no receive areas\n');
    return 0;
  },
  complete: (_words, { instances }) => instances,
};

function rowOf(number: number, bytes: Uint8Array): string[] {
  const slot = readSlot(bytes);
  if (!slot) return [String(number), '-'];
  const { senderCpu, type, dataSize, message } = slot;
  const payload = message?.payload ?? new Uint8Array(0);
  const more = payload.length > PAYLOAD_SHOWN ? '...' : '';
  return [
    String(number),
    `cpu${senderCpu}`,
    typeName(type),
    message ? subtypeName(message.subtype) : '-',
    String(dataSize),
    toHex(payload.subarray(0, PAYLOAD_SHOWN)) + more,
  ];
}
