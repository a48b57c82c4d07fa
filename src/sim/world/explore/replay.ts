import type { WorldExplorer } from './world-explorer.ts';

/**
 * Plays a schedule in the world of an exploration from its start, observer, log and all, which the
 * search itself leaves out. The search can go on afterwards; until then the world stays as played.
 */
export function replay(search: WorldExplorer, actions: readonly number[]): void {
  const { world, start, model } = search;
  model.forget();
  world.restore(start);
  for (const action of actions) model.play(action);
}
