import { Refused, type Place } from '../../base/assert.ts';
import { MK_IPI_DATA, MK_MESSAGE } from '../../kernel/mk.layout.ts';
import { hazardsOf, HAZARDS } from '../../kernel/hazards.ts';
import { LOG_EVENTS } from '../../kernel/log-events.ts';
import { PROGRAM } from '../../world/program.ts';
import { compileExpression, type Expression } from '../claims.ts';
import { placeWithin } from '../source.ts';
import { suggestion } from '../words.ts';
import {
  BREAK_WORDS,
  VECTOR_EVENTS,
  type BreakWord,
  type VectorEvent,
} from '../../base/break-forms.ts';

/** Bytes a line is about: at an address, or a slot or a field of one by its name. */
export type Where =
  | { readonly kind: 'range'; readonly addr: number; readonly bytes: number }
  | {
      readonly kind: 'slot';
      readonly kernel: string;
      readonly slot: number | undefined;
      readonly field: string | undefined;
    };

/** A line that says when to stop, read. */
export type BreakLine =
  | { readonly kind: 'claim' | 'changes'; readonly expression: Expression }
  | { readonly kind: 'at'; readonly pcs: ReadonlySet<number>; readonly cpu: number | null }
  | { readonly kind: 'write' | 'read' | 'change'; readonly where: Where }
  | {
      readonly kind: 'vector';
      /** -1 for any. */
      readonly vector: number;
      readonly event: VectorEvent;
      readonly cpu: number | null;
    }
  | { readonly kind: 'log'; readonly event: number; readonly kernel: string | null }
  | { readonly kind: 'hazard'; readonly ids: ReadonlySet<number> };

/** Bytes that may be watched at once. */
const WATCHED_MAX = 4096;
/** Characters of a line. */
const LINE_MAX = 1024;

