import { grown, type BlockTable } from '../../engine/block-table.ts';
import type { Symmetry } from '../../engine/model.ts';
import { fromHex } from '../../base/hex.ts';
import { LOG_EVENTS } from '../../kernel/log-events.ts';
import { MK_IPI_DATA, MK_MESSAGE } from '../../kernel/mk.layout.ts';
import { sendIpiData } from '../../kernel/ipi.ts';
import { CPU, FRAME } from '../../machine/cpu.layout.ts';
import { FRAME_WORDS, REGISTERS } from './cpu-blocks.ts';
import { CALL_HEAD, LOG_HEAD } from './effects.ts';
import type { WorldExplorer } from './world-explorer.ts';

/** Senders that are interchanged at most: their renamings are tried for every state. */
const SENDERS_MAX = 5;
const KIND = 0xff;

/** A CPU that sends one message, and all that tells it from the others. */
interface Sender {
  readonly cpu: number;
  /** Its place among the parts of a key. */
  readonly part: number;
  readonly apic: number;
  readonly subtype: number;
  /** The message as words of the buffer. */
  readonly message: Int32Array;
  /** Its block at the start. */
  readonly block: Int32Array;
}

/**
 * The renamings of senders that are alike: same routine at the same step, same slot, messages of one
 * type and length that differ in every word that differs at all. Empty where there are no such two, or
 * where anything that cannot be renamed depends on who is who.
 */
export function symmetriesOf(search: WorldExplorer): Symmetry[] {
  const senders = sendersOf(search);
  if (senders.length < 2 || !areAlike(senders)) return [];
  const { model } = search;
  const first = new Int32Array(model.width);
  const renamed = new Int32Array(model.width);
  model.first(first, 0);
  const found = permutations(senders.length).map(
    (order) => new SenderRenaming(search, senders, order),
  );
  return found.every((symmetry) => {
    symmetry.rename(first, 0, renamed);
    return first.every((block, part) => block === renamed[part]);
  })
    ? found
    : [];
}

function sendersOf({ world, survey, start }: WorldExplorer): Sender[] {
  if (start.cold.tasks.length > 0) return [];
  const { machine } = world;
  const { cpus } = survey.footprint;
  const found = cpus.flatMap((cpu, part): Sender[] => {
    const own = survey.messages.filter((message) => message.cpu === cpu);
    const [message] = own;
    if (!message || own.length > 1 || machine.pcOf(cpu) !== sendIpiData.at.S6) return [];
    const words = new Int32Array((MK_MESSAGE.size + message.payload.length / 2 + 3) >> 2);
    const bytes = new Uint8Array(words.buffer);
    words[MK_MESSAGE.at.msg_type / 4] = message.type;
    words[MK_MESSAGE.at.msg_subtype / 4] = message.subtype;
    words[MK_MESSAGE.at.payload_len / 4] = message.payload.length / 2;
    bytes.set(fromHex(message.payload) ?? [], MK_MESSAGE.at.payload);
    return [
      {
        ...{ cpu, part, subtype: message.subtype, message: words },
        apic: machine.H[cpu * CPU.stride + CPU.apicId]!,
        block: new Int32Array(0),
      },
    ];
  });
  return found.slice(0, SENDERS_MAX);
}

/** Where one word differs between two senders it must tell all of them apart, and from nothing. */
function areAlike(senders: readonly Sender[]): boolean {
  const [first] = senders;
  const isClear = (values: readonly number[]): boolean => {
    const different = new Set(values).size;
    return different === 1 || (different === senders.length && !values.includes(0));
  };
  return (
    new Set(senders.map(({ message }) => message[MK_MESSAGE.at.payload_len / 4])).size === 1 &&
    first!.message.every((_, i) => isClear(senders.map(({ message }) => message[i]!))) &&
    isClear(senders.map(({ apic }) => apic)) &&
    new Set(senders.map(({ message }) => message[MK_MESSAGE.at.msg_type / 4])).size === 1
  );
}

