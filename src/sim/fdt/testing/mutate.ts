import type { Draw } from './draw.ts';

const PIECES = [
  '/dts-v1/;', '/plugin/;', '/ {', '};', ' { ', ' } ', ';', '=', '<', '>', '[', ']', '"', "'", '&', '&{/',
  '/*', '*/', '//', '\n', '#', '# 7 "f.c"\n', '#line 3 "g"\n', '/delete-node/ ', '/delete-property/ ',
  '/omit-if-no-ref/ ', '/bits/ 8 ', '/bits/ 64 ', '/memreserve/ ', '/incbin/(', '/include/ "x"', 'l: ',
  '&l', '0x', '0xffffffffffffffff', '1ULL', '(', ')', '?', ':', '<<', '||', '!', '~', '\\', '\\x', '\\x4',
  '\0', '\xe9', '\xfe', 'phandle = <1>;', 'name = "x";', 'a', '@', '@@', ',', '+', '-', '/', '%', '\t',
].map((text) => Uint8Array.from(text, (char) => char.charCodeAt(0))); // prettier-ignore

/** A source with a few accidents: bytes changed, taken out, doubled, or pieces of DTS put in. */
export function mutateSource(draw: Draw, bytes: Uint8Array): Uint8Array {
  let out = bytes;
  const times = 1 + draw.below(3);
  for (let i = 0; i < times; i++) {
    const at = draw.below(out.length + 1);
    const length = draw.below(Math.min(12, out.length - at + 1));
    const kind = draw.below(5);
    if (kind < 2) out = splice(out, at, 0, draw.pick(PIECES));
    else if (kind < 3) out = splice(out, at, length, new Uint8Array(0));
    else if (kind < 4) out = splice(out, at, 0, out.subarray(at, at + length));
    else out = splice(out, at, Math.min(1, out.length - at), Uint8Array.of(draw.below(256)));
  }
  return out;
}

const WORDS = [0, 1, 2, 3, 4, 5, 9, 0x10, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/** A blob with a few accidents: bits, words of the header and of the structure, a cut end. */
export function mutateBlob(draw: Draw, bytes: Uint8Array): Uint8Array {
  const out = Uint8Array.from(bytes);
  if (out.length < 4) return out;
  const view = new DataView(out.buffer);
  const times = 1 + draw.below(4);
  for (let i = 0; i < times; i++) {
    const at = draw.below(out.length);
    const word = draw.chance(30) ? draw.below(10) * 4 : at & ~3;
    const kind = draw.below(4);
    if (kind < 1) out[at]! ^= 1 << draw.below(8);
    else if (kind < 2) out[at] = draw.below(256);
    else if (word + 4 <= out.length && kind < 3) view.setUint32(word, draw.pick(WORDS));
    else if (word + 4 <= out.length)
      view.setUint32(word, (view.getUint32(word) + draw.pick([1, -1, 4, -4, 8])) >>> 0);
  }
  return draw.chance(5) ? out.subarray(0, draw.below(out.length)) : out;
}

function splice(bytes: Uint8Array, at: number, drop: number, put: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length - drop + put.length);
  out.set(bytes.subarray(0, at));
  out.set(put, at);
  out.set(bytes.subarray(at + drop), at + put.length);
  return out;
}
