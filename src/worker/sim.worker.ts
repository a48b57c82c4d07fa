import { load } from 'virtual:scenarios';
import { serve } from './host.ts';
import type { Port } from './protocol.ts';
import { makeHandlers } from './run.ts';

const expressions = () => import('../sim/scenarios/claims.ts');

// The page's library calls `self` a window; here it is the scope of a worker, which is a port.
serve(self as unknown as Port, (tell) =>
  makeHandlers(tell, {
    bundled: load,
    async parse(text, file) {
      const [{ parseScenario }, { checkClaims }] = await Promise.all([
        import('../sim/scenarios/parse.ts'),
        expressions(),
      ]);
      const scenario = parseScenario(text, file);
      checkClaims(scenario);
      return scenario;
    },
    evaluator: () => import('../sim/scenarios/evaluator.ts'),
    expressions,
    consoles: () => import('../sim/scenarios/consoles.ts'),
    compiler: () => import('../sim/fdt/compile.ts'),
    completion: () => import('../sim/scenarios/complete-line.ts'),
    trees: () => import('./tree-reading.ts'),
    designs: () => import('../sim/scenarios/designs.ts'),
    diagrams: () => import('../sim/scenarios/diagram/of-run.ts'),
    branches: () => import('./branch-part.ts'),
    records: () => import('../sim/scenarios/record.ts'),
    models: () => import('../sim/scenarios/start-again.ts'),
    races: () => import('../sim/engine/races.ts'),
    breaking: () => import('./breaking.ts'),
    inspector: () => import('./inspect/inspect.ts'),
  }),
);
