import { describe, expect, it } from 'vitest';
import { contentOf, fakeWorld, type } from './fake-world.ts';
import { COMMANDS_MAX, LINE_MAX, PIPE_BYTES_MAX } from './limits.ts';
import { newShell } from './state.ts';

const files = { '/a': 'A\n', '/b': 'B\n', '/.hidden': 'H\n' };
const run = (line: string): string => type(fakeWorld(files), line).output;
const statusOf = (line: string): number => type(fakeWorld(files), line).status;

describe('words', () => {
  it.each([
    ['echo a  b\tc', 'a b c'],
    [`echo 'a  b' "c  d"`, 'a  b c  d'],
    [`echo a"b"'c'd`, 'abcd'],
    [String.raw`echo a\ b \\ \' \" \# "\"" '\'`, String.raw`a b \ ' " # " \ `.trimEnd()],
    ["echo ''", ''],
    [`echo "" x`, ' x'],
    [`echo a#b # c`, 'a#b'],
    [`echo "$?" '$?' \\$? \${?}`, '0 $? $? 0'],
    [`x=5; echo $x "\${x}" '$x'`, '5 5 $x'],
    [`echo $nothing a`, 'a'],
    [`echo "$nothing" a`, ' a'],
    ['echo $PWD ~ ~/a a~', '/ / /a a~'],
    [`echo $'a\\tb'`, 'a\tb'],
    [`echo a=b -c=d`, 'a=b -c=d'],
    ['echo [x] a]b', '[x] a]b'],
    ['echo é😀', 'é😀'],
  ])('%s prints %s', (line, printed) => {
    expect(run(line)).toBe(`${printed}\n`);
  });

  it.each([
    ['echo *', 'a b boot proc sys'],
    ['echo ?', 'a b'],
    ['echo /*/f*', '/sys/fs'],
    ['echo /sys/*/multi*nel/i*', '/sys/fs/multikernel/instances'],
    ['echo /*s/fs', '/sys/fs'],
    ['echo .h*', '.hidden'],
    ['echo \'*\' \\* "*"', '* * *'],
    ['echo nothing*', 'nothing*'],
    ['echo a*/x', 'a*/x'],
    ['echo *****b', 'b'],
    ['cd /sys; echo *', 'fs'],
    ['cd /sys; echo ../?', '../a ../b'],
  ])('%s stands for paths: %s', (line, printed) => {
    expect(run(line)).toBe(`${printed}\n`);
  });

  it('that are variables stay one word, whatever is in them', () => {
    expect(run(`x='a b'; cat $x`)).toBe('cat: a b: -ENOENT (-2)\n');
  });
});

describe('lists', () => {
  it.each([
    ['true && echo yes || echo no', 'yes\n'],
    ['false && echo yes || echo no', 'no\n'],
    ['true || echo yes; echo then', 'then\n'],
    ['false || false || echo last', 'last\n'],
    ['true || false && echo both', 'both\n'],
    ['false; echo $?', '1\n'],
    ['! false && echo inverted', 'inverted\n'],
    ['! ! true && echo twice', 'twice\n'],
    ['echo a; ; echo b', 'host: syntax: unexpected ; at column 9\n'],
    ['nothing; echo $?', 'host: no command `nothing`\n127\n'],
    ['echo one\necho two', 'one\ntwo\n'],
  ])('%s', (line, printed) => {
    expect(run(line)).toBe(printed);
  });

  it('have the status of their last command', () => {
    expect(statusOf('false; true')).toBe(0);
    expect(statusOf('true; false')).toBe(1);
    expect(statusOf('! true')).toBe(1);
    expect(statusOf('false | true')).toBe(0);
  });

  it('give the status on to the next line', () => {
    const { state } = type(fakeWorld(), 'false');
    expect(type(fakeWorld(), 'echo $?', state).output).toBe('1\n');
  });
});

describe('pipes and redirections', () => {
  it('hand all output of a command to the next', () => {
    expect(run('cat a b | cat | grep B')).toBe('B\n');
    expect(run('cat a | echo ignored')).toBe('ignored\n');
  });

  it('write, add to and read files', () => {
    const world = fakeWorld(files);
    type(world, 'cat a > c; cat b >> c; cat < c > d');
    expect(contentOf(world, '/d')).toBe('A\nB\n');
  });

  it('write files before the command too, and without one', () => {
    const world = fakeWorld(files);
    type(world, '> empty; < a cat > copy; > b');
    expect(contentOf(world, '/empty')).toBe('');
    expect(contentOf(world, '/copy')).toBe('A\n');
    expect(contentOf(world, '/b')).toBe('');
  });

  it('leave errors on the console unless they are told otherwise', () => {
    const world = fakeWorld(files);
    const error = 'cat: x: -ENOENT (-2)\n';
    expect(type(world, 'cat x > c').output).toBe(error);
    expect(type(world, 'cat x 2> c').output).toBe('');
    expect(contentOf(world, '/c')).toBe(error);
    type(world, 'cat x a > both 2>&1');
    expect(contentOf(world, '/both')).toBe(`${error}A\n`);
    type(world, 'cat x a 2>&1 > one');
    expect(contentOf(world, '/one')).toBe('A\n');
    expect(type(world, 'cat x 2>&1 | grep -c ENOENT').output).toBe('1\n');
    expect(type(world, 'echo to errors >&2 | cat').output).toBe('to errors\n');
  });

  it('say which file cannot be written, with status 1', () => {
    const world = fakeWorld();
    world.writeRets.set('/proc/x', -22);
    expect(type(world, 'echo a > /proc/x')).toMatchObject({
      status: 1,
      output: 'host: /proc/x: -EINVAL (-22)\n',
    });
  });

  it('do not run a command whose input cannot be read', () => {
    expect(run('cat < nothing > a')).toBe('host: nothing: -ENOENT (-2)\n');
  });

  it('hold only so much', () => {
    const world = fakeWorld({ '/big': new Uint8Array(PIPE_BYTES_MAX / 2 + 1) });
    expect(type(world, 'cat big big | wc -c')).toMatchObject({
      output: `cat: a pipe or redirection holds at most ${PIPE_BYTES_MAX} bytes\n${PIPE_BYTES_MAX / 2 + 1}\n`,
    });
  });
});

