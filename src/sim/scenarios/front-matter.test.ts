import { describe, expect, it } from 'vitest';
import { MIB } from '../base/units.ts';
import { parse, refusal, withHeader } from '../testing/parsing.ts';

describe('front matter', () => {
  it('switches parts of the mailbox that the profile has or could have', () => {
    const read = withHeader(
      'profile: ring-n1\ndesign: { sender-lock: true, drain-loop: false, slots: 4 }',
    );
    expect(read.design).toEqual({ 'sender-lock': true, 'drain-loop': false });
    expect(read.ringSlots).toBe(4);
    expect(withHeader('machine: { ordering: tso }').machine.ordering).toBe('tso');
  });

  it('switches glue on by a list, or both ways by a mapping', () => {
    expect(withHeader('glue: [two-way]').glue).toEqual({ 'two-way': true });
    expect(withHeader('glue: { two-way: true, ipi-param: false }').glue).toEqual({
      'two-way': true,
      'ipi-param': false,
    });
  });

  it('takes a pool without a place, none at all, and APIC ids', () => {
    expect(withHeader('machine: { pool: 512MiB }').machine.pool).toEqual({
      size: 512 * MIB,
      base: null,
    });
    expect(withHeader('machine: { pool: none }').machine.pool).toBe(null);
    expect(withHeader('machine: { cpus: 3, apic: [0, 2, 4] }').machine.apic).toEqual([0, 2, 4]);
  });

  it('gives a small machine a small pool', () => {
    expect(withHeader('machine: { memory: 16MiB }').machine.pool).toEqual({
      size: 4 * MIB,
      base: 8 * MIB,
    });
  });

  it.each([
    [
      '',
      '1:1: a scenario begins with front matter: a line ---, then title: and more, then a line ---',
    ],
    [
      '# Hello\n',
      '1:1: a scenario begins with front matter: a line ---, then title: and more, then a line ---',
    ],
    ['---\ntitle: T\n', '1:1: the front matter is not closed by a line ---'],
    ['---\n---\n', '1:1: front matter needs a title:'],
    ['---\nhello\n---\n', '2:1: expected lines KEY: VALUE'],
    ['---\ntitle: 42\n---\n', '2:8: title: must be a text; put it in quotes: "42"'],
    ['---\ntitle:\n---\n', '2:7: title: must be a text'],
    ['---\ntitle: T\ntitle: U\n---\n', '3:1: this is not YAML: map keys must be unique'],
    ['---\ntitle: "T\n---\n', '2:10: this is not YAML: missing closing "quote'],
    ['---\ntitle: *a\n---\n', '2:8: anchors and aliases are not supported; write the value again'],
    [
      '---\ntitle: &a T\n---\n',
      '2:11: anchors and aliases are not supported; write the value again',
    ],
    [
      '---\ntitle: !!js/function x\n---\n',
      '2:8: this is not YAML: unresolved tag: tag:yaml.org,2002:js/function',
    ],
    ['---\n? [a]\n: b\n---\n', '2:3: a key must be a word'],
    [
      `---\ntitle: T\nsummary: ${'x'.repeat(9000)}\n---\n`,
      '3:1: front matter has at most 8192 bytes; is its closing --- missing?',
    ],
    [
      `---\nglue: ${'['.repeat(8000)}\n---\n`,
      /^\d:\d+: this (is not YAML|YAML is nested too deeply)/,
    ],
  ])('is refused: %j', (text, sentence) => {
    expect(refusal(() => parse(text))).toEqual(
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    );
  });

  it.each([
    ['tilte: x', '3:1: front matter has no "tilte"; did you mean "title"?'],
    [
      'author: x',
      '3:1: front matter has no "author"; known are title, summary, level, profile, machine, seed, glue, design',
    ],
    ['summary: [a]', '3:10: summary: must be a text'],
    ['level: 4', '3:8: level: must be an integer from 1 to 3'],
    ['level: "1"', '3:9: level: must be an integer from 1 to 3'],
    ['profile: rfc-v3', '3:10: profile: cannot be "rfc-v3"; did you mean "rfc-v2"?'],
    ['profile: [rfc-v2]', '3:10: profile: must be one value, not a list'],
    [
      'profile:',
      '3:9: profile: cannot be empty; known are rfc-v2, rfc-v2-as-posted, rfc-v1, ring-n1, ring-n3, doorbell',
    ],
    ['seed: -1', '3:7: seed: must be an integer from 0 to 4294967295'],
    ['seed: 4294967296', '3:7: seed: must be an integer from 0 to 4294967295'],
    ['seed: 1.5', '3:7: seed: must be an integer from 0 to 4294967295'],
    ['design: [publish-last]', '3:9: design: must be a mapping such as { sender-lock: true }'],
    [
      'design: { drain-loop: true }',
      '3:11: design of rfc-v2 has no "drain-loop"; known are sender-lock, publish-last, icr-fence',
    ],
    [
      'design: { publish-list: true }',
      '3:11: design of rfc-v2 has no "publish-list"; did you mean "publish-last"?',
    ],
    ['design: { publish-last: 1 }', '3:25: publish-last: must be true or false'],
    ['profile: ring-n1\ndesign: { slots: 5 }', '4:18: slots: must be one of 2, 4, 8, 16, 32, 64'],
    ['profile: ring-n1\ndesign: { slots: 128 }', '4:18: slots: must be an integer from 2 to 64'],
    [
      'profile: rfc-v2-as-posted\ndesign: { slots: 4 }',
      '4:9: design: rfc-v2-as-posted has no parts to switch',
    ],
    ['machine: { ordering: weak }', '3:22: ordering: cannot be "weak"; known are sc, tso'],
    ['glue: two-way', '3:7: glue: must be a list such as [two-way] or { two-way: true }'],
    ['glue: [tow-way]', '3:8: glue: cannot be "tow-way"; did you mean "two-way"?'],
    ['glue: [two-way, two-way]', '3:17: glue: names "two-way" twice'],
    ['glue: { two-ways: true }', '3:9: glue has no "two-ways"; did you mean "two-way"?'],
    ['glue: { two-way: 1 }', '3:18: two-way: must be true or false'],
    ['machine: 8', '3:10: machine: must be a mapping such as { cpus: 8, memory: 4GiB }'],
    ['machine: { cpu: 8 }', '3:12: machine has no "cpu"; did you mean "cpus"?'],
    ['machine: { cpus: 0 }', '3:18: cpus: must be an integer from 1 to 1024'],
    ['machine: { cpus: 1025 }', '3:18: cpus: must be an integer from 1 to 1024'],
    ['machine: { memory: many }', '3:20: memory: must be a size such as 4GiB'],
    ['machine: { memory: 8MiB }', '3:20: memory: must be from 16MiB to 64GiB'],
    ['machine: { memory: 65GiB }', '3:20: memory: must be from 16MiB to 64GiB'],
    ['machine: { memory: 33554433 }', '3:20: memory: must be a multiple of 4096 bytes'],
    ['machine: { pool: big }', '3:18: pool: must be SIZE, SIZE@BASE or none, such as 1GiB@2GiB'],
    ['machine: { pool: 1GiB@ }', '3:18: pool: must be SIZE, SIZE@BASE or none, such as 1GiB@2GiB'],
    [
      'machine: { pool: 1GiB@1GiB@1GiB }',
      '3:18: pool: must be SIZE, SIZE@BASE or none, such as 1GiB@2GiB',
    ],
    ['machine: { pool: 1000 }', '3:18: pool: size and base must be multiples of 4096 bytes, not 0'],
    [
      'machine: { pool: 1GiB@0 }',
      '3:18: pool: size and base must be multiples of 4096 bytes, not 0',
    ],
    ['machine: { pool: 1GiB@3584MiB }', '3:18: pool: must lie inside the memory of the machine'],
    ['machine: { apic: 1 }', '3:18: apic: must be a list with the APIC id of each CPU'],
    ['machine: { cpus: 2, apic: [0, 0] }', '3:31: apic: has the id 0 twice'],
    ['machine: { cpus: 2, apic: [0] }', '3:27: apic: has 1 ids for 2 CPUs'],
    ['machine: { cpus: 1, apic: [1024] }', '3:28: apic: must be an integer from 0 to 1023'],
    ['summary: é\nseed: x', '4:7: seed: must be an integer from 0 to 4294967295'],
    [
      'machine: { "é": 1, x: 2 }',
      '3:12: machine has no "é"; known are cpus, memory, pool, apic, ordering',
    ],
  ])('refuses %s', (header, sentence) => {
    expect(refusal(() => withHeader(header))).toBe(sentence);
  });

  it('counts columns in bytes', () => {
    expect(refusal(() => withHeader('glue: [two-way, é]'))).toMatch(/^3:17/);
    expect(refusal(() => withHeader('glue: { "two-way": true, "é": 1, two: 1 }'))).toMatch(/^3:26/);
    expect(refusal(() => parse('---\n{ title: éé, seed: x }\n---\n'))).toMatch(/^2:22/);
  });
});
