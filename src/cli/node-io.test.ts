import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../sim/base/assert.ts';
import { nodeIo } from './node-io.ts';

describe('the files of the command line', () => {
  let typedIn = '';
  beforeEach(() => {
    typedIn = mkdtempSync(join(tmpdir(), 'mk-'));
    vi.stubEnv('INIT_CWD', typedIn);
  });
  afterEach(() => vi.unstubAllEnvs());

  it('are looked for where the command was typed', () => {
    const { io } = nodeIo();
    io.writeFile('a.dtb', Uint8Array.of(0xd0, 0x0d));
    expect([...readFileSync(join(typedIn, 'a.dtb'))]).toEqual([0xd0, 0x0d]);
    expect([...io.readFile('a.dtb')]).toEqual([0xd0, 0x0d]);
  });

  it('are refused under the name that was typed', () => {
    const { io } = nodeIo();
    expect(() => io.readFile('no/such.dts')).toThrow(
      new Refused('no/such.dts: no such file or directory'),
    );
    expect(() => io.readFile('.')).toThrow(new Refused('.: is a directory'));
    expect(() => io.writeFile('no/such.dtb', '')).toThrow(Refused);
  });
});
