import { BREAK_WORDS } from '../base/break-forms.ts';
import { Refused, type Place } from '../base/assert.ts';
import { Fault, Language } from './cel.ts';
import { Absent } from './look-up.ts';
import { checkNames, checkSums, explain } from './expression-check.ts';
import { RECORDS, type Answers } from './names.ts';
import type { Block, Claim, Scenario } from './scenario.ts';
import { placeWithin } from './source.ts';

/** What an expression comes to: plain data, integers as numbers. */
export type Value = number | string | boolean | null | readonly Value[] | ValueRecord;
export interface ValueRecord {
  readonly [field: string]: Value;
}

/** The outcome of a claim, with the names it used and what they were, in order. */
export interface Verdict {
  readonly ok: boolean;
  readonly actual: readonly (readonly [name: string, value: Value])[];
  /** Why it could not be evaluated: something it asks for does not exist. */
  readonly why?: string;
}

/** A compiled expression of the language in `names.ts`. */
export interface Expression {
  readonly text: string;
  readonly place: Place;
  /** `bool`, `int`, `string`, `list<int>` or `double`. */
  readonly type: string;
  /** Its value now; refused at its place when something it asks for does not exist. */
  evaluate(answers: Answers): Value;
  /** True when it is a claim that holds now. What does not exist (yet) makes no claim true. */
  happens(answers: Answers): boolean;
  /** Its value now, if everything it asks for exists; else not ok. */
  present(answers: Answers): { readonly ok: boolean; readonly value?: Value };
  /** Evaluates a claim, with the values that explain it. */
  judge(answers: Answers): Verdict;
  /** The names it uses and their values now; null for what does not exist. */
  actual(answers: Answers): Verdict['actual'];
}

let language: Language | undefined;

/**
 * Compiles an expression, or refuses it with line and column. Loads the expression language, so
 * reach this file with `import()` where the page must start fast.
 */
export function compileExpression(text: string, place: Place): Expression {
  language ??= new Language();
  const used = language;
  const compiled = attempt(text, place, () => {
    const paths = checkNames(used.parse(text));
    const program = used.compile(text);
    checkSums(program.tree);
    if (program.type in RECORDS)
      throw new Fault(
        `this is a whole ${program.type}; ask for one of its fields: ${Object.keys(
          RECORDS[program.type as keyof typeof RECORDS],
        ).join(', ')}`,
        0,
        'record',
      );
    return { paths, program };
  });
  const { paths, program } = compiled;
  const evaluate = (answers: Answers): Value =>
    attempt(text, place, () => program.run(answers) as Value); // `Language` gives plain data.
  const actual = (answers: Answers): Verdict['actual'] =>
    paths.map((path) => [path, valueOf(used, path, answers)] as const);
  return {
    text,
    place,
    type: program.type,
    evaluate,
    actual,
    happens: (answers) => whenPresent(() => evaluate(answers)) === true,
    present: (answers) => {
      const value = whenPresent(() => evaluate(answers));
      return value === undefined ? { ok: false } : { ok: true, value };
    },
    judge: (answers) => {
      try {
        return { ok: evaluate(answers) === true, actual: actual(answers) };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { ok: false, actual: actual(answers), why: error.message };
      }
    },
  };
}

/** Compiles an expression that must be true or false. */
export function compileClaim({ text, line, column }: Claim, file: string): Expression {
  const expression = compileExpression(text, { file, line, column });
  if (expression.type !== 'bool')
    throw new Refused(
      `a claim is true or false, and this is ${article(expression.type)}`,
      expression.place,
    );
  return expression;
}

/** Compiles every expression of a scenario; the first that means nothing is refused. */
export function checkClaims(scenario: Scenario): void {
  for (const stop of scenario.stops)
    for (const item of stop.items) if (item.kind !== 'prose') checkBlock(item, scenario);
}

function checkBlock(block: Block, { file }: Scenario): void {
  switch (block.kind) {
    case 'expect':
      for (const claim of block.claims) compileClaim(claim, file);
      break;
    case 'break':
      for (const claim of block.claims) checkBreak(claim, file);
      break;
    case 'explore':
      for (const { claim } of block.properties) compileClaim(claim, file);
      break;
    case 'question': {
      const { text, line, column } = block.answer;
      compileExpression(text, { file, line, column });
      break;
    }
    default:
      break;
  }
}

/** A word that begins a line of the tab Breaks, and what no expression goes on with. */
const BREAK_LINE = new RegExp(`^(${BREAK_WORDS.join('|')})\\s+[\\w@]`);

/** A break block takes claims only: what else can stop a run is said as such. */
function checkBreak(claim: Claim, file: string): void {
  const word = BREAK_LINE.exec(claim.text)?.[1];
  if (word !== undefined)
    throw new Refused(
      `a break block takes claims only; a line such as "${word} …" is for the tab Breaks`,
      { file, line: claim.line, column: claim.column },
    );
  compileClaim(claim, file);
}

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

/** Undefined when something that is asked for does not exist. */
function whenPresent(work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Absent) return undefined;
    throw error;
  }
}

function valueOf(used: Language, path: string, answers: Answers): Value {
  try {
    return used.compile(path).run(answers) as Value; // `Language` gives plain data.
  } catch (error) {
    if (error instanceof Refused || error instanceof Fault) return null;
    throw error;
  }
}

/** Gives what is refused inside the expression its place in the file. */
function attempt<Result>(text: string, place: Place, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault)
      throw new Refused(explain(error, text), placeWithin(place, text, error.at));
    if (error instanceof Refused && !error.place)
      throw error instanceof Absent
        ? new Absent(error.message, place)
        : new Refused(error.message, place);
    throw error;
  }
}
