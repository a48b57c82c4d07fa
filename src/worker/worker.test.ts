import { describe, expect, it } from 'vitest';
import { Refused } from '../sim/base/assert.ts';
import { WorkerBug, WorkerDied } from './client.ts';
import { failureOf } from './host.ts';
import type { Push } from './protocol.ts';
import { frameIs, hire, loaded, SERVICES, text } from './testing/hired.ts';

describe('load', () => {
  it('boots a blob that was dropped in the place of a source', async () => {
    const { compileDts } = await import('../sim/fdt/compile.ts');
    const source = /```dts web.dts\n([\s\S]*?)```/.exec(text('boot'))?.[1] ?? '';
    const other = source.replace('<4 5>', '<6>').replace('0x10000000', '0x8000000');
    const { blob } = compileDts(new TextEncoder().encode(other));
    const page = hire();
    const own = [{ name: 'web.dts', bytes: blob! }];
    const loaded = await page.ask('load', { source: { kind: 'bundled', name: 'boot' }, own });
    expect(new TextDecoder().decode(loaded.files[0]!.bytes)).toContain('/dts-v1/');
    await page.ask('step', { count: 100_000 });
    const expression = 'instance("web-server").cpus';
    expect(await page.ask('evaluate', { expression })).toEqual([6]);
  });

  it('refuses bytes that only begin like a blob', async () => {
    const own = [{ name: 'web.dts', bytes: Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed, 1, 2, 3) }];
    const asked = hire().ask('load', { source: { kind: 'bundled', name: 'boot' }, own });
    await expect(asked).rejects.toThrow('web.dts: this blob is no device tree');
  });

  it('answers with the lesson, its files and the first moment', async () => {
    const page = hire();
    const answer = await page.ask('load', { source: { kind: 'bundled', name: 'boot' } });
    expect(answer.scenario.title).toBe('Boot a second kernel');
    expect(answer).toMatchObject({
      seed: 1,
      profile: 'rfc-v2',
      frame: { step: 0, playing: false },
    });
    expect(answer.files.map(({ name, own }) => [name, own])).toEqual([['web.dts', false]]);
    expect(answer.legend.steps.length).toBeGreaterThan(100);
    expect(answer.frame.cpus).toHaveLength(8);
  });

  it('takes a seed, a profile and the user’s own files', async () => {
    const page = hire();
    const own = [{ name: 'web.dts', bytes: Uint8Array.of(1, 2) }];
    const source = { kind: 'bundled', name: 'boot' } as const;
    const answer = await page.ask('load', { source, seed: 9, profile: 'rfc-v2-as-posted', own });
    expect(answer).toMatchObject({ seed: 9, profile: 'rfc-v2-as-posted' });
    expect(answer.files).toEqual([{ name: 'web.dts', bytes: Uint8Array.of(1, 2), own: true }]);
    expect(answer.legend.glue.every(({ on }) => !on)).toBe(true);
  });

  it('refuses an unknown lesson, and keeps the one it has', async () => {
    const page = await loaded();
    const before = await page.ask('hash', {});
    await expect(page.ask('load', { source: { kind: 'bundled', name: 'mars' } })).rejects.toThrow(
      new Refused('there is no lesson mars'),
    );
    expect(await page.ask('hash', {})).toBe(before);
  });

  it('refuses a text that is no lesson, with its place', async () => {
    const page = hire();
    const source = {
      kind: 'text',
      text: '---\ntitle: T\n---\n```mystery\n```\n',
      file: 'mine.md',
    } as const;
    const error = await page.ask('load', { source }).catch((why: unknown) => why);
    expect(error).toBeInstanceOf(Refused);
    expect((error as Refused).place).toMatchObject({ file: 'mine.md', line: 4 });
  });

  it('starts again with another model, at the same place, and says where the two part', async () => {
    const page = hire();
    const source = { kind: 'bundled', name: 'boot' } as const;
    await page.ask('load', { source });
    const before = await page.ask('goToStop', { stop: 3 });
    const glue = { 'own-ram': false };
    const { again, frame, legend, profile } = await page.ask('load', { source, glue, again: true });
    expect([profile, again?.why]).toEqual(['rfc-v2', '']);
    expect(frame.tour.stop).toBe(before.tour.stop);
    expect(again?.parting).toBeUndefined(); // the switch has not mattered yet
    expect(legend.glue.find(({ name }) => name === 'own-ram')).toMatchObject({ on: false });
    const other = await page.ask('load', { source, profile: 'ring-n1', again: true });
    expect(other.again?.parting).toMatchObject({ step: 0, cpu: 0 });
  });

  it.each([-1, 1.5, 4294967296, NaN])('refuses %d for a seed', async (seed) => {
    const page = await loaded();
    const before = await page.ask('hash', {});
    const source = { kind: 'bundled', name: 'boot' } as const;
    await expect(page.ask('load', { source, seed })).rejects.toThrow(
      `a seed is a whole number from 0 to 4294967295, not ${seed}`,
    );
    expect(await page.ask('hash', {})).toBe(before);
  });

  it('refuses a profile that does not exist', async () => {
    const page = hire();
    const source = { kind: 'bundled', name: 'boot' } as const;
    await expect(page.ask('load', { source, profile: 'rfc-v9' })).rejects.toThrow(Refused);
  });

  it('must come first', async () => {
    const page = hire();
    await expect(page.ask('step', { count: 1 })).rejects.toThrow('nothing is loaded yet');
    await expect(page.ask('hash', {})).rejects.toThrow(Refused);
  });
});

