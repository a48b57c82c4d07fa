import { describe, expect, it } from 'vitest';
import { complete, type Completion } from './complete.ts';
import { newShell } from './state.ts';

const TREE: Readonly<Record<string, readonly string[]>> = {
  '/': ['boot/', 'sys/', 'web.dts', 'web.dtb', 'my file', '.hidden'],
  '/boot': ['vmlinuz'],
  '/sys': ['fs/'],
};
const lookups = {
  list: (path: string): readonly string[] | undefined => TREE[path],
  instances: ['web-server', 'database'],
};
const at = (line: string, cwd = '/'): Completion => complete(newShell('host', cwd), line, lookups);

describe('completion', () => {
  it.each([
    ['dme', 0, ['dmesg']],
    ['  c', 2, ['cat', 'cd', 'clear', 'cp']],
    ['ls | gr', 5, ['grep']],
    ['ls;ca', 3, ['cat']],
    ['true && dt', 8, ['dtc']],
    ['cat w', 4, ['web.dtb', 'web.dts']],
    ['cat ', 4, ['boot/', 'my\\ file', 'sys/', 'web.dtb', 'web.dts']],
    ['cat .', 4, ['.hidden']],
    ['cat my', 4, ['my\\ file']],
    ['cat "my f', 4, ['my\\ file']],
    ['cat my\\ f', 4, ['my\\ file']],
    ['cat boot/v', 4, ['boot/vmlinuz']],
    ['cat /boot/', 4, ['/boot/vmlinuz']],
    ['cat nowhere/', 4, []],
    ['cat a > w', 8, ['web.dtb', 'web.dts']],
    ['cat <w', 5, ['web.dtb', 'web.dts']],
    ['cat a>b w', 8, ['web.dtb', 'web.dts']],
    ['unknown w', 8, ['web.dtb', 'web.dts']],
    ['dmesg -', 6, ['-w', '-l', '--follow', '--level', '--after', '--help']],
    ['dmesg -l d', 9, ['debug']],
    ['kerf lo', 5, ['load']],
    ['kerf load w', 10, ['web-server']],
    ['kerf load web-server --k', 21, ['--kernel=']],
    ['kerf load --kernel=/boot/v', 19, ['/boot/vmlinuz']],
    ['kerf load --kernel /boot/v', 19, ['/boot/vmlinuz']],
    ['kerf load -k boot/', 13, ['boot/vmlinuz']],
    ['kerf load --cmdline=w', 20, []],
    ['kerf nope w', 10, []],
    ['mk send ', 8, ['web-server', 'database', 'host']],
    ['mk send web-server s', 19, ['system']],
    ['mk send web-server --cpu=1 system h', 34, ['heartbeat']],
    ['mk send --cpu 1 web-server sys', 27, ['system']],
    ['watch -n 1 ls w', 14, ['web.dtb', 'web.dts']],
    ['mk send web-server nothing ', 27, []],
    ['mk send web-server system heartbeat ', 36, []],
    ['mk listen p', 10, ['pfn']],
    ['mk cpu-add d', 11, ['database']],
    ['mk slots ', 9, ['web-server', 'database']],
    ['mount -t m', 9, ['multikernel']],
    ['help gr', 5, ['grep']],
    ['dtc -I d', 7, ['dts', 'dtb']],
    ['dtc -o w', 7, ['web.dtb', 'web.dts']],
    ['/bo', 0, ['/boot/']],
  ])('of %j goes on from column %i with %j', (line, from, words) => {
    const { words: found } = at(line);
    expect({ from: at(line).from, words: found }).toEqual({ from, words });
  });

  it('of nothing offers every command', () => {
    expect(at('').words.length).toBeGreaterThan(25);
  });

  it('sees paths from the folder one is in', () => {
    expect(at('cat v', '/boot').words).toEqual(['vmlinuz']);
    expect(at('cat ../w', '/boot').words).toEqual(['../web.dtb', '../web.dts']);
  });

  it('offers only so many words of a large folder', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `f${i}`);
    const found = complete(newShell('host'), 'cat f', { list: () => names, instances: [] });
    expect(found.words).toHaveLength(200);
  });
});
