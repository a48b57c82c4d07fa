import { describe, expect, it } from 'vitest';
import { contentOf, fakeWorld, type, type FakeWorld } from '../fake-world.ts';
import { CLEAR, plainText } from '../palette.ts';
import { newShell } from '../state.ts';
import { COMMANDS } from './table.ts';

const TEXT = 'one\ntwo\nthree\n';
const world = (): FakeWorld => fakeWorld({ '/text': TEXT, '/empty': '', '/open': 'no end' });
const run = (line: string): string => plainText(type(world(), line).output);
const statusOf = (line: string): number => type(world(), line).status;

describe('every command', () => {
  it.each(COMMANDS.map(({ name }) => name))('%s tells how it is used', (name) => {
    const { status, output } = type(world(), `${name} --help`);
    expect(status).toBe(0);
    expect(output).toMatch(new RegExp(`^${name}: .+\nusage: ${name}`));
    expect(type(world(), `help ${name}`).output).toBe(output);
  });

  it.each(
    COMMANDS.flatMap(({ name, verbs }) => (verbs ?? []).map((verb) => [name, verb.name] as const)),
  )('%s %s tells how it is used', (name, verb) => {
    const { status, output } = type(world(), `${name} ${verb} --help`);
    expect(status).toBe(0);
    expect(output).toMatch(new RegExp(`^${name} ${verb}: .+\nusage: ${name} ${verb}`));
  });

  it.each(
    COMMANDS.filter(({ name }) => !['echo', 'true', 'false'].includes(name)).map(
      ({ name }) => name,
    ),
  )('%s refuses what it does not know in a line and its usage', (name) => {
    const { status, output } = type(world(), `${name} --frobnicate`);
    expect(status).toBe(/^(dtc|fdt)/.test(name) ? 1 : 2);
    expect(output).toMatch(new RegExp(`^${name}: .+\nusage: ${name}`));
  });

  it('is in the list of help, under its group', () => {
    const listed = plainText(run('help'));
    for (const { name, summary } of COMMANDS)
      expect(listed).toContain(`${name.padEnd(12)}${summary}`);
    expect(listed).toMatch(/^FILES\n(.|\n)+^TEXT\n(.|\n)+^DEVICE TREE\n/m);
    expect(run('help dmsg')).toBe('help: no command `dmsg`; did you mean dmesg?\n');
  });
});

describe('ls', () => {
  it('lists names in columns for people and in lines for pipes', () => {
    expect(run('ls')).toBe('boot/  empty  open   proc/  sys/   text\n');
    expect(run('ls | head -n 2')).toBe('boot/\nempty\n');
    expect(run('ls -1 /sys')).toBe('fs/\n');
  });

  it('reads columns downwards when there are many', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`/f${i + 10}`, '']));
    const lines = plainText(type(fakeWorld(many), 'ls').output).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^boot\/ {2}f12 {4}f15 /);
  });

  it('names folders when there are several, and what is not there', () => {
    expect(run('ls text /sys /boot /nope')).toBe(
      'ls: /nope: -ENOENT (-2)\ntext\n\n/sys:\nfs/\n\n/boot:\nvmlinuz\n',
    );
    expect(statusOf('ls /nope')).toBe(1);
    expect(run('ls /proc')).toBe('');
  });

  it('hides names with a dot unless asked', () => {
    const hidden = fakeWorld({ '/a/.b': '' });
    hidden.folders.add('/a');
    expect(type(hidden, 'ls a').output).toBe('');
    expect(type(hidden, 'ls -a a').output).toBe('.b\n');
  });
});

describe('cat', () => {
  it('prints files one behind the other, and what is piped in', () => {
    expect(run('cat text open')).toBe(`${TEXT}no end`);
    expect(run('echo in | cat open - ')).toBe('no endin\n');
  });

  it('says what cannot be read and goes on', () => {
    expect(type(world(), 'cat nope /sys text')).toMatchObject({
      status: 1,
      output: `cat: nope: -ENOENT (-2)\ncat: /sys: -EISDIR (-21)\n${TEXT}`,
    });
  });

  it('alone waits for nothing', () => {
    expect(run('cat')).toBe(
      'cat: no file is named and nothing is piped in\nusage: cat [FILE...]\n',
    );
  });

  it('shows control characters of files as pictures, never as themselves', () => {
    const bytes = fakeWorld({ '/b': Uint8Array.of(0, 27, 91, 7, 10, 9, 127, 0xff) });
    expect(type(bytes, 'cat b').output).toBe('␀␛[␇\n\t␡\ufffd');
    expect(type(bytes, 'cat b > c').output).toBe('');
    expect(bytes.files.get('/c')).toEqual(bytes.files.get('/b'));
  });
});

describe('echo', () => {
  it('prints words, with or without an end of line', () => {
    expect(run('echo -n a; echo b -n')).toBe('ab -n\n');
  });
});

