import { lanesToHex, mix, mixNumber } from '../machine/pages.ts';

/**
 * A 32-bit hash of plain data: numbers, strings, booleans, null, arrays, typed arrays, maps and
 * objects (fields in order of name). Objects are remembered, since cold state is never changed.
 */
export function hashValue(value: unknown): number {
  if (typeof value === 'object' && value !== null) {
    const known = remembered.get(value);
    if (known !== undefined) return known;
  }
  const lanes = new Int32Array(2);
  mixValue(lanes, value);
  const hash = parseInt(lanesToHex(lanes).slice(0, 8), 16) | 0;
  if (typeof value === 'object' && value !== null) remembered.set(value, hash);
  return hash;
}
const remembered = new WeakMap<object, number>();

function mixValue(lanes: Int32Array, value: unknown): void {
  if (typeof value === 'number') return mixNumber(lanes, value);
  if (typeof value === 'string') {
    mix(lanes, value.length);
    for (let i = 0; i < value.length; i++) mix(lanes, value.charCodeAt(i));
  } else if (typeof value === 'boolean') mix(lanes, value ? 1 : 2);
  else if (value instanceof Uint8Array) {
    mix(lanes, value.length);
    for (const byte of value) mix(lanes, byte);
  } else if (Array.isArray(value)) {
    mix(lanes, value.length);
    for (const each of value) mix(lanes, hashValue(each));
  } else if (value instanceof Map) {
    for (const [key, each] of value) {
      mix(lanes, hashValue(key));
      mix(lanes, hashValue(each));
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value).sort()) {
      mix(lanes, hashValue(key));
      mix(lanes, hashValue((value as Record<string, unknown>)[key]));
    }
  } else mix(lanes, 0);
}
