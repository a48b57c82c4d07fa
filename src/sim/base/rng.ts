/**
 * The run's generator of randomness: 32 bits of state, so that it can be stored, hashed and
 * rewound with everything else (Marsaglia, "Xorshift RNGs", triple 13, 17, 5).
 */
export function nextRandom(state: number): number {
  let x = state | 0 || 0x9e3779b9 | 0;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x;
}

/** Spreads a seed a person types (0, 1, 2 …) over all 32 bits; never 0. */
export function seedRandom(seed: number): number {
  let x = (seed ^ 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  x ^= x >>> 15;
  return x === 0 ? 1 : x;
}
