/** One file of source text, its lines counted only when somebody asks. */
export class SourceFile {
  readonly bytes: Uint8Array;
  /** Folder that files named in this one are relative to, undefined for the current one. */
  readonly folder: string | undefined;
  /** Name to report, which a `#line` marker may change on the way. */
  name: string;
  readonly #marks: LineMark[] = [];
  #lineStarts: number[] | undefined;

  constructor(name: string, bytes: Uint8Array) {
    const slash = name.lastIndexOf('/');
    this.name = name;
    this.bytes = bytes;
    this.folder = slash < 0 ? undefined : name.slice(0, slash);
  }

  /** From byte `after` on, lines are counted from `line` and belong to `name`. */
  mark(after: number, line: number, name: string): void {
    this.#marks.push({ after, line });
    this.name = name;
  }

  /** Line and column of a byte as dtc counts them; a marker moves lines, never columns. */
  placeOf(offset: number): { line: number; column: number } {
    const starts = (this.#lineStarts ??= lineStarts(this.bytes));
    const index = lastNotAbove(starts, offset);
    const mark = this.#marks.findLast(({ after }) => after <= offset);
    const column = offset - (starts[index] ?? 0) + 1;
    if (!mark) return { line: index + 1, column };
    return { line: mark.line + index - lastNotAbove(starts, mark.after), column };
  }
}

interface LineMark {
  readonly after: number;
  readonly line: number;
}

function lineStarts(bytes: Uint8Array): number[] {
  const starts = [0];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last number that is not above `limit`, in an ascending list that begins with 0. */
function lastNotAbove(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= limit) low = middle;
    else high = middle;
  }
  return low;
}

/** Bytes `[from, to)` of a file that a node or a property was written with. */
export interface Span {
  readonly file: SourceFile;
  /** Name of the file when it was read: a later `#line` does not change it. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Path of a file named in a file of `folder`. Source: dtc, util.c, `join_path`. */
export function joinPath(folder: string | undefined, name: string): string {
  if (folder === undefined || name.startsWith('/')) return name;
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}
