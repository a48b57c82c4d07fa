import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Refused } from '../sim/base/assert.ts';
import type { Frame } from '../sim/world/frame.ts';
import { connect, WorkerBug, WorkerDied, type Client } from './client.ts';
import { failureOf, serve } from './host.ts';
import type { Push } from './protocol.ts';
import { makeHandlers } from './run.ts';
import type { Services } from './services.ts';

const text = (name: string): string =>
  readFileSync(new URL(`../../public/scenarios/${name}.md`, import.meta.url), 'utf8');

const SERVICES: Services = {
  async bundled(name) {
    if (name !== 'boot' && name !== 'lost-message') return undefined;
    return SERVICES.parse(text(name), `${name}.md`);
  },
  async parse(source, file) {
    const { parseScenario } = await import('../sim/scenarios/parse.ts');
    const { checkClaims } = await import('../sim/scenarios/claims.ts');
    const scenario = parseScenario(source, file);
    checkClaims(scenario);
    return scenario;
  },
  evaluator: () => import('../sim/scenarios/evaluator.ts'),
  expressions: () => import('../sim/scenarios/claims.ts'),
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
};

interface Page extends Client {
  readonly pushes: Push[];
  /** Resolves with the first push that fits. */
  pushed(fits: (push: Push) => boolean): Promise<Push>;
}

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** A page and a worker in one thread, with a real channel between them. */
function hire(services: Services = SERVICES): Page {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  serve(port2, (tell) => makeHandlers(tell, services));
  const pushes: Push[] = [];
  const waiting = new Set<{ fits: (push: Push) => boolean; resolve: (push: Push) => void }>();
  const client = connect(port1, (push) => {
    pushes.push(push);
    for (const each of waiting) if (each.fits(push)) each.resolve(push);
  });
  port1.start();
  port2.start();
  return Object.assign(client, {
    pushes,
    pushed: (fits: (push: Push) => boolean) =>
      new Promise<Push>((resolve) => {
        const before = pushes.find(fits);
        if (before) resolve(before);
        else waiting.add({ fits, resolve });
      }),
  });
}

async function loaded(name = 'boot', seed?: number): Promise<Page> {
  const page = hire();
  const source = { kind: 'bundled', name } as const;
  await page.ask('load', seed === undefined ? { source } : { source, seed });
  return page;
}

const frameIs = (fits: (frame: Frame) => boolean) => (push: Push) =>
  push.push === 'frame' && fits(push.frame);

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

describe('looking', () => {
  it('evaluates any expression of the language, and refuses what is none', async () => {
    const page = await loaded();
    expect(await page.ask('evaluate', { expression: 'kernel("host").cpus.size() + 1' })).toBe(9);
    await expect(page.ask('evaluate', { expression: 'kernle("host")' })).rejects.toThrow(/kernel/);
    await expect(page.ask('evaluate', { expression: 'stats.' })).rejects.toThrow(Refused);
    await expect(page.ask('evaluate', { expression: 'cpu(99).id' })).rejects.toThrow(
      'there are 0, 1, 2, 3, 4, 5, 6, 7',
    );
  });

  it('runs until a claim holds, or gives up after as many steps as it was told', async () => {
    const page = await loaded();
    const claim = 'instance("web-server").exists';
    const few = await page.ask('runUntil', { claim, maxSteps: 3 });
    expect(few).toMatchObject({ reached: false, frame: { step: 3 } });
    const { reached, frame } = await page.ask('runUntil', { claim });
    expect(reached).toBe(true);
    expect(frame.kernels.map(({ name }) => name)).toEqual(['host', 'web-server']);
    await expect(page.ask('runUntil', { claim: 'nonsense(' })).rejects.toThrow(Refused);
  });

  it('reads memory, and refuses what is not there or too much', async () => {
    const page = await loaded();
    expect(await page.ask('memory', { addr: 0x80000000, bytes: 4 })).toEqual(new Uint8Array(4));
    for (const [addr, bytes] of [
      [2 ** 32 - 2, 4],
      [-4, 4],
      [0, (1 << 20) + 1],
      [0, -1],
      [0, NaN],
    ] as const)
      await expect(page.ask('memory', { addr, bytes })).rejects.toThrow('there is no memory of');
  });

  it('gives rows of the trace', async () => {
    const page = await loaded('lost-message');
    const { traceEnd } = await page.ask('step', { count: 200 });
    const rows = await page.ask('rows', { from: 5, to: 9 });
    expect([rows.from, rows.time.length]).toEqual([5, 4]);
    expect((await page.ask('rows', { from: 0, to: 1e9 })).time).toHaveLength(traceEnd);
  });

  it('tells the state as JSON', async () => {
    const page = await loaded('lost-message');
    await page.ask('seek', { step: 1e9 });
    const state = await page.ask('state', {});
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(state.kernels).toMatchObject([
      { name: 'host', id: 0 },
      { name: 'web-server', id: 2 },
    ]);
    expect(state.messages).toHaveLength(4);
    expect(state.messages[0]).toMatchObject({ id: 1, from_cpu: 1, outcome: 'lost' });
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