describe('moving', () => {
  it('step takes that many steps, seek goes to any, and both agree', async () => {
    const page = await loaded('lost-message');
    const there = await page.ask('step', { count: 200 });
    expect(there.step).toBe(200);
    const hash = await page.ask('hash', {});
    await page.ask('step', { count: 50 });
    const back = await page.ask('seek', { step: 200 });
    expect([back.step, await page.ask('hash', {})]).toEqual([200, hash]);
    const other = await loaded('lost-message');
    await other.ask('seek', { step: 200 });
    expect(await other.ask('hash', {})).toBe(hash);
  });

  it('finishStop plays the present stop to its end, and says so', async () => {
    const page = await loaded();
    await page.ask('finishStop', {});
    const frame = await page.ask('finishStop', {});
    expect(frame.tour).toMatchObject({ phase: 'ready', ended: false });
    expect(frame.tour.stop).toBeGreaterThan(0);
    expect(frame.paused).toContain('This stop is done');
    expect(frame.claims.every(({ ok }) => ok)).toBe(true);
  });

  it('goToStop goes to where a stop begins, forward and back', async () => {
    const page = await loaded();
    for (const stop of [1, 4, 2]) {
      const { tour } = await page.ask('goToStop', { stop });
      expect(tour).toMatchObject({ stop, phase: 'ready' });
    }
  });

  it('goes through the whole lesson to the hash of the command line', async () => {
    const page = await loaded('boot');
    let frame = await page.ask('finishStop', {});
    while (!frame.tour.ended) frame = await page.ask('finishStop', {});
    const other = await loaded('boot');
    await other.ask('seek', { step: 1e9 });
    expect(await other.ask('hash', {})).toBe(await page.ask('hash', {}));
    expect(frame.tour.phase).toBe('done');
  });
});

describe('playing', () => {
  it('pushes frames with the rows between them, and pauses at the next stop', async () => {
    const page = await loaded();
    await page.ask('play', { speed: { kind: 'max' } });
    const last = (await page.pushed(frameIs(({ paused }) => paused !== ''))) as Push & {
      push: 'frame';
    };
    expect(last.frame.playing).toBe(false);
    const pushes = page.pushes.filter((push) => push.push === 'frame');
    let next = pushes[0]!.rows.from;
    for (const { rows, frame } of pushes) {
      expect(rows.from).toBe(next);
      next += rows.time.length;
      expect(next).toBe(frame.traceHead);
    }
  });

  it('can be paused', async () => {
    const page = await loaded('lost-message');
    const speed = { kind: 'steps', perSecond: 50 } as const;
    expect((await page.ask('play', { speed })).playing).toBe(true);
    await page.pushed(frameIs(({ step }) => step > 0));
    const { playing, step } = await page.ask('pause', {});
    expect(playing).toBe(false);
    expect((await page.ask('step', { count: 1 })).step).toBe(step + 1);
  });

  it('tells of a refusal inside the lesson, and is paused', async () => {
    const page = hire();
    const source = {
      kind: 'text',
      text: '---\ntitle: T\n---\n```console mars\ndmesg\n```\n',
      file: 't.md',
    } as const;
    await page.ask('load', { source });
    await page.ask('play', { speed: { kind: 'max' } });
    const push = await page.pushed((each) => each.push === 'failure');
    expect(push).toMatchObject({
      failure: { kind: 'refused', why: expect.stringContaining('no kernel mars') as string },
    });
    expect((await page.ask('pause', {})).playing).toBe(false);
  });
});

