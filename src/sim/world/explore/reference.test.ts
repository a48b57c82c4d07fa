import { describe, expect, it } from 'vitest';
import { exploreRun, outcomesOf, tallyOf } from '../../scenarios/explore.ts';
import { racers } from '../../testing/racers.ts';

/**
 * The mailbox of the published v2 written down once more, from the rows of facts 02 §3.6, §3.7 and
 * 03 §3.2 alone: plain values, no bytes, no machine, nothing of the product.
 */
interface Plain {
  /** Steps each sender has taken, of S6 to S11. */
  readonly done: readonly number[];
  /** The slot: sender's APIC id, type, size, whose bytes are in the buffer (0: none). */
  readonly slot: { sender: number; type: number; size: number; bytes: number };
  readonly pending: boolean;
  /** The receiver's next row; idle between interrupts. */
  readonly at: string;
  /** Whose header the callback has read; 0: zeros. */
  readonly header: number;
  readonly effects: readonly object[];
}

const SUBTYPE = [0, 0x3001, 0x3002, 0x3003];
const BYTES = ['', 'a1a1a1a1', 'b2b2b2b2', 'c3c3c3c3'];
const SENDER_ROWS = ['S6', 'S7', 'S8', 'S9', 'S10', 'S11'];
const EMPTY = { sender: 0, type: 0, size: 0, bytes: 0 };
const log = (lvl: string, ev: string, args: object) => ({ t: 'log', lvl, ev, ...args });

function send(state: Plain, i: number): Plain {
  const row = SENDER_ROWS[state.done[i]!]!;
  const done = state.done.map((n, j) => (j === i ? n + 1 : n));
  const { slot } = state;
  switch (row) {
    case 'S6':
      return { ...state, done, slot: EMPTY };
    case 'S7':
      return { ...state, done, slot: { ...slot, size: 24 + 4 } };
    case 'S8':
      return { ...state, done, slot: { ...slot, sender: i + 1 } };
    case 'S9':
      return { ...state, done, slot: { ...slot, type: 0x3000 } };
    case 'S10':
      return { ...state, done, slot: { ...slot, bytes: i + 1 } };
    default:
      return { ...state, done, pending: true };
  }
}

/** `payload` of the buffer as a handler told of `length` bytes reads it. */
function payloadOf(bytes: number, length: number): string {
  return length === 0 ? '' : bytes === 0 ? '00000000' : BYTES[bytes]!;
}

function receive(state: Plain): Plain {
  const { slot, at } = state;
  const idle = { ...state, at: 'idle', header: 0 };
  const tells = (to: Plain, effect: object): Plain => ({ ...to, effects: [...to.effects, effect] });
  switch (at) {
    case 'idle':
      return { ...state, pending: false, at: 'R4' };
    case 'R4':
      if (slot.size > 0 && slot.size <= 256) return { ...state, at: 'R5' };
      return tells(idle, log('debug', 'ipi.no_valid_data', { cpu: 0 }));
    case 'R5': {
      const read = { cpu: 0, physical_id: 4, sender_cpu: slot.sender, type: slot.type };
      return tells({ ...state, at: 'R7' }, log('info', 'ipi.received', read));
    }
    case 'R7':
      return slot.type === 0x3000 ? { ...state, at: 'C2' } : idle;
    case 'C2':
      if (slot.type === 0x3000) return { ...state, at: 'C3' };
      return tells(idle, log('warn', 'msg.type_mismatch', { expected: 0x3000, got: slot.type }));
    case 'C3':
      if (slot.size >= 24) return { ...state, at: 'C4' };
      return tells(idle, log('warn', 'msg.too_small', { size: slot.size }));
    case 'C4': {
      const length = slot.bytes === 0 ? 0 : 4;
      const room = BigInt.asUintN(64, BigInt(slot.size) - 24n);
      if (BigInt(length) <= room) return { ...state, at: 'C5' };
      return tells(idle, log('warn', 'msg.bad_payload_len', { len: length, max: Number(room) }));
    }
    case 'C5':
      return { ...state, at: 'H1', header: slot.bytes };
    default: {
      const type = state.header === 0 ? 0 : 0x3000;
      const subtype = SUBTYPE[state.header]!;
      const payload = payloadOf(slot.bytes, state.header === 0 ? 0 : 4);
      return tells(idle, { t: 'cb', type, subtype, payload });
    }
  }
}

