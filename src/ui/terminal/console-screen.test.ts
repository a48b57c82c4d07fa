import { describe, expect, it } from 'vitest';
import { ConsoleScreen, type Screen, type Worker } from './console-screen.ts';
import { LineHistory } from './line-history.ts';

const PROMPT = '\x1b[1mhost#\x1b[0m ';

class Fake implements Screen, Worker {
  cols = 40;
  out = '';
  resets = 0;
  readonly typed: string[] = [];
  refuse = '';
  words: readonly string[] = [];
  write = (data: string): void => void (this.out += data);
  reset = (): void => {
    this.resets++;
    this.out = '';
  };
  type = (line: string): Promise<unknown> => {
    this.typed.push(line);
    return this.refuse === '' ? Promise.resolve() : Promise.reject(new Error(this.refuse));
  };
  complete = () => Promise.resolve({ from: 0, words: this.words });
  interrupts = 0;
  interrupt = (): Promise<unknown> => Promise.resolve(this.interrupts++);
  readonly screen = new ConsoleScreen(this, this, new LineHistory('test'));
  /** What was written since the last look. */
  look(): string {
    const { out } = this;
    this.out = '';
    return out;
  }
}

function opened(): Fake {
  const fake = new Fake();
  fake.screen.show(PROMPT, false);
  fake.look();
  return fake;
}
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('a console', () => {
  it('appends what goes on, and writes all anew after a jump back', () => {
    const fake = opened();
    fake.screen.show(`${PROMPT}ls\r\nweb.dts\r\n${PROMPT}`, false);
    expect(fake.look()).toContain('ls\r\nweb.dts\r\n');
    expect(fake.resets).toBe(0);
    fake.screen.show(PROMPT, false);
    expect([fake.resets, fake.look()]).toEqual([1, PROMPT]);
  });

  it('keeps the line being typed when text comes', () => {
    const fake = opened();
    fake.screen.feed('dme');
    fake.look();
    fake.screen.show(`${PROMPT}ls\r\n${PROMPT}`, false);
    expect(fake.look().endsWith('dme\r\x1b[9C')).toBe(true);
  });

  it('hands over a line, and whatever was typed ahead when that is done', async () => {
    const fake = opened();
    fake.screen.feed('ls\rdmesg\rca');
    expect(fake.typed).toEqual(['ls']);
    await turn();
    await turn();
    expect(fake.typed).toEqual(['ls', 'dmesg']);
    expect(fake.screen.editor.text).toBe('ca');
  });

  it('waits while the console is busy with a command of the lesson', () => {
    const fake = opened();
    fake.screen.show(`${PROMPT}kerf load\r\n`, true);
    fake.screen.feed('ls\r');
    expect(fake.typed).toEqual([]);
    fake.screen.show(`${PROMPT}kerf load\r\n${PROMPT}`, false);
    expect(fake.typed).toEqual(['ls']);
  });

  it('forgets what was typed ahead on Ctrl-C', () => {
    const fake = opened();
    fake.screen.show(`${PROMPT}kerf load\r\n`, true);
    fake.screen.feed('ls\r');
    fake.screen.feed('\x03');
    fake.screen.show(`${PROMPT}kerf load\r\n${PROMPT}`, false);
    expect(fake.typed).toEqual([]);
  });

  it('ends the command that runs on Ctrl-C, be it its own or one of the lesson', () => {
    const fake = opened();
    fake.screen.feed('\x03');
    expect(fake.interrupts).toBe(0);
    fake.screen.feed('watch ls\r');
    fake.screen.feed('\x03');
    fake.screen.show(`${PROMPT}watch ls\r\n`, true);
    fake.screen.feed('\x03');
    expect(fake.interrupts).toBe(2);
  });

  it('sends Ctrl-C to a command whose text it has not seen yet', () => {
    const fake = opened();
    fake.screen.occupy();
    fake.screen.feed('\x03');
    expect([fake.interrupts, fake.look()]).toEqual([1, '']);
  });

  it('says so when more is pasted than it takes', () => {
    const fake = opened();
    fake.screen.feed('x'.repeat(100_000));
    expect(fake.screen.editor.text).toHaveLength(4096);
    expect(fake.look()).toContain('More than 4096 characters at once: the rest was left out.');
    fake.screen.feed('y');
    expect(fake.look()).not.toContain('left out');
  });

  it('says a refusal in the console itself', async () => {
    const fake = opened();
    fake.refuse = 'host is busy with: kerf load';
    fake.screen.feed('ls\r');
    await turn();
    expect(fake.look()).toContain('\x1b[31mhost is busy with: kerf load\x1b[0m\r\n');
  });

  it('completes, and lists words when there are several', async () => {
    const fake = opened();
    fake.words = ['kerf', 'kernel'];
    fake.screen.feed('ke\t');
    await turn();
    expect(fake.screen.editor.text).toBe('ker');
    fake.look();
    fake.screen.feed('\t');
    await turn();
    expect(fake.look()).toContain('kerf    kernel');
  });

  it('clears the screen and cancels the line', () => {
    const fake = opened();
    fake.screen.feed('abc\x0c');
    expect(fake.look()).toContain('\x1b[2J');
    fake.screen.feed('\x03');
    expect([fake.look().includes('^C'), fake.screen.editor.text]).toEqual([true, '']);
  });

  it('paints the prompt as it is told', () => {
    const fake = new Fake();
    const paint = (text: string): string => text.replaceAll('\x1b[1mhost#', '\x1b[1;36mhost#');
    new ConsoleScreen(fake, fake, new LineHistory('test'), paint).show(PROMPT, false);
    expect(fake.look()).toContain('\x1b[1;36mhost#');
  });
});
