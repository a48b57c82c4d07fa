import { describe, expect, it } from 'vitest';
import type { Answer, Ask } from './ask.ts';
import { answer, asksOf, contentOf, fakeWorld, HOST, type } from './fake-world.ts';
import { ASKS_MAX, HISTORY_MAX, OUTPUT_KEPT, OUTPUT_MAX } from './limits.ts';
import { plainText } from './palette.ts';
import { interrupt, rebuild, resume, start, type Job, type Progress } from './shell.ts';
import { newShell, prompt } from './state.ts';

const host = newShell('host');

/** The job of a line that waits for an answer. */
function waiting(progress: Progress): { ask: Ask; job: Job } {
  if (progress.kind !== 'ask') throw new Error(`done with ${progress.status}`);
  return progress;
}

describe('a line', () => {
  it('that asks nothing is done at once', () => {
    const done = start(host, 'echo hello');
    expect(done).toMatchObject({ kind: 'done', status: 0, output: 'hello\n', printed: 'hello\n' });
  });

  it('that is blank changes nothing', () => {
    const state = { ...host, status: 3 };
    expect(start(state, '   # only a comment')).toMatchObject({
      kind: 'done',
      status: 3,
      output: '',
    });
    expect(start(state, '')).toMatchObject({ state });
  });

  it('that asks waits for the answer and goes on with it', () => {
    const { ask, job } = waiting(start(host, 'cat a b'));
    expect(ask).toEqual({ call: 'read', path: '/a' });
    const second = waiting(resume(job, { ret: 1, bytes: Uint8Array.of(65) }));
    expect(second.ask).toEqual({ call: 'read', path: '/b' });
    expect(resume(second.job, { ret: -2 })).toMatchObject({
      status: 1,
      output: 'Acat: b: -ENOENT (-2)\n',
    });
  });

  it('tells what was printed since the last progress', () => {
    const first = start(host, 'echo one; cat a; echo two');
    expect(first.printed).toBe('one\n');
    const last = resume(waiting(first).job, { ret: 1, bytes: Uint8Array.of(10) });
    expect(last).toMatchObject({ printed: '\ntwo\n', output: 'one\n\ntwo\n' });
  });

  it('is remembered in the history once, however often it is said in a row', () => {
    const world = fakeWorld();
    let { state } = type(world, 'echo a');
    for (const line of ['echo a', '  ', 'echo b ', 'echo a'])
      ({ state } = type(world, line, state));
    expect(state.history).toEqual(['echo a', 'echo b', 'echo a']);
  });

  it('pushes the oldest out of a full history', () => {
    const history = Array.from({ length: HISTORY_MAX }, (_, i) => `echo ${i}`);
    const { state } = type(fakeWorld(), 'ls', { ...host, history });
    expect(state.history).toHaveLength(HISTORY_MAX);
    expect(state.history.at(-1)).toBe('ls');
    expect(state.history[0]).toBe('echo 1');
  });

  it('leaves at most so much text, and says where it was cut', () => {
    const world = fakeWorld({ '/big': 'x'.repeat(OUTPUT_MAX) });
    const { output } = type(world, 'cat big big big');
    expect(output.length).toBeLessThan(OUTPUT_MAX + 100);
    expect(output).toMatch(/output is cut after/);
  });

  it('that asks without end is stopped', () => {
    const names = Array.from({ length: ASKS_MAX / 2 }, (_, i) => `f${i}`);
    const empty = { ret: 0, bytes: new Uint8Array(0) };
    const half: Answer[] = [{ ret: 0, names }, ...names.map(() => empty)];
    const { job } = waiting(start(host, 'cat *; cat *'));
    const full = { ...job, answers: [...half, ...half].slice(0, ASKS_MAX - 1) };
    expect(resume(full, empty)).toMatchObject({
      kind: 'done',
      status: 1,
      output: `host: a line asks at most ${ASKS_MAX} times\n`,
    });
  });
});

describe('the prompt', () => {
  it('names the kernel', () => {
    expect(plainText(prompt(newShell('web-server')))).toBe('web-server# ');
  });
});

describe('Ctrl-C', () => {
  it('ends a line with status 130 and keeps what came before', () => {
    const { job } = waiting(start(host, 'cd /sys; echo so far; cat a'));
    const after = waiting(resume(job, { ret: 0, kind: 'directory' })).job;
    expect(interrupt(after)).toMatchObject({
      kind: 'done',
      status: 130,
      output: 'so far\n^C\n',
      printed: '^C\n',
      state: { cwd: '/sys', status: 130, history: ['cd /sys; echo so far; cat a'] },
    });
  });

  it('ends an endless command', () => {
    const world = fakeWorld();
    let progress = start(host, 'dmesg -w');
    for (let i = 0; i < 7; i++) {
      const { job, ask } = waiting(progress);
      progress = resume(job, answer(world, ask));
    }
    expect(interrupt(waiting(progress).job)).toMatchObject({ status: 130 });
  });
});