describe('cp', () => {
  it('copies onto a name and into a folder', () => {
    const here = world();
    expect(type(here, 'cp text copy && cp text open /boot').status).toBe(0);
    expect(contentOf(here, '/copy')).toBe(TEXT);
    expect(contentOf(here, '/boot/open')).toBe('no end');
  });

  it('refuses several files onto one name, and says what it cannot read or write', () => {
    expect(run('cp text open copy')).toBe('cp: copy is no folder to copy 2 files into\n');
    expect(run('cp nope copy')).toBe('cp: nope: -ENOENT (-2)\n');
    expect(run('cp text /nope/x')).toBe('cp: /nope/x: -ENOENT (-2)\n');
    expect(run('cp text')).toBe('cp: TO is missing\nusage: cp FILE TO\n       cp FILE... FOLDER\n');
  });
});

describe('folders', () => {
  it('are made, entered and removed', () => {
    const here = world();
    let { state } = type(here, 'mkdir a a/b');
    ({ state } = type(here, 'cd a/b', state));
    expect(type(here, 'pwd', state).output).toBe('/a/b\n');
    expect(type(here, 'echo x > ../y', state).status).toBe(0);
    expect(contentOf(here, '/a/y')).toBe('x\n');
    expect(type(here, 'cd; pwd', state).output).toBe('/\n');
    expect(type(here, 'rmdir a/b').status).toBe(0);
    expect(here.folders.has('/a/b')).toBe(false);
  });

  it('are made with those they are in', () => {
    const here = world();
    expect(type(here, 'mkdir -p x/y/z boot').status).toBe(0);
    expect(here.folders.has('/x/y/z')).toBe(true);
  });

  it.each([
    ['mkdir boot', 'mkdir: boot: -EEXIST (-17)'],
    ['mkdir -p nope/../text/x', 'mkdir: nope/../text/x: -ENOENT (-2)'],
    ['mkdir p/q', 'mkdir: p/q: -ENOENT (-2)'],
    ['rmdir nope', 'rmdir: nope: -ENOENT (-2)'],
    ['rm nope', 'rm: nope: -ENOENT (-2)'],
    ['cd nope', 'cd: nope: -ENOENT (-2)'],
    ['cd text', 'cd: text: -ENOTDIR (-20)'],
  ])('and files refuse with an errno: %s', (line, said) => {
    expect(type(world(), line)).toMatchObject({ status: 1, output: `${said}\n` });
  });

  it('of an instance stay while the kernel says so', () => {
    const here = world();
    here.rets.rmdir = -16;
    const path = '/sys/fs/multikernel/instances/web-server';
    expect(type(here, `rmdir ${path}`).output).toBe(`rmdir: ${path}: -EBUSY (-16)\n`);
  });
});

describe('rm', () => {
  it('removes files, and with -f does not mind', () => {
    const here = world();
    expect(type(here, 'rm -f text nope').status).toBe(0);
    expect(here.files.has('/text')).toBe(false);
  });
});

describe('mount', () => {
  it('mounts and unmounts, and shows what is mounted', () => {
    const here = fakeWorld({ '/proc/mounts': 'none /sys/fs/multikernel multikernel rw 0 0\n' });
    expect(type(here, 'mount -t multikernel none /sys/fs/multikernel').status).toBe(0);
    expect(here.asked).toEqual([
      { call: 'mount', type: 'multikernel', source: 'none', path: '/sys/fs/multikernel' },
    ]);
    expect(type(here, 'mount').output).toContain('multikernel rw');
    expect(type(here, 'umount /sys/fs/multikernel').status).toBe(0);
  });

  it('says why not', () => {
    const here = world();
    here.rets.mount = -16;
    here.rets.umount = -22;
    expect(type(here, 'mount -t multikernel none /sys').output).toBe(
      'mount: multikernel on /sys: -EBUSY (-16)\n',
    );
    expect(type(here, 'umount /sys').output).toBe('umount: /sys: -EINVAL (-22)\n');
    expect(run('mount none /sys')).toMatch(/^mount: -t TYPE is missing\n/);
    expect(run('mount -t x none')).toMatch(/^mount: PATH is missing\n/);
    expect(run('mount')).toBe('mount: /proc/mounts: -ENOENT (-2)\n');
  });
});

describe('grep', () => {
  it.each([
    ['grep t text', 'two\nthree\n'],
    ['grep -n ^t text', '2:two\n3:three\n'],
    ['grep -v t text', 'one\n'],
    ['grep -c e text', '2\n'],
    ['grep -i ONE text', 'one\n'],
    ['grep -F t. text', ''],
    ["grep 't.o$' text", 'two\n'],
    ["grep 'one|th*r' text", 'one\nthree\n'],
    ["grep '[a-n]n' text", ''],
    ["grep '[^e]e$' text", 'one\n'],
    ['grep e+$ text', 'one\nthree\n'],
    ["grep 'twx?o' text", 'two\n'],
    ["echo 'a.b' | grep 'a\\.b'", 'a.b\n'],
    ["echo 'a]-b' | grep '[]-]'", 'a]-b\n'],
    ['grep o text open', 'text:one\ntext:two\nopen:no end\n'],
    ['grep -q o text', ''],
    ["grep '' empty", ''],
    ["grep '^$|x' empty text", ''],
  ])('%s', (line, printed) => {
    expect(run(line)).toBe(printed);
  });

  it('has the statuses of the real one', () => {
    expect(statusOf('grep one text')).toBe(0);
    expect(statusOf('grep nothing text')).toBe(1);
    expect(statusOf('grep one nope text')).toBe(2);
  });

  it.each(['(a)', '[a', 'a\\', '*a', '$a', 'x'.repeat(300)])(
    'refuses the pattern %.20s',
    (pattern) => {
      expect(statusOf(`grep '${pattern}' text`)).toBe(2);
    },
  );

  it('comes back where other engines never do', () => {
    const evil = fakeWorld({ '/a': 'a'.repeat(20_000) });
    expect(type(evil, `grep '${'a*'.repeat(60)}b' a`).status).toBe(1);
  });
});

