import { describe, expect, it } from 'vitest';
import { TERM_IDS, termOf } from '../../base/glossary.ts';
import { findHazards, HAZARD_BOOK } from '../../kernel/hazard-book.ts';
import { complete } from '../complete.ts';
import { fakeWorld, type } from '../fake-world.ts';
import { newShell } from '../state.ts';

/** Without colours, as into a pipe. */
const man = (line: string): { status: number; output: string } => {
  const { status, output } = type(fakeWorld(), line);
  return { status, output: output.replace(COLOUR, '') };
};
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

describe('man', () => {
  it('alone lists every hazard, and marks those that cannot be seen', () => {
    const { status, output } = man('man');
    expect(status).toBe(0);
    for (const { id, what } of HAZARD_BOOK.flatMap(({ hazards }) => hazards))
      expect([output.includes(`\n  ${id} `), output.includes(what)]).toEqual([true, true]);
    expect(output).toMatch(/^ {2}H-M7 {3}- /m);
    expect(output).toMatch(/^ {2}H2 {7}/m);
    expect(man('man hazards').output).toBe(output);
  });

  it.each([
    ['man H2', ['overwritten', 'needs', 'see it', 'event    slotOverwritten: ', 'later']],
    ['man h-m7', ['FRED', 'not here']],
    ['man slotOverwritten', ['H2  ', 'M5  ']],
    ['man irr', ['IRR  interrupt request register\n', '  see also isr, ', '  from     Intel SDM']],
    ['man "end of interrupt"', ['EOI  ']],
    ['man DTB', ['device tree blob', 'big-endian']],
    ['man H19c', ['mk listen system --once']],
  ])('%s', (line, words) => {
    const { status, output } = man(line);
    expect(status).toBe(0);
    for (const word of words) expect(output).toContain(word);
  });

  it('tells of commands too', () => {
    expect(man('man wc')).toEqual(man('wc --help'));
  });

  it('explains a word and then the command of that name', () => {
    const { status, output } = man('man kerf');
    expect(status).toBe(0);
    expect(output).toMatch(/^kerf\n {2}The command-line tool/);
    expect(output).toContain(man('kerf --help').output);
  });

  it('lists the words with what their letters stand for, and each by an id it knows', () => {
    const { status, output } = man('man words');
    expect(status).toBe(0);
    expect(output).toMatch(/^ {2}eoi {12}EOI, end of interrupt$/m);
    for (const id of TERM_IDS) {
      expect(output).toContain(`\n  ${id.padEnd(15)}`);
      expect(man(`man ${id}`).output).toContain(termOf(id).text.split('. ')[0]);
      expect(findHazards(id)).toEqual([]);
    }
  });

  it.each([
    ['man H99', 1, 'no word or hazard `H99`; did you mean H9?'],
    ['man irrr', 1, 'did you mean irr?'],
    ['man xyzzyx', 1, 'man and man words list them'],
    ['man H1 H2', 2, 'what is `H2` for?'],
    ['man --all', 2, 'no option'],
  ])('refuses %s', (line, status, why) => {
    const got = man(line);
    expect(got.status).toBe(status);
    expect(got.output).toContain(why);
  });

  it('is completed by ids and events', () => {
    const lookups = { list: () => undefined, instances: [] };
    expect(complete(newShell('host'), 'man H19', lookups).words).toEqual(['H19', 'H19b', 'H19c']);
    expect(complete(newShell('host'), 'man eo', lookups).words).toEqual(['eoi']);
    expect(complete(newShell('host'), 'man slotO', lookups).words).toEqual(['slotOverwritten']);
  });
});
