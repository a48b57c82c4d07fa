import { describe, expect, it } from 'vitest';
import type { Refused } from './assert.ts';
import { textOfFile } from './text-file.ts';

const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];

describe('a file somebody brings', () => {
  it('is text in UTF-8, with any character', () => {
    const text = 'é 😀 \u202e\r\nlast';
    expect(textOfFile('a.md', Uint8Array.from(bytes(text)))).toBe(text);
  });

  it.each([
    ['in UTF-16', [0xff, 0xfe, 0x41, 0], 'a.md:1:1: this is UTF-16; save it as UTF-8'],
    ['in the other UTF-16', [0xfe, 0xff, 0, 0x41], 'a.md:1:1: this is UTF-16; save it as UTF-8'],
    [
      'in UTF-16 without a mark',
      [0x41, 0, 0x42, 0],
      'a.md:1:2: this is no text: there is a byte 0',
    ],
    ['in Latin-1', [...bytes('one\nGr'), 0xfc, 0xdf, 0x65], 'a.md:2:3: this is no text in UTF-8'],
    ['cut in a character', bytes('one\n😀').slice(0, -1), 'a.md:2:1: this is no text in UTF-8'],
  ])('is refused %s', (_, content, sentence) => {
    let said = '';
    try {
      textOfFile('a.md', Uint8Array.from(content));
    } catch (error) {
      said = (error as Refused).located;
    }
    expect(said).toBe(sentence);
  });
});
