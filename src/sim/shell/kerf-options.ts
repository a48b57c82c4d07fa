import { parseSize } from '../base/units.ts';
import { errnoText, show, wholeNumber, type Arguments } from './arguments.ts';
import { WrongUsage, type Io, type Lookups, type Steps } from './command.ts';
import { askAbout, type Instance } from './instances.ts';
import type { About } from './ask.ts';
import { didYouMean } from './nearest.ts';
import { readNumbers } from './number-list.ts';

/** Exit statuses of kerf. Source: multikernel/kerf, README, *Exit codes*. */
export const KERF = { done: 0, failed: 1, usage: 2, file: 3 } as const;

/** Where v2 keeps its files. */
export const MULTIKERNEL_FS = '/sys/fs/multikernel';

/** Ids kerf gives to instances. */
export const ID_MIN = 1;
export const ID_MAX = 511;

/** kexec_file_load(2). Source: include/uapi/linux/kexec.h with v2 patches 1, 9 and 15. */
export const KEXEC_FILE_UNLOAD = 0x1;
export const KEXEC_FILE_NO_INITRAMFS = 0x4;
export const KEXEC_FILE_DEBUG = 0x8;
export const KEXEC_MULTIKERNEL = 0x10;

/** The id's place in the flags. Ids of v2 run into other flags: that is the kernel's affair. */
export const idFlags = (id: number): number => (id << 5) & 0xffe0;

/** An instance a verb was called with, and what the world knows besides. */
export interface Target {
  readonly instance: Instance;
  readonly about: About;
}

/**
 * The instance that `NAME` or `--id N` means: one of them is needed, which is usage; an instance that
 * is not there is a failure, said here.
 */
export function* findTarget(io: Io, verb: string, args: Arguments): Steps<Target | null> {
  const name = args.words[0];
  const typedId = args.value('N');
  if (args.words.length > 1) throw new WrongUsage(`what is ${show(args.words[1]!)} for?`);
  if (name === undefined && typedId === undefined) throw new WrongUsage('NAME or --id is needed');
  const id = typedId === undefined ? undefined : wholeNumber(typedId, '--id', ID_MIN, ID_MAX);
  if (!(yield* isMounted(io, verb))) return null;
  const about = yield* askAbout();
  const instance = about.instances.find((one) =>
    name === undefined ? one.id === id : one.name === name,
  );
  if (!instance) {
    const names = about.instances.map((one) => one.name);
    const hint = name === undefined ? '' : didYouMean(name, names);
    io.err(`kerf: ${verb}: no instance ${name ?? `with id ${id ?? ''}`}${hint}`);
    return null;
  }
  if (id !== undefined && instance.id !== id) {
    io.err(`kerf: ${verb}: ${instance.name} has id ${instance.id}, not ${id}`);
    return null;
  }
  return { instance, about };
}

/** Whether v2's files are there; if not, that is said. */
export function* isMounted(io: Io, verb: string): Steps<boolean> {
  const { ret } = yield { call: 'stat', path: `${MULTIKERNEL_FS}/instances` };
  if (ret >= 0) return true;
  io.err(
    `kerf: ${verb}: ${MULTIKERNEL_FS}/instances: ${errnoText(ret)}` +
      `; first: mount -t multikernel none ${MULTIKERNEL_FS}`,
  );
  return false;
}

/** `web-server (id 2)`. */
export const called = ({ name, id }: Instance): string => `${name} (id ${id})`;

/** Names for completion, and options are offered elsewhere. */
export const completeInstance = (_words: readonly string[], lookups: Lookups): readonly string[] =>
  lookups.instances;

/** CPUs of `--cpus`. */
export const readCpus = (text: string): number[] => readNumbers(text, '--cpus');

/** Bytes, or KB, MB, GB in powers of 1024. */
export function readMemory(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  throw new WrongUsage(`--memory is a size such as 512MB, not ${show(text)}`);
}

/** The first of these options that was given: the v2 device tree has no place for any of them. */
export const firstWithoutPlace = (
  given: Arguments,
  options: Readonly<Record<string, string>>,
): string | undefined => Object.entries(options).find(([, letter]) => given.has(letter))?.[0];
