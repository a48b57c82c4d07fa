/** Hues there are for kernels; more kernels than hues share them, and letters tell them apart. */
const HUES = 8;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');

/** CSS colour of a kernel by its index in `Frame.kernels`; -1 is nobody. */
export const kernelColour = (index: number): string =>
  index < 0 ? 'var(--kernel-none)' : `var(--kernel-${index % HUES})`;

/**
 * One capital letter a kernel, different as long as letters last: the first letter of its name
 * that is not taken, else the next one of the alphabet.
 */
export function kernelLetters(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const own = name.toUpperCase().match(/[A-Z0-9]/g) ?? [];
    const free = [...own, ...ALPHABET].find((letter) => !taken.has(letter));
    const letter = free ?? own[0] ?? '?';
    taken.add(letter);
    return letter;
  });
}
