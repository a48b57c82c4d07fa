import type { Panes } from './panes.svelte.ts';

type Came = NonNullable<Panes['came']>;

/** Under this name the run is kept that the last ending was played from. */
const KEY = 'came';

/** Keeps, for the next visit, the run an ending was played from. */
export async function keepCame(came: Came): Promise<void> {
  try {
    const { set } = await import('idb-keyval');
    await set(KEY, came);
  } catch {
    // Private windows and full stores: only the comfort of the next visit is lost.
  }
}

/** The run that an ending of this text was played from; undefined when none is kept. */
export async function cameFrom(ending: string): Promise<Came | undefined> {
  try {
    const { get } = await import('idb-keyval');
    const kept: unknown = await get(KEY);
    return isCame(kept) && kept.ending === ending ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** A store can hold anything, such as what another version has put there. */
const isCame = (kept: unknown): kept is Came =>
  typeof kept === 'object' &&
  kept !== null &&
  ['name', 'record', 'ending'].every(
    (part) => typeof (kept as Readonly<Record<string, unknown>>)[part] === 'string',
  );