/** Every move of a state, the lowest CPU first, with its name. */
function moves(state: Plain): [name: string, next: Plain][] {
  const found: [string, Plain][] = [];
  state.done.forEach((n, i) => {
    if (n < SENDER_ROWS.length) found.push([`cpu${i + 1} ${SENDER_ROWS[n]}`, send(state, i)]);
  });
  if (state.at !== 'idle' || state.pending)
    found.push([`cpu4 ${state.at === 'idle' ? 'take' : state.at}`, receive(state)]);
  return found;
}

interface Way {
  readonly state: Plain;
  readonly before: Way | null;
  readonly move: string;
}

function search(senders: number) {
  const first: Plain = {
    ...{ done: Array<number>(senders).fill(0), slot: EMPTY, pending: false },
    ...{ at: 'idle', header: 0, effects: [] },
  };
  const seen = new Set([JSON.stringify(first)]);
  const ends = new Map<string, Way>();
  const queue: Way[] = [{ state: first, before: null, move: '' }];
  let transitions = 0;
  for (const way of queue) {
    const next = moves(way.state);
    const effects = JSON.stringify(way.state.effects);
    if (next.length === 0 && !ends.has(effects)) ends.set(effects, way);
    for (const [move, state] of next) {
      transitions++;
      const key = JSON.stringify(state);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push({ state, before: way, move });
    }
  }
  return { states: seen.size, transitions, ends };
}

function scheduleOf(way: Way): string[] {
  const moves: string[] = [];
  for (let at: Way = way; at.before; at = at.before) moves.push(at.move);
  return moves.reverse();
}

/** What became of the messages, from the definitions of lost, torn, phantom and duplicated. */
function judge(effects: readonly object[], senders: number) {
  const calls = effects as { t: string; type: number; subtype: number; payload: string }[];
  const handled = calls.filter(({ t }) => t === 'cb');
  const all = Array.from({ length: senders }, (_, i) => i + 1);
  const whole = (i: number): number =>
    handled.filter(({ subtype, payload }) => subtype === SUBTYPE[i] && payload === BYTES[i]).length;
  return {
    lost: all.filter((i) => whole(i) === 0).map((i) => SUBTYPE[i]!),
    torn: handled
      .filter(({ subtype, payload }) =>
        all.some((i) => SUBTYPE[i] === subtype && BYTES[i] !== payload),
      )
      .map(({ subtype }) => subtype),
    phantom: handled.filter(({ type, subtype }) => type === 0 && subtype === 0).length,
    duplicated: all.filter((i) => whole(i) > 1).map((i) => SUBTYPE[i]!),
  };
}

describe('the explored world against the mailbox written down plainly', () => {
  it.each([
    { senders: 1, outcomes: 1, lose: 0, tear: 0, invent: 0, repeat: 0 },
    { senders: 2, outcomes: 62, lose: 50, tear: 14, invent: 8, repeat: 12 },
    { senders: 3, outcomes: 7149, lose: 6939, tear: 3450, invent: 1479, repeat: 1701 },
  ])(
    '$senders senders: $outcomes outcomes, each by the same schedule',
    ({ senders, ...counts }) => {
      const plain = search(senders);
      const explored = exploreRun(racers(senders));
      while (explored.run());
      const { states, transitions, complete } = explored.explorer;
      expect([states, transitions, complete]).toEqual([plain.states, plain.transitions, true]);
      expect(tallyOf(explored)).toEqual(counts);
      const expected = [...plain.ends.values()].map((way) => ({
        effects: way.state.effects,
        ...judge(way.state.effects, senders),
        schedule: scheduleOf(way),
      }));
      expect(outcomesOf(explored)).toEqual(expected);
    },
  );
});
