import { describe, expect, it } from 'vitest';
import type { About } from '../ask.ts';
import { answer, asksOf, contentOf, fakeWorld, HOST, type } from '../fake-world.ts';
import { CLEAR, plainText } from '../palette.ts';
import { interrupt, resume, start, type Progress } from '../shell.ts';
import { newShell } from '../state.ts';

const with_ = (about: Partial<About>): ReturnType<typeof fakeWorld> => {
  const world = fakeWorld();
  world.about = { ...HOST, ...about };
  return world;
};

/** Answers so many asks of a line and returns what it printed and where it is. */
function play(
  line: string,
  asks: number,
  world = fakeWorld(),
): { text: string; progress: Progress; world: typeof world } {
  let progress = start(newShell('host'), line);
  let text = progress.printed;
  for (let i = 0; i < asks && progress.kind === 'ask'; i++) {
    progress = resume(progress.job, answer(world, progress.ask));
    text += progress.printed;
  }
  return { text, progress, world };
}

describe('dmesg', () => {
  const run = (line: string): string => plainText(type(fakeWorld(), line).output);

  it('shows the log with times, without what is meant for debugging', () => {
    expect(run('dmesg')).toBe(
      '[    0.000001] boot: idle loop reached\n' +
        '[    0.000003] msg: send failed\n' +
        '[    0.000004] msg: too few bytes\n',
    );
  });

  it('shows a level and what is more urgent, or just the levels that are listed', () => {
    expect(run('dmesg -l debug | wc -l')).toBe('4\n');
    expect(run('dmesg -l warn | wc -l')).toBe('2\n');
    expect(run('dmesg --level=err')).toBe('[    0.000003] msg: send failed\n');
    expect(run('dmesg -l debug,warn | grep -c msg')).toBe('2\n');
    expect(run('dmesg -l wran')).toMatch(/^dmesg: no level `wran`; did you mean warn\?\nusage/);
  });

  it('colours levels for people only', () => {
    expect(type(fakeWorld(), 'dmesg').output).toContain(
      '\u001b[31m[    0.000003] msg: send failed',
    );
    expect(type(fakeWorld(), 'dmesg | cat').output).not.toContain('\u001b');
  });

  it('leaves out what was seen', () => {
    expect(run('dmesg --after 2 | wc -l')).toBe('2\n');
    expect(run('dmesg --after 99')).toBe('');
  });

  it('that never ends feeds no pipe', () => {
    expect(type(fakeWorld(), 'dmesg -w | cat')).toMatchObject({ status: 0 });
    expect(run('dmesg -w > file')).toMatch(/^dmesg: -w never ends, so it cannot feed a pipe\n/);
  });

  it('shows nothing where there is no log', () => {
    expect(type(with_({ log: [] }), 'dmesg').output).toBe('');
  });
});

describe('watch', () => {
  it('runs a command again and again with simulated time between', () => {
    const { text, progress, world } = play('watch -n 0.5 echo hi', 6);
    expect(text.split(CLEAR)).toHaveLength(4);
    expect(plainText(text)).toContain('every 0.5 s: echo hi    1.500000 s\n\nhi\n');
    expect(asksOf(world, 'sleep')).toEqual(Array(3).fill({ call: 'sleep', ns: 5e8 }));
    expect(progress.kind).toBe('ask');
  });

  it('keeps only the answers of the present round', () => {
    const { progress } = play('true && watch cat /boot/vmlinuz', 40);
    if (progress.kind !== 'ask') throw new Error('it ended');
    expect(progress.job.answers.length).toBeLessThan(4);
    expect(progress.job.again).toEqual(['cat', '/boot/vmlinuz']);
    expect(interrupt(progress.job)).toMatchObject({ status: 130 });
  });

  it('takes a quoted line for its words, and paints nothing of it', () => {
    const { text } = play('watch "dmesg -l err"', 2);
    expect(text).toContain('[    0.000003] msg: send failed\n');
    expect(text).not.toContain('\u001b[31m');
  });

  it('shows what a command refuses, even one that never ends itself', () => {
    expect(play('watch nothing', 2).text).toContain('no command `nothing`');
    expect(play('watch dmesg -w', 2).text).toContain('-w never ends');
  });

  it.each([
    'watch',
    'watch -n',
    'watch -n 0 ls',
    'watch -x ls',
    'watch -n 1',
    'watch ""',
    'watch ls > a',
  ])('refuses %s', (line) => {
    expect(type(fakeWorld(), line).status).toBe(2);
  });
});

