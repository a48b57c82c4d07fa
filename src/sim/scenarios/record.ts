import { Refused } from '../base/assert.ts';
import { hashValue } from '../world/hash-value.ts';
import { PROGRAM } from '../world/program.ts';
import { readBranches, writeBranches } from './branch-record.ts';
import type { Tree } from './branches.ts';
import type { Input, Spot } from './inputs.ts';
import {
  boolean,
  fileOf,
  glueOf,
  INPUTS_MAX,
  inputOf,
  list,
  natural,
  profileOf,
  record,
  spotOf,
  string,
  TEXT_MAX,
  wrong,
} from './record-parts.ts';

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
  /** The branches that were tried, this run among them as the current one. */
  readonly branches?: Tree;
}

const FORMAT = 'multikernel-playground session 1';
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
export const writeRecord = ({ own, branches, ...rest }: Recorded): string =>
  JSON.stringify({
    format: FORMAT,
    ...rest,
    own: own.map(({ name, bytes }) => ({ name, bytes: [...bytes] })),
    ...(branches && { branches: writeBranches(branches) }),
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
  const recorded = {
    source: sourceOf(whole.source),
    seed: natural(whole.seed, 'the seed', 2 ** 32 - 1),
    profile: profileOf(whole.profile),
    glue: glueOf(whole.glue),
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
  if (whole.branches === undefined) return recorded;
  return { ...recorded, branches: readBranches(whole.branches, recorded) };
}

function breakpointOf(value: unknown): { text: string; enabled: boolean } {
  const { text, enabled } = record(value, 'a breakpoint');
  const what = 'a breakpoint';
  return { text: string(text, what, NOTE_MAX), enabled: boolean(enabled, what) };
}

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
