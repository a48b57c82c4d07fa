/** Reads its arguments, so that an effect or a derived value depends on them; does nothing else. */
export function reads(..._values: readonly unknown[]): void {
  // Evaluating the arguments was all.
}
