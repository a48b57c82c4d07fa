import {
  MK_CPU_RESOURCE_PAYLOAD,
  MK_IO_IRQ_PAYLOAD,
  MK_MEM_RESOURCE_PAYLOAD,
  MK_MSG,
  MK_SUBTYPES,
} from '../../kernel/mk.layout.ts';
import type { Layout } from '../../base/layout.ts';
import { checkWords, readArguments, U32_MAX, wholeNumber } from '../arguments.ts';
import { WrongUsage, type Verb } from '../command.ts';
import {
  findReceiver,
  PFN_MAX,
  readSendOptions,
  receiverNames,
  SEND_LETTERS,
  SEND_LONG,
  SEND_OPTIONS,
  SEND_USAGE,
  sendAndTell,
} from '../mk-words.ts';

/** One of the kernel's inline helpers: what it sends, and the words for the fields it fills. */
interface Helper {
  readonly subtype: keyof typeof MK_SUBTYPES;
  readonly summary: string;
  readonly type: number;
  readonly payload: Layout<string>;
  /** Words in order: what usage calls them, and the fields they fill. The other fields are 0. */
  readonly words: readonly (readonly [word: string, field: string])[];
}

const CPU = { type: MK_MSG.RESOURCE, payload: MK_CPU_RESOURCE_PAYLOAD };
const MEMORY = { type: MK_MSG.RESOURCE, payload: MK_MEM_RESOURCE_PAYLOAD };

/** Source: include/linux/multikernel.h of v2, `mk_send_irq_forward` and those behind it. */
const HELPERS: readonly Helper[] = [
  {
    subtype: 'irq-forward',
    summary: 'pass on an interrupt of a device',
    type: MK_MSG.IO,
    payload: MK_IO_IRQ_PAYLOAD,
    words: [
      ['IRQ', 'irq_number'],
      ['VECTOR', 'vector'],
      ['DEVICE', 'device_id'],
      ['FLAGS', 'flags'],
    ],
  },
  {
    ...CPU,
    subtype: 'cpu-add',
    summary: 'offer a CPU',
    words: [
      ['CPU', 'cpu_id'],
      ['NODE', 'numa_node'],
      ['FLAGS', 'flags'],
    ],
  },
  { ...CPU, subtype: 'cpu-remove', summary: 'ask for a CPU back', words: [['CPU', 'cpu_id']] },
  {
    ...MEMORY,
    subtype: 'mem-add',
    summary: 'offer pages',
    words: [
      ['PFN', 'start_pfn'],
      ['PAGES', 'nr_pages'],
      ['NODE', 'numa_node'],
      ['TYPE', 'mem_type'],
    ],
  },
  {
    ...MEMORY,
    subtype: 'mem-remove',
    summary: 'ask for pages back',
    words: [
      ['PFN', 'start_pfn'],
      ['PAGES', 'nr_pages'],
    ],
  },
];

function verbOf(helper: Helper, name: string = helper.subtype): Verb {
  const { subtype, summary, type, payload, words: fields } = helper;
  return {
    name,
    summary,
    usage: `mk ${name} NAME|ID ${fields.map(([word]) => word).join(' ')} ${SEND_USAGE}`,
    options: SEND_OPTIONS,
    *run(args, io) {
      const given = readArguments(args, SEND_LETTERS, SEND_LONG);
      const options = readSendOptions(given);
      if (given.has('l')) throw new WrongUsage('its payload has one length, so there is no --len');
      const [to = '', ...values] = given.words;
      const missing = given.words.length === 0 ? 'NAME' : fields[values.length]?.[0];
      checkWords(given.words, missing ?? '', fields.length + 1, fields.length + 1);
      const bytes = fill(payload, fields, values);
      const receiver = yield* findReceiver(io, name, to);
      if (!receiver) return 1;
      return yield* sendAndTell(io, receiver, {
        call: 'send',
        id: receiver.id,
        type,
        subtype: MK_SUBTYPES[subtype],
        payload: bytes,
        length: bytes.length,
        ...options,
      });
    },
    complete: (words, lookups) => (words.length === 1 ? receiverNames(lookups) : []),
  };
}

/** Bytes of a payload with these fields filled in, little endian. */
function fill(
  payload: Layout<string>,
  fields: Helper['words'],
  values: readonly string[],
): Uint8Array {
  const bytes = new Uint8Array(payload.size);
  const view = new DataView(bytes.buffer);
  for (const [i, [word, name]] of fields.entries()) {
    const field = payload.fields.find((one) => one.name === name)!;
    const wide = field.size === 8;
    const value = wholeNumber(values[i]!, word, 0, wide ? PFN_MAX : U32_MAX);
    if (wide) view.setBigUint64(field.offset, BigInt(value), true);
    else view.setUint32(field.offset, value, true);
  }
  return bytes;
}

/** `mk irq-forward` and its like: the messages v2 has helpers for. */
export const mkHelpers: readonly Verb[] = [
  ...HELPERS.map((helper) => verbOf(helper)),
  // The same with the words turned round, as the kernel's function has them.
  verbOf(HELPERS[0]!, 'forward-irq'),
];
