import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HAZARD_BOOK } from '../kernel/hazard-book.ts';
import { hazardDocs } from './hazard-docs.ts';

const DOCS = new URL('../../../docs/hazards.md', import.meta.url);

describe('docs/hazards.md', () => {
  it('is what the table says; UPDATE_DOCS=1 makes it so', () => {
    if (process.env.UPDATE_DOCS === '1') writeFileSync(DOCS, hazardDocs());
    expect(readFileSync(DOCS, 'utf8')).toBe(hazardDocs());
  });

  it('has a row for every hazard', () => {
    for (const { id } of HAZARD_BOOK.flatMap(({ hazards }) => hazards))
      expect(hazardDocs()).toContain(`\n| ${id} | `);
  });
});
