import { OUTCOME, ROW } from '../../sim/base/record.ts';
import { fromHex } from '../../sim/base/hex.ts';
import type { Layout } from '../../sim/base/layout.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import { HAZARD } from '../../sim/kernel/hazards.ts';
import {
  MK_CPU_RESOURCE_PAYLOAD,
  MK_IO_IRQ_PAYLOAD,
  MK_IPI_DATA,
  MK_MEM_RESOURCE_PAYLOAD,
  MK_MSG,
  MK_PFN_IPI_TYPE,
  MK_SUBTYPES,
  MULTIKERNEL_VECTOR,
} from '../../sim/kernel/mk.layout.ts';
import { MESSAGES_KEPT, STAT } from '../../sim/kernel/observer.ts';
import type { Run } from '../../sim/scenarios/run.ts';
import { readMessage, type MessageView } from '../../sim/world/messages.ts';
import type { World } from '../../sim/world/world.ts';
import { rowsOn } from './trace-steps.ts';
import type { Fate, MessageRow } from './inspections.ts';

/** A moment of the run: when, at which step, on which CPU. */
interface Moment {
  readonly timeNs: number;
  readonly step: number;
  readonly cpu: number;
}

/** What the trace says of one message. */
interface Story {
  flight?: number;
  merged?: Moment;
  dropped?: Moment & { readonly apicId: number };
  over?: Moment & { readonly by: number };
  handled?: Moment;
  /** Interrupts its CPU had taken by then. */
  rings?: number;
  again?: Moment & { readonly isRungAgain: boolean };
  torn?: Moment & { readonly other: number };
  deaf?: Moment;
}

/** Everything the trace says of messages. */
class Stories {
  readonly of = new Map<number, Story>();
  readonly phantoms: Moment[] = [];
  readonly #inSlot = new Map<number, number>();
  readonly #lastFlight = new Map<number, number>();
  readonly #byFlight = new Map<number, number>();
  /** Interrupts of the multikernel each CPU has taken. */
  readonly #taken = new Map<number, number>();

  story(serial: number): Story {
    const known = this.of.get(serial) ?? {};
    this.of.set(serial, known);
    return known;
  }

  take({ kind, time: timeNs, cpu, a, b, c, d }: TraceRow, step: number): void {
    const now = { timeNs, step, cpu };
    if (kind === ROW.send && (b & 0xff) === MULTIKERNEL_VECTOR) this.#lastFlight.set(cpu, d);
    else if (kind === ROW.sent) this.#sent(d, a, now);
    else if (kind === ROW.write) this.#wiped(a, now);
    else if (kind === ROW.take && b === MULTIKERNEL_VECTOR)
      this.#taken.set(cpu, (this.#taken.get(cpu) ?? 0) + 1);
    else if (kind === ROW.merge) this.#rung(d, (story) => (story.merged = now));
    else if (kind === ROW.drop) this.#rung(d, (story) => (story.dropped = { ...now, apicId: c }));
    else if (kind === ROW.outcome) this.#outcome(b, c, d, now);
    else if (kind === ROW.hazard && b === HAZARD.nobodyListens) {
      const serial = this.#inSlot.get(a) ?? this.#inSlot.get(a - MK_IPI_DATA.at.buffer);
      if (serial !== undefined) this.story(serial).deaf = now;
    }
  }