describe('consoles', () => {
  it('answer when the command is over, with its status and what it printed', async () => {
    const page = await loaded();
    expect(await page.ask('type', { kernel: 'host', line: 'echo hello' })).toEqual({
      ...{ status: 0, output: 'hello\n' },
    });
    expect((await page.ask('type', { kernel: 'host', line: 'cat none' })).status).toBe(1);
    const { text: shown } = await page.ask('console', { kernel: 'host' });
    expect(shown).toContain('echo hello\r\nhello\r\n');
  });

  it('end a command that never ends on Ctrl-C, and go on from there', async () => {
    const page = await loaded();
    const typed = page.ask('type', { kernel: 'host', line: 'watch ls' });
    const { step, kernels } = await page.ask('interrupt', { kernel: 'host' });
    expect((await typed).left).toBe(true);
    expect(kernels[0]?.busy).toBe('');
    expect((await page.ask('console', { kernel: 'host' })).text).toContain('^C\r\n');
    expect(await page.ask('evaluate', { expression: 'status("host")' })).toBe(130);
    expect(await page.ask('type', { kernel: 'host', line: 'echo on' })).toEqual({
      ...{ status: 0, output: 'on\n' },
    });
    // Nothing of the lesson has gone on meanwhile.
    expect((await page.ask('state', {})).step).toBe(step);
  });

  it('refuse Ctrl-C where nothing runs', async () => {
    const page = await loaded();
    await expect(page.ask('interrupt', { kernel: 'host' })).rejects.toThrow(
      'no command runs on host',
    );
  });

  it('answer without colours, however they are shown', async () => {
    const page = await loaded();
    const { output } = await page.ask('type', { kernel: 'host', line: 'ls /sys' });
    expect(output).toBe('devices/  fs/\n');
    expect((await page.ask('console', { kernel: 'host' })).text).toContain('\u001b[34mdevices/');
    expect(await page.ask('evaluate', { expression: 'output("host")' })).toBe(output);
  });

  it('refuse a kernel that does not run', async () => {
    const page = await loaded();
    await expect(page.ask('type', { kernel: 'web-server', line: 'ls' })).rejects.toThrow(
      'no kernel web-server is running; there is host',
    );
  });

  it('complete words', async () => {
    const page = await loaded();
    const { words } = await page.ask('complete', { kernel: 'host', line: 'hexdu' });
    expect(words).toEqual(['hexdump']);
  });

  it('show the log', async () => {
    const page = await loaded();
    const lines = await page.ask('log', { kernel: 'host', last: 2 });
    expect(lines.map(({ key }) => key)).toEqual(['kho.nothing_to_restore', 'boot.mk_ready']);
    expect(await page.ask('log', { kernel: 'mars', last: 2 })).toEqual([]);
  });
});

describe('the channel', () => {
  it('shows a refusal as one, and our own mistakes as bugs with a stack', async () => {
    expect(failureOf(new Refused('no', { file: 'a', line: 1, column: 2 }))).toEqual({
      ...{ kind: 'refused', why: 'no', place: { file: 'a', line: 1, column: 2 } },
    });
    expect(failureOf(new TypeError('oops'))).toMatchObject({ kind: 'bug', why: 'TypeError: oops' });
    const page = hire({ ...SERVICES, bundled: () => Promise.reject(new TypeError('oops')) });
    const error = await page
      .ask('load', { source: { kind: 'bundled', name: 'boot' } })
      .catch((why: unknown) => why);
    expect(error).toBeInstanceOf(WorkerBug);
    expect((error as WorkerBug).where).toContain('worker.test.ts');
  });

  it('gives up on all questions when the worker dies', async () => {
    const page = hire();
    const asked = page.ask('hash', {});
    expect(page.waiting).toBe(1);
    page.die('it fell over');
    await expect(asked).rejects.toThrow(WorkerDied);
    await expect(page.ask('hash', {})).rejects.toThrow('it fell over');
    expect(page.waiting).toBe(0);
  });
});
