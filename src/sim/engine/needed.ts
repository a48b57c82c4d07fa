import type { EffectTree } from './effect-tree.ts';
import type { Model } from './model.ts';

/** A model whose actions belong to processes: a process has one next action, or a choice of a few. */
export interface ProcessModel extends Model {
  processOf(action: number): number;
}

/** Actions a run may take before it counts as one that does not end. */
const ACTIONS_MAX = 100_000;

/**
 * Which entries of a schedule are needed. An entry is not, when the schedule without it still ends in
 * the same outcome: the later entries of its process move up, those that cannot be followed are passed
 * over, and what is left runs process by process, the lowest first.
 */
export function neededEntries(
  model: ProcessModel,
  seen: EffectTree,
  schedule: readonly number[],
): boolean[] {
  const outcome = outcomeOf(model, seen, schedule);
  return schedule.map((_, i) => outcomeOf(model, seen, schedule.toSpliced(i, 1)) !== outcome);
}

/** What is seen of a schedule and of what it leaves over; -1 when that never ends. */
export function outcomeOf(
  model: ProcessModel,
  seen: EffectTree,
  schedule: readonly number[],
): number {
  const key = new Int32Array(model.width);
  const from = new Int32Array(model.width);
  const actions = new Int32Array(model.actions);
  let shown = 0;
  model.first(key, 0);
  const take = (action: number): void => {
    from.set(key);
    model.step(action, from, 0, key);
    for (const effect of model.effects) shown = seen.after(shown, effect);
  };
  const able = (): Int32Array => {
    model.load(key, 0);
    return actions.subarray(0, model.enabled(actions));
  };
  for (const entry of schedule) {
    const own = able().filter((action) => model.processOf(action) === model.processOf(entry));
    if (own.length > 0) take(own.includes(entry) ? entry : own[0]!);
  }
  for (let rest = able(), n = 0; rest.length > 0; rest = able()) {
    if (n++ > ACTIONS_MAX) return -1;
    // The first that gets anywhere: who waits for a lock does not.
    const before = key.slice();
    const isMoved = (): boolean => key.some((word, part) => word !== before[part]);
    for (let i = 0; i < rest.length && !isMoved(); i++) take(rest[i]!);
    if (!isMoved()) return -1;
  }
  return shown;
}