  /** The first bytes of a slot are written: what lay there and was not handled is gone. */
  #wiped(slot: number, now: Moment): void {
    const before = this.#inSlot.get(slot);
    const old = before === undefined ? undefined : this.story(before);
    if (old && !old.handled && !old.torn) old.over ??= { ...now, by: 0 };
  }

  /** A message is out, and lies in its slot. */
  #sent(serial: number, slot: number, now: Moment): void {
    const before = this.#inSlot.get(slot);
    const old = before === undefined ? undefined : this.story(before);
    if (old?.over?.by === 0) old.over = { ...old.over, by: serial };
    this.#inSlot.set(slot, serial);
    const flight = this.#lastFlight.get(now.cpu);
    if (flight === undefined) return;
    this.story(serial).flight = flight;
    this.#byFlight.set(flight, serial);
  }

  #rung(flight: number, tell: (story: Story) => void): void {
    const serial = this.#byFlight.get(flight);
    if (serial !== undefined) tell(this.story(serial));
  }

  #outcome(outcome: number, payload: number, header: number, now: Moment): void {
    if (outcome === OUTCOME.phantom) this.phantoms.push(now);
    else if (outcome === OUTCOME.torn) {
      for (const [serial, other] of [
        [header, payload],
        [payload, header],
      ] as const)
        if (serial !== 0) this.story(serial).torn = { ...now, other };
    } else if (outcome === OUTCOME.whole || outcome === OUTCOME.duplicated) {
      const story = this.story(header);
      const rings = this.#taken.get(now.cpu) ?? 0;
      if (outcome === OUTCOME.whole) Object.assign(story, { handled: now, rings });
      else story.again = { ...now, isRungAgain: rings !== story.rings };
    }
  }
}

/** What became of a message, and why, in a sentence. */
function fateOf(
  message: MessageView,
  story: Story,
): { readonly fate: Fate; readonly why: string; readonly step: number } {
  const { handled, again, torn, dropped, over, merged, deaf } = story;
  const tell = (fate: Fate, why: string, moment?: Moment) => ({
    ...{ fate, why, step: moment?.step ?? -1 },
  });
  const folded = merged ? ' Its interrupt had folded into one that was pending.' : '';
  if (message.outcome === 'duplicated')
    return tell(
      'twice',
      again?.isRungAgain === false
        ? `A second handler on CPU ${again.cpu} got it for the same interrupt.`
        : `A handler on CPU ${again?.cpu ?? '?'} got it once more: slots are never cleared.`,
      again,
    );
  if (torn)
    return tell(
      'torn',
      `A handler on CPU ${torn.cpu} got the header of one message and the payload of another${torn.other > 0 ? `, message ${torn.other}` : ''}.`,
      torn,
    );
  if (message.outcome === 'whole')
    return tell(
      'delivered',
      `${handled ? `A handler on CPU ${handled.cpu}` : 'A handler'} got it whole.${folded}`,
      handled,
    );
  if (dropped)
    return tell(
      'dropped',
      `Nobody took its interrupt: no CPU listens at APIC id ${dropped.apicId}.`,
      dropped,
    );
  if (deaf) return tell('dropped', 'No handler is registered for its type.', deaf);
  if (over)
    return tell(
      'overwritten',
      `${over.by > 0 ? `Message ${over.by}` : 'Another message'} of CPU ${over.cpu} was written over it before anybody read it.${folded}`,
      over,
    );
  if (message.outcome === 'in-flight') return tell('waiting', `It lies in its slot.${folded}`);
  if (merged)
    return tell(
      'merged',
      'Its interrupt folded into one that was pending, and nobody came for it.',
      merged,
    );
  return tell('dropped', 'Its slot was not read again, and all is quiet.');
}

const SUBTYPES = new Map<number, string>(
  Object.entries(MK_SUBTYPES).map(([word, value]) => [value, word.toUpperCase().replace('-', '_')]),
);
const TYPES = new Map<number, string>(Object.entries(MK_MSG).map(([word, value]) => [value, word]));

function payloadLayout(subtype: number): Layout<string> | undefined {
  if (subtype >= 0x1001 && subtype <= 0x1004) return MK_IO_IRQ_PAYLOAD;
  if (subtype === 0x2001 || subtype === 0x2002) return MK_CPU_RESOURCE_PAYLOAD;
  return subtype === 0x2003 || subtype === 0x2004 ? MK_MEM_RESOURCE_PAYLOAD : undefined;
}

