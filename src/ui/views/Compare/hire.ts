import type { ComparingWorker } from './comparing.svelte.ts';

/** A thread of its own for two runs. */
export function hireComparer(): ComparingWorker {
  const worker = new Worker(new URL('../../../worker/compare.worker.ts', import.meta.url), {
    type: 'module',
  });
  return {
    port: worker,
    onend: (ended) => worker.addEventListener('error', ({ message }) => ended(message)),
    close: () => worker.terminate(),
  };
}
