import { flushSync } from 'svelte';
import { vi } from 'vitest';

const PATIENCE_MS = 60_000;
const TURN_MS = 2;

/** Lets answers come in and the page follow until `holds` has nothing to object, however long. */
export function eventually(holds: () => void): Promise<void> {
  const look = (): void => {
    flushSync();
    holds();
  };
  return vi.waitFor(look, { timeout: PATIENCE_MS, interval: TURN_MS });
}
