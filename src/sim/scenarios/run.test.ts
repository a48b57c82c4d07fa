import { readFileSync } from 'node:fs';
import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { Refused } from '../base/assert.ts';
import { block, BOOT, lessonRun, playOut, type LessonOptions } from '../testing/lesson.ts';
import { logged, typeAll, typed, hostRun } from '../testing/world.ts';
import { consoleOf } from './run-state.ts';
import type { Run } from './run.ts';

const bundled = (file: string): string =>
  readFileSync(new URL(`../../../public/scenarios/${file}`, import.meta.url), 'utf8');
const RACES = bundled('lost-message.md');
const play = (options: LessonOptions = {}): Run => playOut(lessonRun(RACES, options));

/** The refusal that work ends in, as people see it. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refused) return error.located;
    throw error;
  }
  return 'not refused';
}

describe('a run', () => {
  it('ends in the same state every time, with and without a trace', () => {
    const first = play();
    const untraced = play({ trace: false });
    expect(play().hash()).toBe(first.hash());
    expect(untraced.hash()).toBe(first.hash());
    expect(untraced.step).toBe(first.step);
    expect(untraced.world.trace).toBeNull();
    expect(first.hash()).toMatch(/^[0-9a-f]{16}$/);
  });

  it('ends in another state with another seed', () => {
    expect(play({ seed: 43 }).hash()).not.toBe(play().hash());
  });

  it('is the same whether it is played in one go or step by step', () => {
    const run = lessonRun(RACES);
    for (let reason = ''; reason !== 'ended';) reason = run.advance({ steps: 1 });
    expect(run.hash()).toBe(play().hash());
    const timed = lessonRun(RACES);
    for (let until = 0, reason = ''; reason !== 'ended'; until += 700)
      reason = timed.advance({ until });
    expect(timed.hash()).toBe(play().hash());
  });

  it('tells when it stops at the next stop of the lesson, and plays through when told to', () => {
    const run = lessonRun(
      `# One\n${block('console host', 'echo 1')}\n# Two\n${block('console host', 'echo 2')}`,
    );
    expect(run.advance()).toBe('stop');
    expect(run.answers.output('host')).toBe('1\n');
    expect(run.advance()).toBe('ended');
    expect(run.answers.output('host')).toBe('2\n');
  });

  it('gives its files to the host, the user’s own instead of the lesson’s', () => {
    const text = block('file note.txt', 'theirs') + block('console host', 'cat note.txt');
    expect(playOut(lessonRun(text)).answers.output('host')).toBe('theirs\n');
    const own = [{ name: 'note.txt', bytes: new TextEncoder().encode('mine') }];
    expect(playOut(lessonRun(text, { own })).answers.output('host')).toBe('mine');
  });

  it('records what became of each command and each claim', () => {
    const run = playOut(
      lessonRun(
        block('console host', 'echo 1', 'cat nothing') +
          block('expect', 'stats.sent == 0', 'step < 0'),
      ),
    );
    expect(run.state.commands.map(({ text, status }) => [text, status])).toEqual([
      ['echo 1', 0],
      ['cat nothing', 1],
    ]);
    expect(run.state.claims.map(({ ok }) => ok)).toEqual([true, false]);
  });
});

describe('going back', () => {
  it('reaches any step just as running to it does', () => {
    const end = play();
    const steps = fc.sample(fc.integer({ min: 0, max: end.step }), { numRuns: 40, seed: 7 });
    const walker = lessonRun(RACES);
    const at = new Map<number, string>();
    for (const step of steps.toSorted((a, b) => a - b)) {
      if (step > walker.step) walker.advance({ steps: step - walker.step, through: true });
      at.set(walker.step, walker.hash());
    }
    // 200 moves there and back; a step with several moments counts as its first.
    const visits = Array.from({ length: 200 }, (_, i) => steps[(i * 17) % steps.length]!);
    for (const step of visits) {
      if (!at.has(step)) continue;
      end.seek(step === end.step ? step - 1 : step);
      end.seek(step);
      expect(`${end.step} ${end.hash()}`).toBe(`${step} ${at.get(step)}`);
    }
  });

  it('reaches any step of a run long enough to have many checkpoints', () => {
    const run = playOut(lessonRun(BOOT('system')));
    for (let i = 0; i < 40; i++)
      typeAll(run, 'host', [`mk send web system heartbeat 0x${(16 + i).toString(16)}`]);
    const last = run.step;
    expect(last).toBeGreaterThan(1000);
    const hashes = new Map<number, string>();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: last }), (step) => {
        run.seek(step);
        expect(run.step).toBe(step);
        const known = hashes.get(step);
        if (known !== undefined) expect(run.hash()).toBe(known);
        hashes.set(step, run.hash());
        run.seek(0);
        run.advance({ steps: step, through: true });
        expect(run.hash()).toBe(hashes.get(step));
      }),
      { numRuns: 60 },
    );
  });

  it('beyond the end goes to the end', () => {
    const run = play();
    const [step, hash] = [run.step, run.hash()];
    run.seek(10);
    expect(run.seek(step + 1000)).toBe('ended');
    expect([run.step, run.hash()]).toEqual([step, hash]);
  });

  it('to 0 reaches the beginning, even where the machine has a past by then', () => {
    const run = hostRun({ glue: { 'two-way': true } });
    const first = run.step;
    const hash = run.hash();
    expect(first).toBeGreaterThan(0);
    for (let i = 0; i < 3; i++) typeAll(run, 'host', ['mk send host user 1', 'sleep 0.001']);
    run.seek(0);
    expect([run.step, run.hash()]).toEqual([first, hash]);
  });

  it('keeps how far the run had got, and the rows of what lies ahead', () => {
    const run = play();
    const [end, rows] = [run.step, run.world.trace!.end];
    run.seek(100);
    expect(run.stepEnd).toBe(end);
    expect(run.world.trace!.end).toBe(rows);
    expect(run.world.trace!.head).toBeLessThan(rows);
    const before = run.world.trace!.slice(0, rows);
    run.seek(end);
    expect(run.world.trace!.slice(0, rows)).toEqual(before);
  });

  it('types the lines again that were typed by hand', () => {
    const run = lessonRun('');
    typeAll(run, 'host', ['echo one', 'mount -t multikernel none /sys/fs/multikernel']);
    typeAll(run, 'host', [
      'echo 0 > /sys/devices/system/cpu/cpu3/online',
      'ls /sys/fs/multikernel',
    ]);
    const [step, hash, text] = [run.step, run.hash(), consoleOf(run.state, 'host').text];
    run.seek(0);
    expect(run.answers.cpu(3)?.online).toBe(true);
    run.seek(step);
    playOut(run); // what was typed after the last step
    expect([run.step, run.hash()]).toEqual([step, hash]);
    expect(consoleOf(run.state, 'host').text).toBe(text);
  });
});

describe('another future', () => {
  it('begins where a line is typed at an earlier moment', () => {
    const run = playOut(lessonRun(BOOT('system')));
    const end = run.step;
    expect(run.answers.kernel('web')?.running).toBe(true);
    run.seek(20);
    while (consoleOf(run.state, 'host').job) run.advance({ steps: 1 });
    typed(run, 'host', 'echo here');
    expect(run.stepEnd).toBeLessThan(end);
    expect(run.world.trace!.end).toBe(run.world.trace!.head);
    expect(run.answers.output('host')).toBe('here\n');
    // The lesson goes on from there.
    playOut(run);
    expect(run.answers.kernel('web')?.running).toBe(true);
  });

  it('is not begun by a line that is refused', () => {
    const run = playOut(lessonRun(BOOT('system')));
    const [end, rows] = [run.stepEnd, run.world.trace!.end];
    run.seek(20);
    expect(refusal(() => run.type('web', 'dmesg'))).toContain('no kernel web is running');
    expect(refusal(() => run.type('mars', 'dmesg'))).toContain('no kernel mars is running');
    expect([run.stepEnd, run.world.trace!.end]).toEqual([end, rows]);
  });

  it('begins with Ctrl-C, too', () => {
    const run = hostRun();
    run.type('host', 'sleep 1');
    run.advance({ steps: 3 });
    run.do({ kind: 'interrupt', kernel: 'host' });
    expect(run.answers.status('host')).toBe(130);
    expect(consoleOf(run.state, 'host').job).toBeNull();
    expect(consoleOf(run.state, 'host').text).toContain('^C');
    // What it waited for comes, and nobody waits for it: the run goes on.
    expect(run.advance({ steps: 100_000 })).toBe('typed');
    expect(run.world.cold).toEqual({ tasks: [], results: new Map(), awaited: new Set() });
  });
});

describe('stops', () => {
  it('are reached forward and back, each as it was', () => {
    const run = lessonRun(RACES);
    const hashes = run.scenario.stops.map((_, stop) => {
      run.goToStop(stop);
      expect([run.state.at.stop, run.state.at.item]).toEqual([stop, 0]);
      return run.hash();
    });
    playOut(run);
    for (const stop of [3, 0, 2, 1]) {
      run.goToStop(stop);
      expect(run.hash()).toBe(hashes[stop]);
      expect(run.state.claims.every((claim) => claim.stop < stop)).toBe(true);
    }
    expect(playOut(run).hash()).toBe(play().hash());
  });
});

describe('a break', () => {
  it('stops the run at the step at which it comes true, once', () => {
    const run = lessonRun(
      BOOT('system') +
        block('break', 'cpu(4).routine == "mk_listen_handler"') +
        block(
          'console host',
          'mk send web system heartbeat 0x01',
          'mk send web system heartbeat 0x02',
        ),
    );
    expect(run.advance({ through: true })).toBe('break');
    expect(run.answers.cpu(4)?.routine).toBe('mk_listen_handler');
    expect(run.answers.stats().handled).toBe(0);
    expect(run.state.note).toContain('cpu(4).routine');
    expect(run.advance({ through: true })).toBe('ended');
  });
});

describe('a lesson that cannot be followed is refused with its place', () => {
  const held = BOOT('system') + block('console host', 'mk send web user 1 --cpu 1 --hold');
  const lineOf = (text: string, line: string): number =>
    `---\ntitle: T\n---\n${text}`.split('\n').indexOf(line) + 1;

  it.each([
    ['cpu2 until icr', 'cpu2 is idle before icr'],
    ['cpu1 until nowhere', 'cpu1 is idle before nowhere'],
    ['cpu1 icr', 'cpu1 is at slot.clear, not at icr'],
    ['cpu4 take', 'cpu4 has no interrupt to take'],
    ['cpu2 3 steps', 'cpu2 is idle after 0 steps'],
  ])('schedule: %s', (entry, why) => {
    const text = held + block('schedule', entry);
    const run = lessonRun(text);
    expect(refusal(() => playOut(run))).toBe(`lesson.md:${lineOf(text, entry)}:1: ${why}`);
  });

  it('schedule: another vector than the one that waits', () => {
    const text = held + block('schedule', 'cpu1 to end', 'cpu4 take 0xf6');
    expect(refusal(() => playOut(lessonRun(text)))).toBe(
      `lesson.md:${lineOf(text, 'cpu4 take 0xf6')}:1: cpu4 would take 0xea`,
    );
  });

  it('schedule: a CPU that is not there', () => {
    const text = held + block('schedule', 'cpu9 to end');
    expect(refusal(() => playOut(lessonRun(text)))).toMatch(/^lesson\.md:\d+:1: .*cpu9/);
  });

  it('console: a kernel that does not run', () => {
    const text = block('console web', 'dmesg');
    expect(refusal(() => playOut(lessonRun(text)))).toBe(
      'lesson.md:5:1: no kernel web is running here; there is host',
    );
  });

  it('console: a kernel that does not run, and the line that may be why', () => {
    const text =
      block('console host', 'kerf exec --id=7\nfalse\ntrue') + block('console web', 'dmesg');
    expect(refusal(() => playOut(lessonRun(text)))).toMatch(
      /no kernel web is running here; there is host, and line 6 ended with status 1: kerf exec --id=7$/,
    );
  });

  it('a block that never comes to rest', () => {
    const text = block('console host', 'sleep 2');
    expect(refusal(() => playOut(lessonRun(text)))).toMatch(
      /^lesson\.md:5:1: .*does not come to rest/,
    );
  });
});

describe('a snapshot of the world', () => {
  it('brings everything back, and what follows is the same again', () => {
    const run = playOut(lessonRun(BOOT('system')));
    const { world } = run;
    const saved = world.snapshot();
    const before = world.hash();
    const after = (): string => {
      typeAll(run, 'host', ['mk send web system heartbeat 0x01', 'kerf exec --id=2']);
      return world.hash();
    };
    const { state } = run;
    const end = after();
    world.restore(saved);
    expect(world.hash()).toBe(before);
    expect(logged(run, 'web', 'ipi.received')).toEqual([]);
    run.state = state;
    expect(after()).toBe(end);
  });
});
