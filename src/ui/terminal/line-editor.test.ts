import { describe, expect, it } from 'vitest';
import { LineEditor, type Asked } from './line-editor.ts';
import { HISTORY_MAX, LineHistory, type Store } from './line-history.ts';

const LEFT = '\x1b[D';
const UP = '\x1b[A';
const DOWN = '\x1b[B';
const CTRL = { A: '\x01', E: '\x05', K: '\x0b', U: '\x15', W: '\x17', Y: '\x19', D: '\x04' };

function editor(history = new LineHistory('test')): LineEditor {
  return new LineEditor(history);
}

/** Feeds all of it and returns what was asked. */
function feed(line: LineEditor, data: string): Asked[] {
  const asked: Asked[] = [];
  for (let rest = data; rest !== '';) {
    const step = line.feed(rest);
    if (step.asked) asked.push(step.asked);
    rest = step.rest;
  }
  return asked;
}

/** The line after some keys, with `|` where the cursor is. */
function after(...keys: readonly string[]): string {
  const line = editor();
  feed(line, keys.join(''));
  return `${line.text.slice(0, line.cursor)}|${line.text.slice(line.cursor)}`;
}

describe('line editor', () => {
  it('inserts where the cursor is', () => {
    expect(after('dmsg', LEFT, LEFT, 'e')).toBe('dme|sg');
  });

  it('goes to both ends and not past them', () => {
    expect(after('abc', CTRL.A)).toBe('|abc');
    expect(after('abc', CTRL.A, LEFT, LEFT, 'x')).toBe('x|abc');
    expect(after('abc', '\x1b[H', '\x1bOF', '\x1b[C')).toBe('abc|');
  });

  it('erases to the left and to the right', () => {
    expect(after('abc', '\x7f')).toBe('ab|');
    expect(after('\x7f')).toBe('|');
    expect(after('abc', CTRL.A, '\x1b[3~')).toBe('|bc');
    expect(after('abc', CTRL.D)).toBe('abc|');
  });

  it('kills to the start, to the end, and a word, and yanks it back', () => {
    expect(after('mk send web', LEFT, LEFT, LEFT, CTRL.U)).toBe('|web');
    expect(after('mk send', CTRL.A, CTRL.K)).toBe('|');
    expect(after('mk send  ', CTRL.W)).toBe('mk |');
    expect(after('mk send', CTRL.W, CTRL.Y, CTRL.Y)).toBe('mk sendsend|');
  });

  it('moves by words', () => {
    expect(after('mk send web', '\x1bb', '\x1bb')).toBe('mk |send web');
    expect(after('mk send web', CTRL.A, '\x1b[1;5C')).toBe('mk| send web');
  });

  it('never stands inside a character', () => {
    expect(after('a🐧', LEFT)).toBe('a|🐧');
    expect(after('a🐧', '\x7f')).toBe('a|');
  });

  it('asks to run each line of what is pasted', () => {
    const line = editor();
    const asked = feed(line, 'ls\ndmesg\r\nca');
    expect(asked).toEqual([
      { kind: 'enter', line: 'ls' },
      { kind: 'enter', line: 'dmesg' },
    ]);
    expect(line.text).toBe('ca');
  });

  it('asks to complete, to clear and to cancel', () => {
    const line = editor();
    expect(feed(line, 'ca\t\x0c\x03').map(({ kind }) => kind)).toEqual([
      'complete',
      'clear',
      'cancel',
    ]);
    expect(line.text).toBe('');
  });

  it('ignores keys it does not know, whole', () => {
    expect(after('a', '\x1b[15~', '\x1b[1;2P', '\x00', 'b')).toBe('ab|');
  });
});

describe('completion', () => {
  const complete = (text: string, from: number, words: readonly string[]): [string, unknown] => {
    const line = editor();
    line.insert(text);
    const list = line.complete({ from, words });
    return [line.text, list];
  };

  it('puts in the only word, with a blank behind it', () => {
    expect(complete('dm', 0, ['dmesg'])).toEqual(['dmesg ', []]);
    expect(complete('cat /pr', 4, ['/proc/'])).toEqual(['cat /proc/', []]);
  });

  it('goes as far as all words agree, then lists them', () => {
    expect(complete('cat /proc/i', 4, ['/proc/interrupts', '/proc/iomem'])).toEqual([
      'cat /proc/i',
      ['/proc/interrupts', '/proc/iomem'],
    ]);
    expect(complete('ke', 0, ['kerf-load', 'kerf-exec'])).toEqual(['kerf-', []]);
  });

  it('does nothing without words, or with a place that is none', () => {
    expect(complete('xx', 0, [])).toEqual(['xx', []]);
    expect(complete('xx', 9, ['word'])).toEqual(['xx', []]);
  });
});

describe('history', () => {
  const memory = (): Store & { readonly kept: Map<string, string> } => {
    const kept = new Map<string, string>();
    return {
      kept,
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    };
  };

  it('goes back and comes forward to the line that was being written', () => {
    const line = editor();
    feed(line, 'ls\rdmesg\rca');
    const seen = [UP, UP, UP, DOWN, DOWN, DOWN].map((key) => {
      feed(line, key);
      return line.text;
    });
    expect(seen).toEqual(['dmesg', 'ls', 'ls', 'dmesg', 'ca', 'ca']);
  });

  it('keeps no blank lines and none twice in a row', () => {
    const line = editor();
    feed(line, 'ls\r\r  \rls\rdmesg\r');
    feed(line, UP + UP);
    expect(line.text).toBe('ls');
    feed(line, UP);
    expect(line.text).toBe('ls');
  });

  it('survives a reload, up to a limit', () => {
    const store = memory();
    const first = new LineHistory('host', store);
    for (let i = 0; i < HISTORY_MAX + 50; i++) first.add(`echo ${i}`);
    const again = new LineHistory('host', store);
    expect(again.older('')).toBe(`echo ${HISTORY_MAX + 49}`);
    expect(JSON.parse(store.kept.get('history.host')!)).toHaveLength(HISTORY_MAX);
  });

  it('bears what else may be in storage, and storage that is blocked', () => {
    const store = memory();
    for (const bad of ['{', '{"a":1}', '[1,null,"ls"]']) {
      store.kept.set('history.host', bad);
      expect(() => new LineHistory('host', store).older('')).not.toThrow();
    }
    const blocked: Store = {
      getItem: () => {
        throw new Error('blocked');
      },
      setItem: () => {
        throw new Error('blocked');
      },
    };
    expect(() => new LineHistory('host', blocked).add('ls')).not.toThrow();
  });
});
