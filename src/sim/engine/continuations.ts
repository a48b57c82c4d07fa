import type { Explorer } from './explorer.ts';

/**
 * Of each explored state, the share of its continuations that end badly: 0 when none does, 1 when it is
 * too late, in between the exact ratio, as every path of the graph to a final state is counted once.
 * The search must be complete and have kept its edges. Null where an order can go on for ever.
 */
export function badShares(
  explorer: Explorer,
  isBad: (seen: number) => boolean,
): Float64Array | null {
  const order = finishingOrder(explorer);
  if (!order) return null;
  const { starts, to } = explorer.graph;
  const all = new Float64Array(explorer.states);
  const bad = new Float64Array(explorer.states);
  const verdicts = new Map(explorer.outcomes.map(({ seen }) => [seen, isBad(seen)]));
  for (const state of order) {
    const end = starts[state + 1]!;
    if (starts[state] === end) {
      all[state] = 1;
      bad[state] = verdicts.get(explorer.seenAt(state)) ? 1 : 0;
    }
    for (let edge = starts[state]!; edge < end; edge++) {
      if (to[edge] === state) continue;
      all[state]! += all[to[edge]!]!;
      bad[state]! += bad[to[edge]!]!;
    }
    // Nothing but waiting, for ever: that is no good end either.
    if (all[state] === 0) all[state] = bad[state] = 1;
  }
  // Where all are bad both sums were made of the same numbers in the same order.
  return bad.map((count, state) => count / all[state]!);
}

/** All states, each behind those it leads to; null when some state leads back to itself. */
function finishingOrder({ states, graph: { starts, to } }: Explorer): Int32Array | null {
  const order = new Int32Array(states);
  let done = 0;
  const OPEN = 1;
  const DONE = 2;
  const marks = new Uint8Array(states);
  const next = starts.slice(0, states);
  const path = [0];
  marks[0] = OPEN;
  while (path.length > 0) {
    const state = path.at(-1)!;
    const edge = next[state]!;
    if (edge === starts[state + 1]) {
      marks[state] = DONE;
      order[done++] = state;
      path.pop();
      continue;
    }
    next[state] = edge + 1;
    const target = to[edge]!;
    // A step that changes nothing, as a wait for a lock, is no way on.
    if (target === state) continue;
    if (marks[target] === OPEN) return null;
    if (marks[target] === DONE) continue;
    marks[target] = OPEN;
    path.push(target);
  }
  return order;
}
