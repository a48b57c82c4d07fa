import { recall, remember } from './panes.svelte.ts';

/** Names of kept files by lesson: read at once, so that nobody who kept none pays for a database. */
const INDEX = 'multikernel-playground.own';

const keyOf = (lesson: string, name: string): string => `own ${lesson} ${name}`;

/** Names of the files that are kept for a lesson. */
export function keptNames(lesson: string): readonly string[] {
  return index()[lesson] ?? [];
}

/** Bytes that were kept, undefined when there are none (any more). */
export async function keptBytes(lesson: string, name: string): Promise<Uint8Array | undefined> {
  if (!keptNames(lesson).includes(name)) return undefined;
  try {
    const { get } = await import('idb-keyval');
    const bytes: unknown = await get(keyOf(lesson, name));
    return bytes instanceof Uint8Array ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a file for the next visit; false where the browser does not let us. */
export async function keepBytes(lesson: string, name: string, bytes: Uint8Array): Promise<boolean> {
  try {
    const { set } = await import('idb-keyval');
    await set(keyOf(lesson, name), bytes);
    const names = keptNames(lesson).filter((kept) => kept !== name);
    remember(INDEX, JSON.stringify({ ...index(), [lesson]: [...names, name] }));
    return true;
  } catch {
    return false;
  }
}

/** Forgets a file. */
export async function dropBytes(lesson: string, name: string): Promise<void> {
  const names = keptNames(lesson).filter((kept) => kept !== name);
  remember(INDEX, JSON.stringify({ ...index(), [lesson]: names }));
  try {
    const { del } = await import('idb-keyval');
    await del(keyOf(lesson, name));
  } catch {
    // It is out of the index, so nobody will ask for it.
  }
}

function index(): Readonly<Record<string, readonly string[]>> {
  try {
    const stored: unknown = JSON.parse(recall(INDEX) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).filter(
        (entry): entry is [string, string[]] =>
          Array.isArray(entry[1]) && entry[1].every((name) => typeof name === 'string'),
      ),
    );
  } catch {
    return {};
  }
}
