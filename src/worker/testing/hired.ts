import { readFileSync } from 'node:fs';
import { afterEach } from 'vitest';
import type { Frame } from '../../sim/world/frame.ts';
import { connect, type Client } from '../client.ts';
import { serve } from '../host.ts';
import type { Push } from '../protocol.ts';
import { makeHandlers } from '../run.ts';
import type { Services } from '../services.ts';

export const text = (name: string): string =>
  readFileSync(new URL(`../../../public/scenarios/${name}.md`, import.meta.url), 'utf8');

export const SERVICES: Services = {
  async bundled(name) {
    if (name !== 'boot' && name !== 'lost-message') return undefined;
    return SERVICES.parse(text(name), `${name}.md`);
  },
  async parse(source, file) {
    const { parseScenario } = await import('../../sim/scenarios/parse.ts');
    const { checkClaims } = await import('../../sim/scenarios/claims.ts');
    const scenario = parseScenario(source, file);
    checkClaims(scenario);
    return scenario;
  },
  evaluator: () => import('../../sim/scenarios/evaluator.ts'),
  expressions: () => import('../../sim/scenarios/claims.ts'),
  consoles: () => import('../../sim/scenarios/consoles.ts'),
  compiler: () => import('../../sim/fdt/compile.ts'),
  completion: () => import('../../sim/scenarios/complete-line.ts'),
  trees: () => import('../tree-reading.ts'),
  designs: () => import('../../sim/scenarios/designs.ts'),
  diagrams: () => import('../../sim/scenarios/diagram/of-run.ts'),
  branches: () => import('../branch-part.ts'),
  records: () => import('../../sim/scenarios/record.ts'),
  models: () => import('../../sim/scenarios/start-again.ts'),
  races: () => import('../../sim/engine/races.ts'),
  breaking: () => import('../breaking.ts'),
  inspector: () => import('../inspect/inspect.ts'),
};

export interface Page extends Client {
  readonly pushes: Push[];
  /** Resolves with the first push that fits. */
  pushed(fits: (push: Push) => boolean): Promise<Push>;
}

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** A page and a worker in one thread, with a real channel between them. */
export function hire(services: Services = SERVICES): Page {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  serve(port2, (tell) => makeHandlers(tell, services));
  const pushes: Push[] = [];
  const waiting = new Set<{ fits: (push: Push) => boolean; resolve: (push: Push) => void }>();
  const client = connect(port1, (push) => {
    pushes.push(push);
    for (const each of waiting) if (each.fits(push)) each.resolve(push);
  });
  port1.start();
  port2.start();
  return Object.assign(client, {
    pushes,
    pushed: (fits: (push: Push) => boolean) =>
      new Promise<Push>((resolve) => {
        const before = pushes.find(fits);
        if (before) resolve(before);
        else waiting.add({ fits, resolve });
      }),
  });
}

export async function loaded(name = 'boot', seed?: number): Promise<Page> {
  const page = hire();
  const source = { kind: 'bundled', name } as const;
  await page.ask('load', seed === undefined ? { source } : { source, seed });
  return page;
}

export const frameIs = (fits: (frame: Frame) => boolean) => (push: Push) =>
  push.push === 'frame' && fits(push.frame);