/** The bytes of a payload that are remembered, field by field where they have names. */
export function payloadWords(type: number, subtype: number, digits: string): string {
  const bytes = fromHex(digits) ?? new Uint8Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 0) return '';
  if (type === MK_PFN_IPI_TYPE && bytes.length >= 8)
    return `pfn 0x${view.getBigUint64(0, true).toString(16)}`;
  const fields = payloadLayout(subtype)?.fields.filter(
    ({ offset, size }) => offset + size <= bytes.length,
  );
  if (!fields || fields.length === 0) return digits;
  return fields
    .map(({ name, offset, size, kind }) => {
      const value =
        size === 8 ? view.getBigUint64(offset, true) : BigInt(view.getUint32(offset, true));
      return `${name} ${kind === 'hex' ? `0x${value.toString(16)}` : String(value)}`;
    })
    .join(', ');
}

/** Words by which a message is found. */
const wordsOf = (row: MessageRow): string =>
  [
    ...[`#${row.id}`, TYPES.get(row.type) ?? '', SUBTYPES.get(row.subtype) ?? ''],
    ...[`0x${row.type.toString(16)}`, `0x${row.subtype.toString(16)}`, row.payload, row.fate],
    ...[`cpu ${row.fromCpu}`, row.fromKernel, row.to, row.why],
  ]
    .join(' ')
    .toLowerCase();

/** Messages that may be under way, behind which the newest ones begin for sure. */
const UNDER_WAY = 16;
/** A message's interrupt leaves at most this long before it counts as sent, in ns. */
const RING_NS = 1000;

/** The first message to look at: all that are remembered, or the newest when nothing is sought. */
function firstOf(world: World, last: number, most: number, all: boolean): number {
  const oldest = Math.max(1, last - MESSAGES_KEPT + 1);
  return all ? oldest : Math.max(oldest, last - most - UNDER_WAY);
}

/** The newest messages whose words contain all of the text's words, newest first. */
export function messageRows(
  { world, step }: Run,
  { find, most }: { readonly find: string; readonly most: number },
): { readonly rows: readonly MessageRow[]; readonly found: number } {
  const wanted = find.toLowerCase().split(/\s+/).filter(Boolean);
  const last = world.observer.stat(STAT.serial);
  const first = firstOf(world, last, most, wanted.length > 0);
  // What became of the newest is told by the newest rows: a long run is not read from its beginning.
  const since = first > 1 ? (readMessage(world, first)?.sentNs ?? 0) - RING_NS : -Infinity;
  const stories = new Stories();
  if (world.trace)
    for (const [row, before] of rowsOn(world.trace, step, since)) stories.take(row, before);
  const kernelName = (index: number): string => world.sys.kernels[index]?.name ?? '';
  const all: MessageRow[] = stories.phantoms.map(({ timeNs, step: at, cpu }) => ({
    ...{ id: 0, fromCpu: -1, fromKernel: '', to: '', type: 0, subtype: 0, bytes: 0, payload: '' },
    ...{ sentNs: timeNs, fate: 'phantom', step: at },
    why: `A handler on CPU ${cpu} was called for a message that nobody sent.`,
  }));
  for (let id = first; id <= last; id++) {
    const message = readMessage(world, id);
    if (!message) continue;
    const { type, subtype, fromCpu, bytes, sentNs } = message;
    all.push({
      ...{ id, fromCpu, type, subtype, bytes, sentNs },
      fromKernel: kernelName(message.fromKernel),
      to: message.toName,
      payload: payloadWords(type, subtype, message.payload),
      ...fateOf(message, stories.of.get(id) ?? {}),
    });
  }
  const found = all.filter((row) => {
    const words = wanted.length > 0 ? wordsOf(row) : '';
    return wanted.every((word) => words.includes(word));
  });
  found.sort((a, b) => b.sentNs - a.sentNs || b.id - a.id);
  const unread = first - Math.max(1, last - MESSAGES_KEPT + 1);
  return { rows: found.slice(0, most), found: found.length + (wanted.length > 0 ? 0 : unread) };
}
