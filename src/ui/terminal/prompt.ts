/** Where the input line stands on the screen: rows below the one its prompt begins in. */
export interface Drawn {
  readonly cursorRow: number;
}
export const NOT_DRAWN: Drawn = { cursorRow: 0 };

interface Line {
  /** The prompt with its colours, and the columns it takes. */
  readonly prompt: string;
  readonly promptWidth: number;
  readonly text: string;
  readonly cursor: number;
}

/** Goes to the start of the line drawn before and clears from there on. */
export const erase = ({ cursorRow }: Drawn): string => `${up(cursorRow)}\r\x1b[J`;

/** Writes a line of input where the cursor is, wrapped like a terminal does, and puts the cursor. */
export function draw(line: Line, columns: number): { readonly out: string; readonly drawn: Drawn } {
  const width = Math.max(1, columns);
  const total = line.promptWidth + line.text.length;
  const at = line.promptWidth + line.cursor;
  // A full last row leaves the cursor on its last column: a blank moves it on to the next.
  const wrap = total > 0 && total % width === 0 ? ' \r' : '';
  const endRow = Math.floor(total / width);
  const cursorRow = Math.floor(at / width);
  const column = at % width;
  const out =
    line.prompt +
    line.text +
    wrap +
    up(endRow - cursorRow) +
    '\r' +
    (column > 0 ? `\x1b[${column}C` : '');
  return { out, drawn: { cursorRow } };
}

const up = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : '');

/** Words in columns, as a shell lists completions. */
export function columns(words: readonly string[], width: number): string {
  const cell = Math.max(...words.map((word) => word.length)) + 2;
  const across = Math.max(1, Math.floor(width / cell));
  const rows: string[] = [];
  for (let i = 0; i < words.length; i += across) {
    const row = words.slice(i, i + across);
    rows.push(
      row
        .map((word) => word.padEnd(cell))
        .join('')
        .trimEnd(),
    );
  }
  return rows.join('\r\n');
}

/** Line feeds of a kernel become what a terminal needs to begin a line. */
export const forTerminal = (text: string): string => text.replace(/\r?\n/g, '\r\n');

/** What to write so that a terminal that shows `old` shows `now`; undefined to write all anew. */
export function appended(old: string, now: string): string | undefined {
  return now.startsWith(old) ? now.slice(old.length) : undefined;
}
