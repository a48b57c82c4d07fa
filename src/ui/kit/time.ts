/** Simulated time in words. Digits keep their places, so that a running clock does not jump. */
const UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
] as const;

/** A moment: `14.382 µs`. Always in the same unit below a millisecond. */
export function formatTime(ns: number): string {
  const [unit, size] = UNITS.find(([, size]) => Math.abs(ns) >= size) ?? UNITS[2];
  return `${(ns / size).toFixed(3)} ${unit}`;
}

/** How long something takes: `40 ns`, `1.5 µs`, `12 ms`. */
export function formatSpan(ns: number): string {
  const [unit, size] = UNITS.find(([, size]) => ns >= size) ?? ['ns', 1];
  const value = ns / size;
  const text = value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(3);
  return `${text.includes('.') ? text.replace(/\.?0+$/, '') : text} ${unit}`;
}

/** A tick of an axis whose ticks are `step` apart: no more digits than tell them apart. */
export function formatTick(ns: number, step: number): string {
  if (ns === 0) return '0';
  const [unit, size] = UNITS.find(([, size]) => ns >= size) ?? ['ns', 1];
  const digits = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9));
  return `${(ns / size).toFixed(Math.min(digits, 6))} ${unit}`;
}