describe('a job', () => {
  it('is plain data', () => {
    const { job } = waiting(start(host, 'ls | cat; cat a > b'));
    expect(JSON.parse(JSON.stringify(job))).toEqual(job);
  });

  it('can be resumed twice from the same moment, with different answers', () => {
    const { job } = waiting(start(host, 'cat a && echo yes || echo no'));
    expect(resume(job, { ret: 0 })).toMatchObject({ output: 'yes\n' });
    expect(resume(job, { ret: -2 })).toMatchObject({ output: 'cat: a: -ENOENT (-2)\nno\n' });
    expect(resume(job, { ret: 0 })).toMatchObject({ output: 'yes\n' });
  });

  it.each([
    'cat a; cat web.dts | cat > b; ls / /sys; echo $?',
    'dtc -o w.dtb web.dts && cat w.dtb > /sys/fs/multikernel/device_tree; kerf show',
    'kerf load web-server --kernel /boot/vmlinuz; mk send web-server system heartbeat; dmesg',
    'cat *.dts /sys/*/multikernel/../* < web.dts > c; mount -t a b /c',
  ])('is rebuilt from its line and answers alone, after any of them: %s', (line) => {
    const world = fakeWorld({ '/web.dts': '/dts-v1/; / { a = <1>; };' });
    let progress = start(host, line);
    let asks = 0;
    while (progress.kind === 'ask') {
      const { job, ask } = progress;
      const stored = structuredClone({ ...job, output: '' });
      const rebuilt = waiting(rebuild(stored));
      expect(rebuilt.ask).toEqual(ask);
      expect(rebuilt.job).toEqual(job);
      const given = answer(world, ask);
      const next = resume(job, given);
      expect(resume(stored, given).printed).toBe(next.printed);
      progress = next;
      asks++;
    }
    expect(asks).toBeGreaterThan(2);
  });

  it('of an endless command forgets its answers and old output with every round', () => {
    const world = fakeWorld();
    world.about = {
      ...HOST,
      log: Array.from({ length: 4000 }, (_, i) => ({ ...HOST.log[0]!, timeNs: i })),
    };
    let progress = start(host, 'echo first; dmesg -w');
    const seen = progress.printed.length;
    let most = 0;
    let printed = seen;
    for (let i = 0; i < 100; i++) {
      const { job, ask } = waiting(progress);
      most = Math.max(most, job.answers.length);
      progress = resume(job, answer(world, ask));
      printed += progress.printed.length;
    }
    expect(most).toBeLessThan(4);
    const { job } = waiting(progress);
    expect(job.output.length).toBeLessThanOrEqual(OUTPUT_KEPT);
    expect(printed).toBe(seen + 4000 * '[    0.000000] boot: idle loop reached\n'.length);
    expect(waiting(rebuild(structuredClone(job))).ask).toEqual(waiting(progress).ask);
  });

  it('of dmesg -w shows what is logged while it waits', () => {
    const world = fakeWorld();
    let progress = start(host, 'dmesg -w');
    let shown = '';
    for (let i = 0; i < 6; i++) {
      if (i === 3) world.about = { ...HOST, log: [...HOST.log, { ...HOST.log[0]!, text: 'new' }] };
      const { job, ask } = waiting(progress);
      progress = resume(job, answer(world, ask));
      shown += progress.printed;
    }
    expect(shown.match(/idle loop/g)).toHaveLength(1);
    expect(shown.match(/new/g)).toHaveLength(1);
    expect(asksOf(world, 'sleep').length).toBeGreaterThan(1);
  });
});

describe('what the lessons type', () => {
  it('boots a second kernel', () => {
    const world = fakeWorld({
      '/web.dts':
        '/dts-v1/; / { compatible = "multikernel-v1"; instances { web-server { id = <2>; }; }; };',
    });
    const state = host;
    expect(type(world, 'mount -t multikernel none /sys/fs/multikernel', state).status).toBe(0);
    expect(type(world, 'dtc -I dts -O dtb -o web.dtb web.dts')).toMatchObject({
      status: 0,
      output: '',
    });
    expect(type(world, 'ls').output).toContain('web.dtb');
    expect(type(world, 'cat web.dtb > /sys/fs/multikernel/device_tree')).toMatchObject({
      status: 0,
      output: '',
    });
    expect(contentOf(world, '/sys/fs/multikernel/device_tree')).toBe(contentOf(world, '/web.dtb'));
    expect(type(world, 'kerf load --kernel=/boot/vmlinuz --id=2').status).toBe(0);
    expect(asksOf(world, 'kexec_file_load')).toMatchObject([{ flags: 0x10 | 0x40 | 4 }]);
    world.about = { ...HOST, instances: [{ ...HOST.instances[0]!, state: 'loading' }] };
    expect(type(world, 'kerf exec --id=2').status).toBe(0);
    expect(asksOf(world, 'reboot')).toEqual([{ call: 'reboot', cmd: 0x4d4b4c49, id: 2 }]);
  });
});
