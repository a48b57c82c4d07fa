import { load } from 'virtual:scenarios';
import { serve } from './host.ts';
import type { Port } from './protocol.ts';
import { makeHandlers } from './run.ts';

// The page's library calls `self` a window; here it is the scope of a worker, which is a port.
serve(self as unknown as Port, (tell) =>
  makeHandlers(tell, {
    bundled: load,
    parse: async (text, file) => {
      const { parseScenario } = await import('../sim/scenarios/parse.ts');
      const { checkClaims } = await import('../sim/scenarios/claims.ts');
      const scenario = parseScenario(text, file);
      checkClaims(scenario);
      return scenario;
    },
    evaluator: () => import('../sim/scenarios/evaluator.ts'),
    expressions: () => import('../sim/scenarios/claims.ts'),
  }),
);
