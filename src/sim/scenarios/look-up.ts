import { Refused } from '../base/assert.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { NAMES, type Answers, type Field, type Kind } from './names.ts';

/** What an expression asks for does not exist, at this moment of the run. */
export class Absent extends Refused {}

/** A value, its type in the table, and the source text that asks for it. */
export interface Found {
  readonly type: string;
  readonly value: number | string | boolean | object;
  readonly path: string;
}

/** Most bytes `memory` gives at once. */
const MEMORY_LENGTH_MAX = PAGE_SIZE;

type Arg = number | string;

/** How names and fields become values, and what is said when there is none. */
export const lookUp = {
  /** The value of a name, with its arguments. */
  name(answers: Answers, name: string, args: readonly Arg[]): Found {
    const path = args.length === 0 ? name : `${name}(${args.map(literal).join(', ')})`;
    const entry = Object.entries(NAMES).find(([known]) => known === name)?.[1];
    const value = ask(answers, name, args);
    if (value !== undefined) return { type: entry?.type ?? '', value, path };
    // Something absent can still say that it is; see `whenAbsent`.
    if (name === 'kernel' || name === 'instance')
      return { type: entry?.type ?? '', value: new Nothing(answers, name, String(args[0])), path };
    throw absent(answers, name, args);
  },

  /** A field of the record that `path` asks for. */
  field(record: object, path: string, key: string, field: Field): Found {
    const found = (value: unknown): Found => ({
      type: field.type,
      value: value as Found['value'], // Its type is the table's, checked where `Answers` is made.
      path: `${path}.${key}`,
    });
    if (record instanceof Nothing) {
      if (field.whenAbsent !== undefined) return found(field.whenAbsent);
      throw absent(record.answers, record.kind, [record.name]);
    }
    if (key === 'exists' && field.whenAbsent !== undefined) return found(true);
    const value: unknown = record[key as keyof typeof record];
    if (value === undefined) throw new Absent(`${path} has no ${key} now`);
    return found(value);
  },
};

/** Stands for a kernel or an instance that does not exist. */
class Nothing {
  readonly answers: Answers;
  readonly kind: 'kernel' | 'instance';
  readonly name: string;

  constructor(answers: Answers, kind: 'kernel' | 'instance', name: string) {
    this.answers = answers;
    this.kind = kind;
    this.name = name;
  }
}

function ask(
  answers: Answers,
  name: string,
  [first, second]: readonly Arg[],
): Found['value'] | undefined {
  const text = String(first);
  const number = Number(first);
  switch (name) {
    case 'stats':
    case 'time_ns':
    case 'step':
    case 'hazards':
      return answers[name]();
    case 'cpu':
    case 'message':
      return answers[name](number);
    case 'kernel':
    case 'instance':
    case 'status':
    case 'output':
    case 'hazard':
      return answers[name](text);
    case 'slot':
      return answers.slot(text, second === undefined ? undefined : Number(second));
    case 'logged':
      return answers.logged(text, String(second));
    default:
      return bytes(answers, number, Number(second));
  }
}

function bytes(answers: Answers, address: number, length: number): string | undefined {
  if (!(length >= 0 && length <= MEMORY_LENGTH_MAX))
    throw new Refused(`memory gives 0 to ${MEMORY_LENGTH_MAX} bytes, not ${length}`);
  return Number.isSafeInteger(address) && address >= 0
    ? answers.memory(address, length)
    : undefined;
}

/** One sentence on what is missing, with what there is instead. */
function absent(answers: Answers, name: string, args: readonly Arg[]): Absent {
  const [first = '', second] = args;
  switch (name) {
    case 'cpu':
    case 'message':
    case 'hazard':
    case 'kernel':
    case 'instance':
      return new Absent(`there is no ${name} ${literal(first)} now; ${inventory(answers, name)}`);
    case 'memory':
      return new Absent(`there are no ${second ?? 0} bytes of memory at ${first}`);
    default:
      break;
  }
  if (answers.kernel(String(first)) === undefined) return absent(answers, 'kernel', [first]);
  if (name === 'slot')
    return new Absent(
      second === undefined
        ? `kernel ${literal(first)} has no receive area now`
        : `kernel ${literal(first)} has no slot for CPU ${second} now`,
    );
  return new Absent(`nothing was typed on the console of ${literal(first)} yet`);
}

const SHOWN_MAX = 16;

function inventory(answers: Answers, kind: Kind): string {
  const known = answers.known(kind);
  if (known.length === 0) return 'there is none at all';
  const shown = known.slice(0, SHOWN_MAX).map(literal).join(', ');
  return `there ${known.length === 1 ? 'is' : 'are'} ${shown}${known.length > SHOWN_MAX ? ' …' : ''}`;
}

const literal = (value: Arg): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value);
