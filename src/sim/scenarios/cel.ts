import {
  Environment,
  EvaluationError,
  ParseError,
  TypeError as CelTypeError,
  type ASTNode,
  type ParseResult,
} from '@marcbachmann/cel-js';
import { assert, Refused, SimBug } from '../base/assert.ts';
import { NAMES, RECORDS, type Answers, type Field, type Name, type RecordName } from './names.ts';
import { lookUp, type Found } from './look-up.ts';

/** A node of an expression's tree; `start` and `end` count UTF-16 units of its text. */
export type Node = ASTNode;

/** What an expression may cost: one for each name it asks for, each element, each 64 letters. */
const COST_MAX = 200_000;
const NODES_MAX = 200;
const DEPTH_MAX = 24;
const ELEMENTS_MAX = 64;
/** What is said of who wants more, by the library's name of the limit. */
const LIMITS: Readonly<Record<string, string>> = {
  maxAstNodes: `an expression has at most ${NODES_MAX} names, values and operators`,
  maxDepth: `an expression is at most ${DEPTH_MAX} levels deep`,
  maxListElements: `a list in an expression has at most ${ELEMENTS_MAX} elements`,
};

/** The library's own complaint, `at` UTF-16 units into the expression. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly at: number;
  readonly code: string;

  constructor(sentence: string, at: number, code: string) {
    super(sentence);
    this.at = at;
    this.code = code;
  }
}

/** A parsed expression that was checked against the names of the language. */
export interface Program {
  readonly tree: Node;
  /** `int`, `string`, `bool`, `list<int>`, a record's name, or another type of CEL. */
  readonly type: string;
}

/**
 * The Common Expression Language over {@link NAMES}: the only door to its library. Integers are
 * 64 bits wide and exact inside and plain numbers outside.
 */
export class Language {
  readonly #environment: Environment;
  readonly #records = new Map<RecordName, new (from: object, path: string) => object>();
  /** Set while an expression is evaluated: functions are registered once, for every moment. */
  #answers: Answers | undefined;
  #cost = 0;

  constructor() {
    this.#environment = new Environment({
      limits: { maxAstNodes: NODES_MAX, maxDepth: DEPTH_MAX, maxListElements: ELEMENTS_MAX },
    });
    for (const name of Object.keys(RECORDS) as RecordName[]) this.#addRecord(name);
    for (const [name, entry] of Object.entries<Name>(NAMES)) this.#addName(name, entry);
  }

  /** Parses only: what the names mean is not looked at. */
  parse(text: string): Node {
    return this.#guard(() => this.#environment.parse(text)).ast;
  }

  /** Parses and type-checks. */
  compile(text: string): Program & { run(answers: Answers): unknown } {
    const parsed = this.#guard(() => this.#environment.parse(text));
    const checked = parsed.check();
    if (!checked.valid) throw faultOf(checked.error);
    return {
      tree: parsed.ast,
      type: checked.type ?? 'dyn',
      run: (answers) => this.#run(parsed, answers),
    };
  }

  #run(parsed: ParseResult, answers: Answers): unknown {
    assert(this.#answers === undefined, 'an expression is evaluated inside another');
    this.#answers = answers;
    this.#cost = 0;
    try {
      return this.#guard((): unknown => plain(parsed(this.#variables())));
    } finally {
      this.#answers = undefined;
    }
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw isLibraryError(error) ? faultOf(error) : error;
    }
  }

  #addRecord(name: RecordName): void {
    const fields: Record<string, Field> = RECORDS[name];
    class Asked {
      readonly from: Readonly<Record<string, unknown>>;
      readonly path: string;
      constructor(from: object, path: string) {
        this.from = from as Record<string, unknown>; // An `Answer`, whose keys are the table's.
        this.path = path;
      }
    }
    for (const [key, field] of Object.entries(fields)) {
      const read = (asked: Asked): unknown =>
        this.#wrap(lookUp.field(asked.from, asked.path, key, field));
      Object.defineProperty(Asked.prototype, key, {
        enumerable: true,
        get(this: Asked) {
          return read(this);
        },
      });
    }
    this.#records.set(name, Asked);
    const types = Object.entries(fields).map(([key, { type }]) => [key, type] as const);
    this.#environment.registerType(name, { ctor: Asked, fields: Object.fromEntries(types) });
  }

  #addName(name: string, { type, params }: Name): void {
    if (params.length === 0) {
      this.#environment.registerVariable(name, type);
      return;
    }
    const least = params.filter(({ optional }) => optional !== true).length;
    for (let count = least; count <= params.length; count++) {
      const types = params.slice(0, count).map((param) => param.type);
      this.#environment.registerFunction(
        `${name}(${types.join(', ')}): ${type}`,
        (...args: readonly (bigint | string)[]) => this.#ask(name, args),
        { async: false },
      );
    }
  }

  /** Variables, read when the expression reaches them. */
  #variables(): object {
    const variables = {};
    for (const [name, { params }] of Object.entries<Name>(NAMES))
      if (params.length === 0)
        Object.defineProperty(variables, name, { get: () => this.#ask(name, []) });
    return variables;
  }

  #ask(name: string, args: readonly (bigint | string)[]): unknown {
    if (!this.#answers) throw new SimBug(`${name} is asked outside an evaluation`);
    return this.#wrap(lookUp.name(this.#answers, name, args.map(numeral)));
  }

  /** Turns what was found into a value of the library. */
  #wrap({ type, value, path }: Found): unknown {
    this.#spend(1);
    if (typeof value === 'number') return integer(value, path);
    if (typeof value === 'string') {
      this.#spend(value.length / 64);
      return value;
    }
    if (Array.isArray(value)) {
      this.#spend(value.length);
      return value.map((element: number) => integer(element, path));
    }
    if (typeof value === 'object') {
      const record = this.#records.get(type as RecordName);
      if (!record) throw new SimBug(`${path} is not a ${type}`);
      return new record(value, path);
    }
    return value;
  }

  #spend(cost: number): void {
    this.#cost += cost;
    if (this.#cost > COST_MAX)
      throw new Refused('this expression asks for too much; ask for less in one');
  }
}

/** A value of the library as plain data: integers as numbers, records as objects. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null && 'from' in value && 'path' in value)
    return plainRecord(value);
  return value;
}

function plainRecord(record: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const prototype = Object.getPrototypeOf(record) as object;
  for (const key of Object.keys(prototype)) {
    try {
      fields[key] = plain(record[key as keyof typeof record]);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      fields[key] = null;
    }
  }
  return fields;
}

function integer(value: number, path: string): bigint {
  assert(Number.isSafeInteger(value), `${path} is ${value}, which is no integer`);
  return BigInt(value);
}

/** Arguments go out as plain numbers; one that is too large for that names nothing. */
const numeral = (value: bigint | string): number | string =>
  typeof value === 'bigint' ? Number(value) : value;

const isLibraryError = (error: unknown): error is ParseError | CelTypeError | EvaluationError =>
  error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError;

function faultOf(error: ParseError | CelTypeError | EvaluationError | undefined): Fault {
  if (!error) throw new SimBug('an expression is not valid, and nothing says why');
  const [, limit = ''] = /^exceeded (\w+) /i.exec(error.summary) ?? [];
  const sentence = LIMITS[limit] ?? error.summary;
  return new Fault(sentence, error.range?.start ?? 0, error.code);
}
