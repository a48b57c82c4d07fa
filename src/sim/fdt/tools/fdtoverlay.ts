import { fdtOpenInto, fdtPack } from '../edit.ts';
import { FDT_ERR, fdtStrerror } from '../error.ts';
import { fdtOverlayApply } from '../overlay.ts';
import { fdtTotalsize } from '../tags.ts';
import { readOptions } from './getopt.ts';
import { padded, type ToolIo } from './io.ts';

const USAGE = 'usage: fdtoverlay -i BASE.dtb -o OUT.dtb A.dtbo…';

/** Room that is added until the overlay fits, in bytes. */
const ROOM_STEP = 65_536;
/** An overlay that points outside its own values never fits: no more steps than this are tried. */
const ROOM_STEPS_MAX = 256;

/**
 * Applies overlays in order and writes the packed result. Exit status 0; 1 with one line
 * `A.dtbo: FDT_ERR_NAME`, and nothing is written. Source: dtc, fdtoverlay.c.
 */
export function runFdtoverlay(argv: readonly string[], io: ToolIo): number {
  const refuse = (text: string): number => {
    io.stderr(`${text}\n`);
    return 1;
  };
  const read = readOptions(argv, 'i:o:v', { input: 'i', output: 'o', verbose: 'v' });
  if ('wrong' in read) return refuse(`fdtoverlay: ${read.wrong}\n${USAGE}`);
  const last = (letter: string): string | undefined =>
    read.options.findLast((option) => option.letter === letter)?.argument;
  const input = last('i');
  const output = last('o');
  if (input === undefined || output === undefined || read.words.length === 0)
    return refuse(`fdtoverlay: a base, an output and an overlay are needed\n${USAGE}`);

  const blobs = [input, ...read.words].map((name) => {
    const bytes = name === '-' ? io.stdin() : io.read(name);
    return { name, bytes: bytes && padded(bytes) };
  });
  for (const { name, bytes } of blobs) {
    if (!bytes) return refuse(`${name}: the file cannot be read`);
    if (fdtTotalsize(bytes) > bytes.length) return refuse(`${name}: FDT_ERR_TRUNCATED`);
  }
  let base: Uint8Array = blobs[0]?.bytes ?? new Uint8Array(0);
  for (const { name, bytes } of blobs.slice(1)) {
    const result = applyOne(base, bytes ?? new Uint8Array(0));
    if (typeof result === 'number') return refuse(`${name}: ${fdtStrerror(result)}`);
    if ('base' in result) return refuse(`${input}: ${fdtStrerror(result.base)}`);
    base = result;
  }
  const packed = fdtPack(base);
  if (packed !== 0) return refuse(`${input}: ${fdtStrerror(packed)}`);
  const result = base.subarray(0, fdtTotalsize(base));
  if (output === '-') io.stdout(result);
  else if (!io.write(output, result)) return refuse(`${output}: the file cannot be written`);
  return 0;
}

/** The base with the overlay, in a buffer that may be larger; the overlay's code; the base's. */
function applyOne(base: Uint8Array, overlay: Uint8Array): Uint8Array | number | { base: number } {
  const size = fdtTotalsize(base);
  let code: number = -FDT_ERR.NOSPACE;
  for (let steps = 0; steps < ROOM_STEPS_MAX && code === -FDT_ERR.NOSPACE; steps++) {
    const buffer = new Uint8Array(size + steps * ROOM_STEP);
    const opened = fdtOpenInto(base, buffer);
    if (opened !== 0) return { base: opened };
    code = fdtOverlayApply(buffer, overlay.slice(0, fdtTotalsize(overlay)));
    if (code === 0) return buffer;
  }
  return code;
}
