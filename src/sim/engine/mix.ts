/** A 32-bit hash of `length` words: where to look in a table, never what decides equality. */
export function mixWords(words: Int32Array, from: number, length: number): number {
  let hash = length;
  for (let i = from; i < from + length; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