/** All orders of `0 … n-1` but the first. */
function permutations(n: number): number[][] {
  const all = (rest: readonly number[]): number[][] =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((each) =>
          all(rest.filter((other) => other !== each)).map((t) => [each, ...t]),
        );
  return all(Array.from({ length: n }, (_, i) => i)).slice(1);
}

/** Puts sender `order[i]` in the place of sender `i`, wherever a state or an effect names it. */
class SenderRenaming implements Symmetry {
  readonly #search: WorldExplorer;
  readonly #senders: readonly Sender[];
  readonly #order: readonly number[];
  /** Per part of a key, the part its block goes to, and what its blocks are renamed to (plus one). */
  readonly #to: readonly number[];
  readonly #renamed: Int32Array<ArrayBuffer>[];
  #effects = new Int32Array(64);
  /** Per group of words, what each of them can name. */
  readonly #named: readonly (readonly ((value: number) => number)[])[];

  constructor(search: WorldExplorer, senders: readonly Sender[], order: readonly number[]) {
    this.#search = search;
    const { model, survey } = search;
    const first = new Int32Array(model.width);
    model.first(first, 0);
    const { table } = model.cpuBlocks;
    const wordsOf = (block: number): Int32Array =>
      table.words.slice(table.at(block), table.at(block) + table.lengthOf(block));
    this.#senders = senders.map((each) => ({ ...each, block: wordsOf(first[each.part]!) }));
    this.#order = order;
    this.#to = Array.from(first, (_, part) => {
      const i = senders.findIndex((each) => each.part === part);
      return i < 0 ? part : senders[order[i]!]!.part;
    });
    this.#renamed = Array.from(first, () => new Int32Array(64));
    this.#named = survey.footprint.groups.map(({ words }) => this.#namesIn(words));
  }

  rename(keys: Int32Array, at: number, out: Int32Array): void {
    for (let part = 0; part < this.#to.length; part++) {
      const block = keys[at + part]!;
      const known = this.#renamed[part]![block] ?? 0;
      out[this.#to[part]!] = known > 0 ? known - 1 : this.#learn(part, block);
    }
  }

  renameAction(action: number): number {
    const i = this.#senders.findIndex(({ cpu }) => cpu === action >> 1);
    return i < 0 ? action : 2 * this.#senders[this.#order[i]!]!.cpu + (action & 1);
  }

  #learn(part: number, block: number): number {
    const { model, survey } = this.#search;
    const cpus = survey.footprint.cpus.length;
    const table = part < cpus ? model.cpuBlocks.table : model.groupTables[part - cpus]!;
    const words = table.words.slice(table.at(block), table.at(block) + table.lengthOf(block));
    const sender = this.#senders.findIndex((each) => each.part === part);
    if (sender >= 0) this.#renameSender(words, sender);
    else if (part < cpus) this.#renameReceiver(words);
    else words.forEach((word, i) => (words[i] = this.#named[part - cpus]![i]!(word)));
    return this.#keep(part, block, table, words);
  }

  #keep(part: number, block: number, table: BlockTable, words: Int32Array): number {
    const renamed = table.intern(words, 0, words.length);
    if (block >= this.#renamed[part]!.length)
      this.#renamed[part] = grown(this.#renamed[part]!, block + 1);
    this.#renamed[part]![block] = renamed + 1;
    return renamed;
  }

  /** What was the sender's own at the start, and still is, becomes the other's. */
  #renameSender(words: Int32Array, sender: number): void {
    const own = this.#senders[sender]!.block;
    const other = this.#senders[this.#order[sender]!]!.block;
    words.forEach((word, i) => {
      if (word === own[i] && own[i] !== other[i]) words[i] = other[i]!;
    });
  }

  /** A receiver knows of a sender what it has read from the slot: a subtype in its locals. */
  #renameReceiver(words: Int32Array): void {
    const depth = words[CPU.depth]!;
    const { program } = this.#search.world.machine;
    let at = REGISTERS + 2;
    for (let frame = 0; frame < depth; frame++) {
      const { locals } = program.routines[program.routineOf[words[at]!]!]!;
      const isInterrupt = (words[at + 1]! & KIND) === FRAME.interrupt;
      locals.forEach((name, i) => {
        if (!SUBTYPE_LOCALS.has(name)) return;
        const value = Float64Array.of(0);
        const parts = new Int32Array(value.buffer);
        const local = at + FRAME_WORDS + 2 * i;
        parts.set(words.subarray(local, local + 2));
        value[0] = this.#subtype(value[0]!);
        words.set(parts, local);
      });
      at += FRAME_WORDS + 2 * locals.length + (isInterrupt ? 2 : 0);
    }
  }

  #subtype = (value: number): number => this.#swap(value, ({ subtype }) => subtype);
  #apic = (value: number): number => this.#swap(value, ({ apic }) => apic);

  /** The other sender's, if the value is one sender's. */
  #swap(value: number, of: (sender: Sender) => number): number {
    const i = this.#senders.findIndex((sender) => of(sender) === value);
    return i < 0 ? value : of(this.#senders[this.#order[i]!]!);
  }

  /** How each of these words of memory is renamed: those of the slot by their field. */
  #namesIn(words: readonly number[]): ((value: number) => number)[] {
    const { world } = this.#search;
    const core = world.machine.select(this.#senders[0]!.cpu);
    const slot = core.get(sendIpiData.locals.indexOf('slot'));
    const sender = world.mem.word(slot + MK_IPI_DATA.at.sender_cpu);
    const buffer = world.mem.word(slot + MK_IPI_DATA.at.buffer);
    const { length } = this.#senders[0]!.message;
    return words.map((word) => {
      if (word === sender) return this.#apic;
      const i = word - buffer;
      if (i < 0 || i >= length) return same;
      return (value) => this.#swap(value, ({ message }) => message[i]!);
    });
  }

  renameEffect(effect: number): number {
    const known = this.#effects[effect] ?? 0;
    if (known > 0) return known - 1;
    const { effectTable } = this.#search.model;
    const { table } = effectTable;
    const words = table.words.slice(table.at(effect), table.at(effect) + table.lengthOf(effect));
    if (effectTable.isCall(effect)) this.#renameCall(words);
    else this.#renameRecord(words);
    const renamed = table.intern(words, 0, words.length);
    if (effect >= this.#effects.length) this.#effects = grown(this.#effects, effect + 1);
    this.#effects[effect] = renamed + 1;
    return renamed;
  }

  /** Subtype, and the payload a byte a word. */
  #renameCall(words: Int32Array): void {
    words[3] = this.#subtype(words[3]! >>> 0);
    const bytes = words.subarray(CALL_HEAD);
    const payload = (sender: Sender): Uint8Array =>
      new Uint8Array(sender.message.buffer, MK_MESSAGE.at.payload, bytes.length);
    const length = this.#search.survey.messages[0]!.payload.length / 2;
    if (bytes.length !== length) return;
    const i = this.#senders.findIndex((sender) => {
      const own = payload(sender);
      return bytes.every((byte, n) => byte === own[n]);
    });
    if (i >= 0 && bytes.length > 0) bytes.set(payload(this.#senders[this.#order[i]!]!));
  }

  #renameRecord(words: Int32Array): void {
    const values = new Float64Array(words.slice(LOG_HEAD).buffer);
    LOG_EVENTS[words[2]!]!.args.forEach(({ name }, i) => {
      if (name === 'sender_cpu') values[i] = this.#apic(values[i]!);
      if (name === 'subtype') values[i] = this.#subtype(values[i]!);
    });
    words.set(new Int32Array(values.buffer), LOG_HEAD);
  }
}

const SUBTYPE_LOCALS = new Set(['subtype', 'msg_subtype']);
const same = (value: number): number => value;
