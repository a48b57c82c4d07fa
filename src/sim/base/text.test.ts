import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { latin1Decode, utf8Decode, utf8Encode } from './text.ts';

/** Any string, halves of surrogate pairs included. */
const anyText = fc.string({ unit: 'binary' });
const bytes = fc.uint8Array({ maxLength: 64 });
const replaced = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text));

describe('UTF-8', () => {
  it('is written as every browser writes it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8Encode(text)).toEqual(new TextEncoder().encode(text));
      }),
    );
    expect(utf8Encode('\ud800x')).toEqual(new TextEncoder().encode('\ud800x'));
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8Decode(utf8Encode(text))).toBe(replaced(text));
      }),
    );
  });

  it('agrees with every browser on which bytes are valid', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(bytes, (raw) => {
        let valid: string | undefined;
        try {
          valid = strict.decode(raw);
        } catch {
          valid = undefined;
        }
        if (valid === undefined) expect(utf8Decode(raw)).toContain('\ufffd');
        else expect(utf8Decode(raw)).toBe(valid);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong three-byte form', [0xe0, 0x80, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lead byte that never was', [0xf8, 0x88, 0x80, 0x80]],
    ['a tail without a head', [0x80]],
    ['a head without a tail', [0xe2, 0x82]],
  ])('shows %s as bytes that are no text', (_, raw) => {
    expect(utf8Decode(Uint8Array.from(raw))).toBe('\ufffd'.repeat(raw.length));
  });
});

describe('Latin-1', () => {
  it('is one character a byte', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(Array.from(latin1Decode(all), (char) => char.charCodeAt(0))).toEqual([...all]);
  });
});
