import type { ExploreWorker } from './exploring.svelte.ts';

/** A thread of its own for one exploration. */
export function hireExplorer(): ExploreWorker {
  const worker = new Worker(new URL('../../../worker/explore.worker.ts', import.meta.url), {
    type: 'module',
  });
  return {
    port: worker,
    onend: (ended) => worker.addEventListener('error', ({ message }) => ended(message)),
    close: () => worker.terminate(),
  };
}