describe('parts of files', () => {
  it.each([
    ['head -n 1 text', 'one\n'],
    ['head -c 5 text', 'one\nt'],
    ['head -n 0 text', ''],
    ['tail -n 1 text', 'three\n'],
    ['tail -n 1 open', 'no end'],
    ['tail -c 4 open', ' end'],
    ['tail -n 99 text', TEXT],
    ['cat text text text text | head', `${TEXT.repeat(3)}one\n`],
    ['head -n 1 text open', '==> text <==\none\n\n==> open <==\nno end'],
    ['wc text', ' 3  3 14 text\n'],
    ['wc -l text open', '3 text\n0 open\n3 total\n'],
    ['cat text | wc -w', '3\n'],
    ['wc -lc empty', '0 0 empty\n'],
  ])('%s', (line, printed) => {
    expect(run(line)).toBe(printed);
  });

  it('are counted in whole numbers', () => {
    expect(run('head -n x text')).toMatch(
      /^head: the number is a whole number from 0 to 4294967295, not `x`\n/,
    );
    expect(statusOf('tail nope')).toBe(1);
    expect(statusOf('wc nope')).toBe(1);
  });
});

describe('tee', () => {
  it('writes and passes on', () => {
    const here = world();
    expect(type(here, 'echo a | tee x y').output).toBe('a\n');
    type(here, 'echo b | tee -a x | cat > /dev/null');
    expect(contentOf(here, '/x')).toBe('a\nb\n');
    expect(contentOf(here, '/y')).toBe('a\n');
    expect(type(here, 'echo c | tee /nope/z')).toMatchObject({ status: 1 });
    expect(run('tee x')).toMatch(/^tee: no file is named/);
  });
});

describe('dumps', () => {
  const bytes = fakeWorld({ '/b': Uint8Array.from({ length: 40 }, (_, i) => (i < 36 ? 0x41 : i)) });

  it('are laid out as the real tools do it', () => {
    expect(type(bytes, 'xxd b').output).toBe(
      '00000000: 4141 4141 4141 4141 4141 4141 4141 4141  AAAAAAAAAAAAAAAA\n' +
        '00000010: 4141 4141 4141 4141 4141 4141 4141 4141  AAAAAAAAAAAAAAAA\n' +
        "00000020: 4141 4141 2425 2627                      AAAA$%&'\n",
    );
    expect(type(bytes, 'hexdump -C b').output).toBe(
      '00000000  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  |AAAAAAAAAAAAAAAA|\n' +
        '*\n' +
        "00000020  41 41 41 41 24 25 26 27                           |AAAA$%&'|\n" +
        '00000028\n',
    );
    expect(type(bytes, 'hexdump -n 19 b').output).toBe(
      '0000000 4141 4141 4141 4141 4141 4141 4141 4141\n0000010 4141 0041\n0000013\n',
    );
    expect(type(bytes, 'hexdump -v -s 32 b').output).toBe('0000020 4141 4141 2524 2726\n0000028\n');
    expect(type(bytes, 'xxd -s 36 -l 2 b').output).toBe(
      '00000024: 2425                                     $%\n',
    );
    expect(type(bytes, 'xxd -p b | head -n 1').output).toBe(`${'41'.repeat(30)}\n`);
    expect(run('hexdump empty; xxd empty')).toBe('');
    expect(run('xxd nope')).toBe('xxd: nope: -ENOENT (-2)\n');
  });

  it('of large files show a part, and say so', () => {
    const large = fakeWorld({ '/l': new Uint8Array(2 ** 20 + 1) });
    expect(type(large, 'hexdump l').output).toContain(`only ${2 ** 20} of ${2 ** 20 + 1} bytes`);
    expect(type(large, 'hexdump -n 16 l').output).not.toContain('only');
  });
});

describe('clear and history', () => {
  it('empties the screen, but no file', () => {
    expect(type(world(), 'clear').output).toBe(CLEAR);
    expect(run('clear | wc -c')).toBe('0\n');
  });

  it('lists what was typed', () => {
    const { state } = type(world(), 'echo a', newShell('host'));
    expect(type(world(), 'history', state).output).toBe('    1  echo a\n    2  history\n');
  });
});
