import { Refused } from '../base/assert.ts';
import { parseScenario } from '../scenarios/parse.ts';
import type { Block, Scenario } from '../scenarios/scenario.ts';

export const parse = (text: string): Scenario => parseScenario(text, 'x.md');
/** A scenario whose body begins on line 5. */
export const withBody = (body: string): Scenario => parse(`---\ntitle: T\n---\n\n${body}\n`);
export const withHeader = (header: string): Scenario => parse(`---\ntitle: T\n${header}\n---\n`);
const blocksOf = (scenario: Scenario): readonly Block[] =>
  scenario.stops.flatMap(({ items }) => items.filter((item) => item.kind !== 'prose'));
/** The first block of a body. */
export const blockOf = (body: string): Block | undefined => blocksOf(withBody(body))[0];

/** `LINE:COLUMN: sentence` of the refusal. */
export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refused) return error.located.replace('x.md:', '');
    throw error;
  }
  return 'not refused';
}
