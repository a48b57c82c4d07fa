import { Refused } from '../../sim/base/assert.ts';

/** What a visitor's file can be. */
export type FileKind = 'lesson' | 'dts' | 'dtb' | 'session';

/** First bytes of a flattened device tree: Devicetree Specification, "Header". */
const FDT_MAGIC = [0xd0, 0x0d, 0xfe, 0xed];

/** Judges a file by its ending, and where that leaves doubts by its first bytes. */
export function kindOf(name: string, bytes: Uint8Array): FileKind {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const isBlob = FDT_MAGIC.every((byte, i) => bytes[i] === byte);
  switch (ending) {
    case 'md':
      return 'lesson';
    case 'json':
      return 'session';
    case 'dts':
      if (isBlob) throw new Refused(`${name} is a DTB, not source; rename it to .dtb`);
      return 'dts';
    case 'dtb':
      if (!isBlob) throw new Refused(`${name} is no DTB: it does not begin with d0 0d fe ed`);
      return 'dtb';
    case 'txt':
      return /\/dts-v1\/\s*;/.test(new TextDecoder().decode(bytes)) ? 'dts' : 'lesson';
    default:
      throw new Refused(`${name} is none of .md, .dts, .dtb, .txt and .json`);
  }
}

/** Files of the lesson that a device tree called `name` could replace: the same name first. */
export function deviceTreesFor(
  name: string,
  files: readonly { readonly name: string }[],
): readonly string[] {
  const trees = files.map((file) => file.name).filter((known) => /\.dt[sb]o?$/.test(known));
  const base = (path: string): string => path.replace(/^.*\//, '').replace(/\.[^.]+$/, '');
  const same = trees.filter((known) => base(known) === base(name));
  return same.length === 1 ? same : trees;
}
