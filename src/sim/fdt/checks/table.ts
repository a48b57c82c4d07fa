import { BUS_CHECKS } from './buses.ts';
import type { Check } from './check.ts';
import { ALIAS_CHECKS, STYLE_CHECKS, VALUE_CHECKS } from './format.ts';
import { GRAPH_CHECKS } from './graph.ts';
import { NAME_CHECKS } from './names.ts';
import { PROVIDER_CHECKS } from './providers.ts';
import { REFERENCE_CHECKS } from './references.ts';

/**
 * Every check dtc 1.6.1 runs unless told otherwise, in its order: the first error ends the list.
 * Source: dtc, checks.c, `check_table`.
 */
export const CHECKS: readonly Check[] = [
  ...NAME_CHECKS,
  ...REFERENCE_CHECKS,
  ...VALUE_CHECKS,
  ...BUS_CHECKS,
  ...STYLE_CHECKS,
  ...PROVIDER_CHECKS,
  ...ALIAS_CHECKS,
  ...GRAPH_CHECKS,
];
