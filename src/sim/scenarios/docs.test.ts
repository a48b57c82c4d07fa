import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkClaims } from './claims.ts';
import { listExamples } from './docs-examples.ts';
import { scenarioDocs } from './docs.ts';
import {
  BLOCKS,
  FRONT_MATTER_KEYS,
  MACHINE_KEYS,
  SCHEDULE_FORMS,
  VIEW_KEYS,
  type BlockKind,
} from './grammar.ts';
import { parseScenario } from './parse.ts';

const DOCS = new URL('../../../docs/scenarios.md', import.meta.url);
const withHeader = (header: string) => parseScenario(`---\ntitle: T\n${header}\n---\n`, 'x.md');
const withBlock = (block: string) => parseScenario(`---\ntitle: T\n---\n${block}\n`, 'x.md');

describe('docs/scenarios.md', () => {
  it('is what the tables say; UPDATE_DOCS=1 makes it so', () => {
    if (process.env.UPDATE_DOCS === '1') writeFileSync(DOCS, scenarioDocs());
    expect(readFileSync(DOCS, 'utf8')).toBe(scenarioDocs());
  });

  it('shows every example, each under its name', () => {
    for (const { file, text } of listExamples())
      expect(scenarioDocs()).toContain(`\`\`\`\`markdown ${file}\n${text}\`\`\`\``);
  });

  it.each(listExamples())('has a scenario that can be read: $file', ({ file, text }) => {
    expect(() => checkClaims(parseScenario(text, file))).not.toThrow();
  });

  it.each(Object.entries<BlockKind>(BLOCKS))('has an example of a %s block', (name, kind) => {
    const scenario = withBlock(
      `\`\`\`${name} ${kind.exampleArgument ?? ''}\n${kind.example}\n\`\`\``,
    );
    checkClaims(scenario);
    expect(scenario.stops[0]?.items[0]?.kind).toBe(name);
  });

  it.each(Object.entries(FRONT_MATTER_KEYS))('has an example of %s', (key, { example }) => {
    if (key === 'title') expect(parseScenario(`---\n${example}\n---\n`, 'x.md').title).not.toBe('');
    else expect(() => withHeader(example)).not.toThrow();
  });

  it.each(Object.values(MACHINE_KEYS))('has an example of a machine: $example', ({ example }) => {
    expect(() => withHeader(`machine: { ${example} }`)).not.toThrow();
  });

  it.each(SCHEDULE_FORMS)('has an example of $form', ({ example }) => {
    expect(() => withBlock(`\`\`\`schedule\n${example}\n\`\`\``)).not.toThrow();
  });

  it.each(Object.values(VIEW_KEYS))('has an example of a view: $example', ({ example }) => {
    expect(() => withBlock(`\`\`\`view\n${example}\n\`\`\``)).not.toThrow();
  });
});