/** Reads a line, or refuses it with the place in it that is wrong. */
export function readBreak(text: string, place: Place): BreakLine {
  const line = text.trim();
  if (line === '') throw new Refused('this says nothing', place);
  if (line.length > LINE_MAX) throw new Refused(`a line has at most ${LINE_MAX} characters`, place);
  const start = placeWithin(place, text, text.length - text.trimStart().length);
  const words = new Words(line, start);
  const first = BREAK_WORDS.find((known) => known === words.first);
  // What goes on with an operator or a bracket is an expression, whatever its first name is.
  if (
    !first ||
    !/^\s+[\w"'.]/.test(line.slice(first.length)) ||
    /^\s+in\s/.test(line.slice(first.length))
  )
    return { kind: 'claim', expression: claimOf(line, start) };
  words.next();
  return READERS[first](words);
}

function claimOf(text: string, place: Place): Expression {
  const expression = compileExpression(text, place);
  if (expression.type !== 'bool')
    throw new Refused(
      `this is never true or false, its type is ${expression.type}; to stop when it changes, write changes before it`,
      place,
    );
  return expression;
}

/** The words of a line, one after the other, with their places. */
class Words {
  readonly #tokens: readonly { readonly text: string; readonly at: number }[];
  readonly #line: string;
  readonly #start: Place;
  #next = 0;

  constructor(line: string, start: Place) {
    this.#line = line;
    this.#start = start;
    this.#tokens = Array.from(line.matchAll(/\S+/g), ({ 0: text, index: at }) => ({ text, at }));
  }

  get first(): string {
    return this.#tokens[0]!.text;
  }

  /** The next word, undefined at the end; it counts as read. */
  next(): string | undefined {
    return this.#tokens[this.#next++]?.text;
  }

  /** Everything from the next word on, and where it begins. */
  rest(): { readonly text: string; readonly place: Place } {
    const at = this.#tokens[this.#next]?.at ?? this.#line.length;
    this.#next = this.#tokens.length;
    return { text: this.#line.slice(at), place: placeWithin(this.#start, this.#line, at) };
  }

  /** Refuses the word read last, or the end of the line. */
  refuse(why: string): never {
    const at = this.#tokens[this.#next - 1]?.at ?? this.#line.length;
    throw new Refused(why, placeWithin(this.#start, this.#line, at));
  }

  /** What follows must be nothing. */
  end(): void {
    const more = this.next();
    if (more !== undefined) this.refuse(`nothing may follow here, and "${more}" does`);
  }
}

const READERS: Readonly<Record<BreakWord, (words: Words) => BreakLine>> = {
  at: readAt,
  write: (words) => ({ kind: 'write', where: readWhere(words) }),
  read: (words) => ({ kind: 'read', where: readWhere(words) }),
  change: (words) => ({ kind: 'change', where: readWhere(words) }),
  changes: (words) => {
    const { text, place } = words.rest();
    return { kind: 'changes', expression: compileExpression(text, place) };
  },
  vector: readVector,
  log: readLogKey,
  hazard: readHazard,
};

function readAt(words: Words): BreakLine {
  const label = words.next()!;
  const all = pcsOf(label);
  if (all.length === 0)
    words.refuse(`no step is called ${label}${suggestion(label, stepNames(label))}`);
  let pcs = all;
  let next = words.next();
  if (next === 'of') {
    const name = words.next() ?? words.refuse('of is followed by the name of a routine');
    pcs = all.filter((pc) => routineOf(pc) === name);
    if (pcs.length === 0) {
      const known = [...new Set(all.map(routineOf))];
      words.refuse(`${name} has no step ${label}; it is one of ${known.join(', ')}`);
    }
    next = words.next();
  }
  const cpu = readOn(words, next);
  words.end();
  return { kind: 'at', pcs: new Set(pcs), cpu };
}

const routineOf = (pc: number): string => PROGRAM.routines[PROGRAM.routineOf[pc]!]!.name;
const pcsOf = (name: string): number[] =>
  PROGRAM.steps.flatMap(({ id, label }, pc) => (id === name || label === name ? [pc] : []));

/** Steps worth naming where one is unknown: those that a slip away are near, and a few everybody meets. */
function stepNames(word: string): readonly string[] {
  const names = [...new Set(PROGRAM.steps.flatMap(({ id, label }) => [id, label]))];
  const near = suggestion(word, names);
  return near.includes('did you mean') ? names : ['S8', 'icr', 'R4', 'eoi'];
}

/** `on cpuN`, if anything is left to read. */
function readOn(words: Words, next: string | undefined): number | null {
  if (next === undefined) return null;
  if (next !== 'on') words.refuse(`on cpuN may follow here, not "${next}"`);
  const name = words.next() ?? words.refuse('on is followed by a CPU such as cpu4');
  const digits =
    /^cpu(\d{1,4})$/.exec(name)?.[1] ?? words.refuse(`"${name}" is no CPU such as cpu4`);
  return Number(digits);
}

function readVector(words: Words): BreakLine {
  const word = words.next()!;
  const vector =
    word === 'any' ? -1 : Number(/^(0x[\da-f]{1,2}|\d{1,3})$/i.test(word) ? word : NaN);
  if (!(vector <= 0xff)) words.refuse(`"${word}" is no vector: 0x00 to 0xff, or any`);
  const what = words.next() ?? words.refuse(`what of it: ${VECTOR_EVENTS.join(', ')}?`);
  const event =
    VECTOR_EVENTS.find((known) => known === what) ??
    words.refuse(`"${what}" does not happen to a vector${suggestion(what, VECTOR_EVENTS)}`);
  const cpu = readOn(words, words.next());
  words.end();
  return { kind: 'vector', vector, event, cpu };
}

function readLogKey(words: Words): BreakLine {
  const key = words.next()!;
  const event = LOG_EVENTS.findIndex((each) => each.key === key);
  const known = LOG_EVENTS.map((each) => each.key);
  if (event < 0) {
    const near = suggestion(key, known);
    words.refuse(`no kernel logs ${key}${near.includes('did you mean') ? near : ''}`);
  }
  const on = words.next();
  if (on !== undefined && on !== 'on') words.refuse(`on KERNEL may follow here, not "${on}"`);
  const kernel =
    on === undefined
      ? null
      : (words.next() ?? words.refuse('on is followed by the name of a kernel'));
  words.end();
  return { kind: 'log', event, kernel };
}

function readHazard(words: Words): BreakLine {
  const id = words.next()!;
  const found = hazardsOf(id);
  if (found.length === 0) {
    const known = HAZARDS.flatMap(({ key, facts }) => [key, ...facts]);
    const near = suggestion(id, known);
    words.refuse(`there is no hazard ${id}${near.includes('did you mean') ? near : ''}`);
  }
  words.end();
  return { kind: 'hazard', ids: new Set(found.map((each) => each.id)) };
}

const FIELDS = [
  ...MK_IPI_DATA.fields.map(({ name }) => name),
  ...MK_MESSAGE.fields.map(({ name }) => name),
];

/** `0xADDR`, `0xADDR+BYTES`, `slot("NAME")`, `slot("NAME", CPU)`, each with or without `.FIELD`. */
function readWhere(words: Words): Where {
  const { text, place } = words.rest();
  const refuse = (why: string, at = 0): never => {
    throw new Refused(why, placeWithin(place, text, at));
  };
  const range = /^(0x[\da-f]+|\d+)(?:\s*\+\s*(0x[\da-f]+|\d+))?$/i.exec(text);
  if (range) {
    const [, first = '', more] = range;
    const addr = Number(first);
    const bytes = Number(more ?? 1);
    if (!Number.isSafeInteger(addr)) refuse('no machine has memory there');
    if (bytes < 1 || bytes > WATCHED_MAX)
      refuse(`1 to ${WATCHED_MAX} bytes can be watched`, text.indexOf('+') + 1);
    return { kind: 'range', addr, bytes };
  }
  const slot = /^slot\(\s*(["'])([^"']+)\1\s*(?:,\s*(\d{1,4})\s*)?\)(?:\.(\w+))?$/.exec(text);
  if (!slot)
    return refuse('a place is written 0xADDRESS, 0xADDRESS+BYTES or slot("NAME", CPU).FIELD');
  const [, , kernel = '', number, field] = slot;
  if (field !== undefined && !FIELDS.includes(field))
    refuse(`a slot has no field ${field}${suggestion(field, FIELDS)}`, text.lastIndexOf('.') + 1);
  return { kind: 'slot', kernel, slot: number === undefined ? undefined : Number(number), field };
}
