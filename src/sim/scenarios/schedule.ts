import { Refused, type Place } from '../base/assert.ts';
import { LABEL } from './grammar.ts';
import { LIMITS } from './limits.ts';
import type { Move, ScheduleEntry } from './scenario.ts';
import { placeWithin } from './source.ts';
import { suggestion } from './words.ts';

/** What may follow `cpuN`, for suggestions. */
const VERBS = ['until', 'take', 'drain', 'to end', 'steps'];

interface Token {
  readonly text: string;
  readonly place: Place;
}

/**
 * Reads one line of a schedule for a machine of `cpus` CPUs, or undefined when it holds no choice.
 * `start` is where `line` begins in the file.
 */
export function readScheduleLine(
  line: string,
  start: Place,
  cpus: number,
): ScheduleEntry | undefined {
  const tokens = Array.from(line.replace(/#.*$/, '').matchAll(/\S+/g), ({ 0: text, index }) => ({
    text,
    place: placeWithin(start, line, index),
  }));
  const [first, ...rest] = tokens;
  if (!first) return undefined;
  const cpu = readCpu(first, cpus);
  return { line: first.place.line, column: first.place.column, cpu, ...readMove(rest) };
}

function readCpu({ text, place }: Token, cpus: number): number {
  const digits = /^cpu(\d{1,6})$/.exec(text)?.[1];
  if (digits === undefined)
    throw new Refused(`a schedule line begins with a CPU such as cpu0, not "${text}"`, place);
  const cpu = Number(digits);
  if (cpu >= cpus)
    throw new Refused(`there is no cpu${cpu}; the machine has cpu0 to cpu${cpus - 1}`, place);
  return cpu;
}

function readMove(tokens: readonly Token[]): Move {
  const [verb, object] = tokens;
  if (!verb) return { kind: 'steps', count: 1 };
  switch (verb.text) {
    case 'until':
      if (!object) throw new Refused('until needs the label of a step', verb.place);
      refuseMore(tokens, 2);
      return { kind: 'until', label: readLabel(object) };
    case 'drain':
      refuseMore(tokens, 1);
      return { kind: 'drain' };
    case 'take':
      refuseMore(tokens, 2);
      return { kind: 'take', vector: object ? readVector(object) : null };
    case 'to':
      if (object?.text !== 'end')
        throw new Refused('to is followed by end', (object ?? verb).place);
      refuseMore(tokens, 2);
      return { kind: 'end' };
    default:
      if (/^\d/.test(verb.text)) return readSteps(verb, object, tokens);
      if (object)
        throw new Refused(
          `"${verb.text}" is not a move${suggestion(verb.text, VERBS)}`,
          verb.place,
        );
      return { kind: 'step', label: readLabel(verb) };
  }
}

function readSteps(
  count: Token,
  unit: Token | undefined,
  tokens: readonly Token[],
): Extract<Move, { kind: 'steps' }> {
  if (!/^steps?$/.test(unit?.text ?? ''))
    throw new Refused(`${count.text} is followed by steps`, (unit ?? count).place);
  refuseMore(tokens, 2);
  const steps = Number(count.text);
  if (!/^\d+$/.test(count.text) || steps < 1 || steps > LIMITS.steps.max)
    throw new Refused(`a number of steps is an integer from 1 to ${LIMITS.steps.max}`, count.place);
  return { kind: 'steps', count: steps };
}

function readLabel({ text, place }: Token): string {
  if (!LABEL.test(text))
    throw new Refused(
      `"${text}" is not a label; one begins with a letter and has letters, digits, ., - and _`,
      place,
    );
  return text;
}

function readVector({ text, place }: Token): number {
  const vector = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
  if (!(vector >= 0 && vector <= 255))
    throw new Refused(`"${text}" is not a vector; one is 0 to 0xff`, place);
  return vector;
}

function refuseMore(tokens: readonly Token[], known: number): void {
  const extra = tokens[known];
  if (extra)
    throw new Refused(`"${extra.text}" is one word too many; one line, one choice`, extra.place);
}
