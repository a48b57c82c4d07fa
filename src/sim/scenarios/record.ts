import { Refused } from '../base/assert.ts';
import { hashValue } from '../world/hash-value.ts';
import { PROGRAM } from '../world/program.ts';
import type { Act, Input, Spot } from './inputs.ts';
import type { Place } from './run-state.ts';
import { PROFILES } from './scenario.ts';

/** Everything that makes a run what it is, and what it came to. */
export interface Recorded {
  readonly source:
    | { readonly kind: 'bundled'; readonly name: string }
    | { readonly kind: 'text'; readonly text: string; readonly file: string };
  readonly seed: number;
  readonly profile: string;
  readonly glue: Readonly<Record<string, boolean>>;
  readonly own: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly inputs: readonly Input[];
  readonly spot: Spot;
  /** {@link engineVersion} of whoever recorded it. */
  readonly engine: string;
  readonly hash: string;
  /** Where it is to stop, and what is watched: no part of the run. */
  readonly breakpoints?: readonly { readonly text: string; readonly enabled: boolean }[];
  readonly watches?: readonly string[];
}

const FORMAT = 'multikernel-playground session 1';
/** Most characters of a recording, most inputs, longest line. */
const TEXT_MAX = 8 * 1024 * 1024;
const INPUTS_MAX = 100_000;
const LINE_MAX = 65_536;
const STEP_MAX = 1e9;
/** Most breakpoints, most watches, and characters of one. */
const NOTES_MAX = 100;
const NOTE_MAX = 1024;

/** Changes with every routine, step and cost of the program: what a recording was made with. */
export function engineVersion(): string {
  const { steps, routines } = PROGRAM;
  const said = [
    routines.map(({ name, locals }) => [name, ...locals]),
    steps.map(({ id, label, cost }) => [id, label, cost]),
  ];
  return (hashValue(said) >>> 0).toString(16).padStart(8, '0');
}

/** A recording as text, to be kept, sent or compressed. */
export const writeRecord = ({ own, ...rest }: Recorded): string =>
  JSON.stringify({
    format: FORMAT,
    ...rest,
    own: own.map(({ name, bytes }) => ({ name, bytes: [...bytes] })),
  });

/** Reads what {@link writeRecord} wrote; anything else is refused with the part that is wrong. */
export function readRecord(text: string): Recorded {
  if (text.length > TEXT_MAX) throw new Refused('this session is larger than the playground takes');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused('this is no session of the playground: it cannot be read');
  }
  const whole = record(value, 'the session');
  if (whole.format !== FORMAT)
    throw new Refused('this is no session of the playground, or one of another version');
  return {
    source: sourceOf(whole.source),
    seed: natural(whole.seed, 'the seed', 2 ** 32 - 1),
    profile: profileOf(whole.profile),
    glue: Object.fromEntries(
      Object.entries(record(whole.glue, 'the glue')).map(([name, on]) => [name, on === true]),
    ),
    own: list(whole.own, 'the files', 64).map(fileOf),
    inputs: list(whole.inputs, 'the inputs', INPUTS_MAX).map(inputOf),
    spot: spotOf(whole.spot),
    engine: string(whole.engine, 'the engine', 64),
    hash: string(whole.hash, 'the hash', 16),
    ...(whole.breakpoints !== undefined && {
      breakpoints: list(whole.breakpoints, 'the breakpoints', NOTES_MAX).map(breakpointOf),
    }),
    ...(whole.watches !== undefined && {
      watches: list(whole.watches, 'the watches', NOTES_MAX).map((each) =>
        string(each, 'a watch', NOTE_MAX),
      ),
    }),
  };
}

function breakpointOf(value: unknown): { text: string; enabled: boolean } {
  const { text, enabled } = record(value, 'a breakpoint');
  const what = 'a breakpoint';
  return { text: string(text, what, NOTE_MAX), enabled: boolean(enabled, what) };
}

function wrong(what: string): never {
  throw new Refused(`this session is broken: ${what} is not what it should be`);
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(what);
  return value as Record<string, unknown>;
}

function list(value: unknown, what: string, most: number): unknown[] {
  return Array.isArray(value) && value.length <= most ? value : wrong(what);
}

const string = (value: unknown, what: string, most: number): string =>
  typeof value === 'string' && value.length <= most ? value : wrong(what);

const natural = (value: unknown, what: string, most: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most
    ? value
    : wrong(what);

const boolean = (value: unknown, what: string): boolean =>
  typeof value === 'boolean' ? value : wrong(what);

function sourceOf(value: unknown): Recorded['source'] {
  const { kind, name, text, file } = record(value, 'the scenario');
  if (kind === 'bundled') return { kind, name: string(name, 'the scenario', 200) };
  if (kind !== 'text') return wrong('the scenario');
  return {
    kind,
    text: string(text, 'the scenario', TEXT_MAX),
    file: string(file, 'the scenario', 200),
  };
}

function profileOf(value: unknown): string {
  return PROFILES.find((each) => each === value) ?? wrong('the profile');
}

function fileOf(value: unknown): Recorded['own'][number] {
  const { name, bytes } = record(value, 'a file');
  const numbers = list(bytes, 'a file', 1024 * 1024).map((each) => natural(each, 'a file', 255));
  return { name: string(name, 'a file', 200), bytes: Uint8Array.from(numbers) };
}

function placeOf(value: unknown): Place {
  const { stop, item, line, running } = record(value, 'a place');
  return {
    stop: natural(stop, 'a place', 1e6),
    item: natural(item, 'a place', 1e6),
    line: natural(line, 'a place', 1e6),
    running: boolean(running, 'a place'),
  };
}

function spotOf(value: unknown): Spot {
  const { step, at, inputs } = record(value, 'the moment');
  return {
    step: natural(step, 'the moment', STEP_MAX),
    at: placeOf(at),
    inputs: natural(inputs, 'the moment', INPUTS_MAX),
  };
}

function inputOf(value: unknown): Input {
  const { step, at, typing, act } = record(value, 'an input');
  return {
    step: natural(step, 'an input', STEP_MAX),
    at: placeOf(at),
    typing: boolean(typing, 'an input'),
    act: actOf(record(act, 'an input')),
  };
}

function actOf({ kind, kernel, line, on, cpu, take }: Record<string, unknown>): Act {
  const what = 'an input';
  switch (kind) {
    case 'line':
      return { kind, kernel: string(kernel, what, 200), line: string(line, what, LINE_MAX) };
    case 'interrupt':
      return { kind, kernel: string(kernel, what, 200) };
    case 'chosen':
      return { kind, on: boolean(on, what) };
    case 'choose':
      return { kind, cpu: natural(cpu, what, 65_535), take: boolean(take, what) };
    default:
      return wrong(what);
  }
}