describe('sleep', () => {
  it('waits for simulated time', () => {
    const world = fakeWorld();
    expect(type(world, 'sleep 0.25').status).toBe(0);
    expect(world.asked).toEqual([{ call: 'sleep', ns: 250_000_000 }]);
    world.rets.sleep = -4;
    expect(type(world, 'sleep 1').status).toBe(1);
  });

  it.each(['sleep', 'sleep x', 'sleep 0', 'sleep -1', 'sleep 1e9', 'sleep 3601', 'sleep 1 2'])(
    'refuses %s',
    (line) => {
      expect(type(fakeWorld(), line).status).toBe(2);
    },
  );
});

describe('lscpu', () => {
  it('tells CPUs, APIC ids and interrupts', () => {
    const { output } = type(fakeWorld(), 'lscpu');
    expect(output).toContain('Online:        0-3,6-7\nOffline:       4-5\n');
    expect(output).toContain('\n3    3     yes     3     0\n');
    expect(type(with_({ cpus: [] }), 'lscpu').output).toContain('Online:        -\n');
  });
});

describe('uname', () => {
  it.each([
    ['uname', 'Linux'],
    ['uname -a', 'Linux host rfc-v2 #1 simulated x86_64'],
    ['uname -mn', 'host x86_64'],
    ['uname -r', 'rfc-v2'],
  ])('%s', (line, said) => {
    expect(type(fakeWorld(), line).output).toBe(`${said}\n`);
  });
});

describe('reboot', () => {
  it('asks the kernel, and says why not', () => {
    const world = fakeWorld();
    expect(type(world, 'reboot').status).toBe(0);
    expect(world.asked).toEqual([{ call: 'reboot', cmd: 0x01234567, id: 0 }]);
    world.rets.reboot = -22;
    expect(type(world, 'reboot')).toMatchObject({ status: 1, output: 'reboot: -EINVAL (-22)\n' });
  });
});

describe('the tools for device trees', () => {
  const SOURCE = '/dts-v1/;\n/include/ "part.dtsi"\n/ { a = <1>; };\n';
  const PART = '/ { part; };\n';

  it('read what a source includes, and write a blob other tools understand', () => {
    const world = fakeWorld({ '/d/web.dts': SOURCE, '/d/part.dtsi': PART });
    expect(type(world, 'cd /d; dtc -o web.dtb web.dts; fdtdump web.dtb')).toMatchObject({
      status: 0,
      output: expect.stringContaining('part') as string,
    });
    const back = type(world, 'cd /d; dtc -I dtb -O dts web.dtb').output;
    expect(back).toBe('/dts-v1/;\n\n/ {\n\tpart;\n\ta = <0x01>;\n};\n');
    const reads = asksOf(world, 'read').map(({ path }) => path);
    expect(reads.slice(0, 2)).toEqual(['/d/web.dts', '/d/part.dtsi']);
  });

  it('work in pipes', () => {
    const world = fakeWorld({ '/w.dts': '/dts-v1/; / { b; };' });
    expect(type(world, 'cat w.dts | dtc | dtc -I dtb').output).toBe('/dts-v1/;\n\n/ {\n\tb;\n};\n');
  });

  it('say where a source is wrong, with the statuses of the real one, and write nothing', () => {
    const world = fakeWorld({ '/bad.dts': '/dts-v1/;\n/ { a = ; };\n' });
    const { status, output } = type(world, 'dtc -o b.dtb bad.dts');
    expect(status).toBe(1);
    expect(output).toMatch(/^bad\.dts:2:9: error syntax/);
    expect(contentOf(world, '/b.dtb')).toBeUndefined();
    expect(type(world, 'dtc nope.dts').output).toContain('cannot be read');
    expect(type(world, 'dtc').output).toMatch(/^dtc: no file is named and nothing is piped in\n/);
  });

  it('fail when the blob cannot be written', () => {
    const world = fakeWorld({ '/w.dts': '/dts-v1/; / { };' });
    expect(type(world, 'dtc -o /nope/w.dtb w.dts')).toMatchObject({
      status: 1,
      output: 'dtc: /nope/w.dtb: -ENOENT (-2)\n',
    });
  });

  it('apply overlays', () => {
    const world = fakeWorld({
      '/base.dts': '/dts-v1/; / { target: t { }; };',
      '/over.dts': '/dts-v1/; /plugin/; &target { added; };',
    });
    const line =
      'dtc -@ -o base.dtb base.dts && dtc -@ -o over.dtbo over.dts && ' +
      'fdtoverlay -i base.dtb -o all.dtb over.dtbo && dtc -I dtb -q all.dtb | grep added';
    expect(type(world, line)).toMatchObject({ status: 0, output: '\t\tadded;\n' });
  });

  it('ask for a file that includes itself only so often', () => {
    const world = fakeWorld({ '/loop.dts': '/dts-v1/; /include/ "loop.dts"' });
    const { status } = type(world, 'dtc loop.dts');
    expect(status).toBe(1);
    expect(asksOf(world, 'read').length).toBeLessThan(3);
  });
});
