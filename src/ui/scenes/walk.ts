import type { Box } from './stage.ts';

/** Unit vectors of the arrow keys. */
const WAYS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/** The tile an arrow key leads to: the nearest one that way. Undefined for other keys and edges. */
export function nextTile(
  tiles: ReadonlyMap<number, Box>,
  from: number,
  key: string,
): number | undefined {
  const way = WAYS[key];
  const here = tiles.get(from);
  if (!way || !here) return undefined;
  let best: { readonly cpu: number; readonly cost: number } | undefined;
  for (const [cpu, box] of tiles) {
    const dx = box.x + box.width / 2 - here.x - here.width / 2;
    const dy = box.y + box.height / 2 - here.y - here.height / 2;
    const ahead = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    if (ahead <= 1 || ahead < aside / 2) continue;
    const cost = ahead + 2 * aside;
    if (!best || cost < best.cost) best = { cpu, cost };
  }
  return best?.cpu;
}
