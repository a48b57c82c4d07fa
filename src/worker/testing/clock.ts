import { afterEach, vi } from 'vitest';

afterEach(() => vi.restoreAllMocks());

/**
 * From here to the end of the test time passes only when somebody looks at it, `ms` milliseconds a
 * look: what is told after a while is told on every machine, however fast or busy it is.
 */
export function timePassesByLooks(ms: number): void {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += ms));
}

/** Resolves when something has come to be, however long that takes. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
