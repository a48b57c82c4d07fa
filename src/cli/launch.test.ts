import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

describe('the launcher', () => {
  it('builds what is missing without a word and then says how to use it', () => {
    const launcher = new URL('launch.mjs', import.meta.url).pathname;
    const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, 'nonsense'], {
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^mk: no verb "nonsense"\nusage: npm run --silent mk -- VERB …\n/);
  });
});
