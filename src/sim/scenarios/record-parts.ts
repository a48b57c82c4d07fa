import { Refused } from '../base/assert.ts';
import type { Act, Input, Spot } from './inputs.ts';
import type { OwnFile } from './run-parts.ts';
import type { Place } from './run-state.ts';
import { PROFILES } from './scenario.ts';

/** Most characters of a recording, most inputs, longest line. */
export const TEXT_MAX = 8 * 1024 * 1024;
export const INPUTS_MAX = 100_000;
const LINE_MAX = 65_536;
export const STEP_MAX = 1e9;

/** Refuses a recording for one of its parts. */
export function wrong(what: string): never {
  throw new Refused(`this session is broken: ${what} is not what it should be`);
}

/** The part as an object of named values. */
export function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(what);
  return value as Record<string, unknown>;
}

/** The part as a list that is not too long. */
export function list(value: unknown, what: string, most: number): unknown[] {
  return Array.isArray(value) && value.length <= most ? value : wrong(what);
}

export const string = (value: unknown, what: string, most: number): string =>
  typeof value === 'string' && value.length <= most ? value : wrong(what);

export const natural = (value: unknown, what: string, most: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most
    ? value
    : wrong(what);

export const boolean = (value: unknown, what: string): boolean =>
  typeof value === 'boolean' ? value : wrong(what);

export function profileOf(value: unknown): string {
  return PROFILES.find((each) => each === value) ?? wrong('the profile');
}

export function fileOf(value: unknown): OwnFile {
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

export function spotOf(value: unknown): Spot {
  const { step, at, inputs } = record(value, 'the moment');
  return {
    step: natural(step, 'the moment', STEP_MAX),
    at: placeOf(at),
    inputs: natural(inputs, 'the moment', INPUTS_MAX),
  };
}

export function inputOf(value: unknown): Input {
  const { step, at, typing, act } = record(value, 'an input');
  return {
    step: natural(step, 'an input', STEP_MAX),
    at: placeOf(at),
    typing: boolean(typing, 'an input'),
    act: actOf(record(act, 'an input')),
  };
}

function actOf({ kind, kernel, line, on, cpu, take, drain }: Record<string, unknown>): Act {
  const what = 'an input';
  switch (kind) {
    case 'line':
      return { kind, kernel: string(kernel, what, 200), line: string(line, what, LINE_MAX) };
    case 'interrupt':
      return { kind, kernel: string(kernel, what, 200) };
    case 'chosen':
      return { kind, on: boolean(on, what) };
    case 'choose':
      return {
        ...{ kind, cpu: natural(cpu, what, 65_535), take: boolean(take, what) },
        ...(drain === true && { drain }),
      };
    default:
      return wrong(what);
  }
}

export const glueOf = (value: unknown): Readonly<Record<string, boolean>> =>
  Object.fromEntries(
    Object.entries(record(value, 'the glue')).map(([name, on]) => [name, on === true]),
  );
