/**
 * What is wrong with a source or a blob. `kind` is `lexical`, `syntax`, `semantic` or the name of
 * a check of dtc. Lines and columns count from 1, columns in bytes and a tab as one; both are 0
 * for an empty file and undefined where there is no position. `offset` is a byte of a blob.
 */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly kind: string;
  readonly text: string;
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly offset?: number | undefined;
}

/** Ends a compilation: the problem is in the list already, nothing more can be said. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
}

/** `FILE:LINE:COLUMN: error KIND: text`, or without the position where there is none. */
export function problemLine(problem: Problem): string {
  const { file, line, column, severity, kind, text } = problem;
  const at = line === undefined ? file : `${file}:${line}:${column ?? 0}`;
  return `${at}: ${severity} ${kind}: ${text}`;
}
