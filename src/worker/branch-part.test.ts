import { describe, expect, it } from 'vitest';
import { hire, loaded } from './testing/hired.ts';

describe('branches', () => {
  it('keep the future that was when a line is typed at an earlier moment', async () => {
    const page = await loaded();
    const end = await page.ask('step', { count: 1e6 });
    const before = await page.ask('hash', {});
    await page.ask('seek', { step: end.step - 30 });
    await page.ask('goToStop', { stop: 1 });
    await page.ask('type', { kernel: 'host', line: 'echo hi' });
    const { branches, current } = await page.ask('branches', {});
    expect(branches.map(({ name }) => name)).toEqual(['main', 'host: echo hi']);
    expect(current).toBe(1);
    const after = await page.ask('hash', {});
    const main = await page.ask('switchTo', { branch: 0 });
    expect(main.reopened).toMatchObject({ matches: true, why: '' });
    expect(main.frame.step).toBe(end.step);
    expect(await page.ask('hash', {})).toBe(before);
    await page.ask('switchTo', { branch: 1 });
    expect(await page.ask('hash', {})).toBe(after);
  });

  it('of other settings are run with these', async () => {
    const page = await loaded();
    await page.ask('step', { count: 80 });
    const source = { kind: 'bundled', name: 'boot' } as const;
    await page.ask('load', { source, seed: 5, branch: true });
    await page.ask('step', { count: 40 });
    const list = await page.ask('branches', {});
    expect(list.branches.map(({ name, settings }) => [name, settings])).toEqual([
      ['main', ''],
      ['seed 5', 'seed 5'],
    ]);
    expect(await page.ask('switchTo', { branch: 0 })).toMatchObject({
      seed: 1,
      frame: { step: 80 },
    });
    expect(await page.ask('switchTo', { branch: 1 })).toMatchObject({
      seed: 5,
      frame: { step: 40 },
    });
  });

  it('travel with the session, which goes on where it was', async () => {
    const page = await loaded();
    await page.ask('step', { count: 1e6 });
    await page.ask('goToStop', { stop: 1 });
    await page.ask('type', { kernel: 'host', line: 'true' });
    await page.ask('renameBranch', { branch: 1, name: 'mine' });
    await page.ask('seek', { step: 100 });
    const text = await page.ask('record', { branches: true });
    const hash = await page.ask('hash', {});
    const other = hire();
    const { reopened, frame } = await other.ask('reopen', { text });
    expect(reopened).toMatchObject({ matches: true, why: '' });
    expect(frame.step).toBe(100);
    expect(await other.ask('hash', {})).toBe(hash);
    expect((await other.ask('branches', {})).branches.map(({ name }) => name)).toEqual([
      'main',
      'mine',
    ]);
    await other.ask('switchTo', { branch: 1 });
    await other.ask('type', { kernel: 'host', line: 'echo on' });
    expect((await other.ask('branches', {})).branches).toHaveLength(2);
  });

  it('are deleted and put back; a false wish is refused', async () => {
    const page = await loaded();
    await page.ask('step', { count: 1e6 });
    await page.ask('goToStop', { stop: 1 });
    await page.ask('type', { kernel: 'host', line: 'true' });
    await expect(page.ask('removeBranch', { branch: 1 })).rejects.toThrow('this branch runs');
    await page.ask('switchTo', { branch: 0 });
    expect((await page.ask('removeBranch', { branch: 1 })).branches).toHaveLength(1);
    expect((await page.ask('restoreBranch', {})).branches).toHaveLength(2);
    await expect(page.ask('restoreBranch', {})).rejects.toThrow('no branch was deleted');
    await expect(page.ask('switchTo', { branch: 9 })).rejects.toThrow('no such branch');
  });
});
