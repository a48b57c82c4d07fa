import { describe, expect, it } from 'vitest';
import { appended, columns, draw, erase, forTerminal } from './prompt.ts';

const line = (text: string, cursor = text.length) => ({
  ...{ prompt: 'host# ', promptWidth: 6, text, cursor },
});

describe('the input line on the screen', () => {
  it('puts the cursor into a line that fits', () => {
    expect(draw(line('dmesg', 2), 80)).toEqual({
      out: 'host# dmesg\r\x1b[8C',
      drawn: { cursorRow: 0 },
    });
  });

  it('counts rows when the line wraps', () => {
    const { out, drawn } = draw(line('x'.repeat(20), 2), 10);
    expect(out.endsWith('\x1b[2A\r\x1b[8C')).toBe(true);
    expect(drawn.cursorRow).toBe(0);
    expect(draw(line('x'.repeat(20)), 10).drawn.cursorRow).toBe(2);
  });

  it('goes on to the next row after a full one, as the cursor would', () => {
    const { out, drawn } = draw(line('abcd'), 10);
    expect(out).toBe('host# abcd \r\r');
    expect(drawn.cursorRow).toBe(1);
  });

  it('erases from where the prompt begins', () => {
    expect(erase({ cursorRow: 2 })).toBe('\x1b[2A\r\x1b[J');
    expect(erase({ cursorRow: 0 })).toBe('\r\x1b[J');
  });

  it('survives a terminal without columns', () => {
    expect(() => draw(line('abc'), 0)).not.toThrow();
  });
});

describe('text of a console', () => {
  it('gets carriage returns, once', () => {
    expect(forTerminal('a\nb\r\nc')).toBe('a\r\nb\r\nc');
  });

  it('is appended where it goes on, and written anew where it does not', () => {
    expect(appended('one\n', 'one\ntwo\n')).toBe('two\n');
    expect(appended('one\ntwo\n', 'one\n')).toBeUndefined();
    expect(appended('', 'x')).toBe('x');
  });

  it('lists words in columns', () => {
    expect(columns(['cat', 'dmesg', 'ls'], 15)).toBe('cat    dmesg\r\nls');
    expect(columns(['a-very-long-word'], 4)).toBe('a-very-long-word');
  });
});