describe('what is not understood', () => {
  it.each([
    [`echo 'abc`, 'unclosed quote at column 6'],
    [`echo ok "abc`, 'unclosed quote at column 9'],
    ['echo a | ', 'no command behind | at column 9'],
    ['&& a', 'unexpected && at column 1'],
    ['| a', 'unexpected | at column 1'],
    ['ls;;', 'unexpected ;; at column 3'],
    ['echo )', 'unexpected ) at column 6'],
    ['echo >', 'no file to redirect to at column 7'],
    ['echo a &', '& is not supported: commands run one by one at column 8'],
    ['if true; then ls; fi', '`if` commands are not supported at column 1'],
    ['for x in a; do ls; done', '`for` commands are not supported at column 1'],
    ['(ls)', 'subshells are not supported at column 1'],
    ['{ ls; }', 'groups in braces are not supported at column 1'],
    ['f() { ls; }', 'functions are not supported at column 1'],
    ['[[ a ]]', 'tests in [[ ]] are not supported at column 1'],
    ['((1))', 'sums in (( )) are not supported at column 1'],
    ['time ls', 'time is not supported at column 1'],
    ['coproc ls', 'coprocesses are not supported at column 1'],
    ['echo $(ls)', 'commands inside words are not supported at column 6'],
    ['echo `ls`', 'commands inside words are not supported at column 6'],
    ['echo $((1))', 'sums inside words are not supported at column 6'],
    ['echo <(ls)', '<(…) is not supported at column 6'],
    ['echo {a,b}', 'braces do not stand for words here: quote them, at column 6'],
    ['echo ${x:-y}', 'of ${…} only ${NAME} is supported at column 6'],
    ['echo $1', '$1 is not supported at column 6'],
    ['a=(1 2)', 'arrays are not supported at column 1'],
    ['a+=1', '+= is not supported at column 1'],
    ['ls |& cat', '|& is not supported: write 2>&1 | at column 3'],
    ['cat <<< a', '<<< is not supported at column 5'],
    ['cat <<EOF', '<< is not supported at column 5'],
    ['ls &> a', '&> is not supported at column 4'],
    ['ls >| a', '>| is not supported at column 4'],
    ['ls >& a', '>& is not supported at column 4'],
    ['ls 5> a', 'only streams 0, 1 and 2 exist at column 4'],
    ['echo $"a"', '$" is not supported at column 6'],
    ['echo @(a)', '@( is not supported at column 6'],
    ['echo ${x', 'unclosed ${ at column 6'],
    [`echo ${'x'.repeat(LINE_MAX)}`, `more than ${LINE_MAX} characters`],
    ['ls;'.repeat(COMMANDS_MAX + 1), `more than ${COMMANDS_MAX} commands in one line`],
  ])('is refused with its column and status 2: %.40s', (line, what) => {
    const world = fakeWorld();
    expect(type(world, line)).toMatchObject({ status: 2, output: `host: syntax: ${what}\n` });
    expect(world.asked).toEqual([]);
  });

  it('is a command that does not exist, with status 127 and the one that was meant', () => {
    expect(type(fakeWorld(), 'dmsg')).toMatchObject({
      status: 127,
      output: 'host: no command `dmsg`; did you mean dmesg?\n',
    });
    expect(run('sl')).toBe('host: no command `sl`; did you mean ls?\n');
    expect(run('frobnicate')).toBe('host: no command `frobnicate`\n');
    expect(run('x'.repeat(100))).toMatch(/^host: no command `x{61}\.\.\.`\n$/);
    expect(run(`''`)).toBe('host: no command ``\n');
  });

  it.each(['f() ', '(', '$(', '`', '{ ', '[[ (', '${a:-', '<<E\n', 'if ', '"$('])(
    'is nesting without end: %j',
    (unit) => {
      const line = unit.repeat(LINE_MAX / unit.length);
      expect(type(fakeWorld(), line)).toMatchObject({
        status: 2,
        output: expect.stringMatching(/^host: syntax: .+\n$/) as string,
      });
    },
  );

  it('carries the name of the kernel', () => {
    expect(type(fakeWorld(), 'nope', newShell('web-server')).output).toBe(
      'web-server: no command `nope`\n',
    );
  });
});
