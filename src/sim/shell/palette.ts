/**
 * The few colours consoles use: ECMA-48, *Select Graphic Rendition*. Only what goes to a terminal is
 * painted, never what goes into a pipe or a file.
 */
export const BOLD = '\u001b[1m';
export const DIM = '\u001b[2m';
export const RED = '\u001b[31m';
export const YELLOW = '\u001b[33m';
export const BLUE = '\u001b[34m';
/** Back to how text looks by default. */
const RESET = '\u001b[0m';
/** Empties the screen and what was scrolled out of it, and goes to the top. */
export const CLEAR = '\u001b[2J\u001b[3J\u001b[H';

/** The text in a colour; the text itself when there is none, or nothing to paint. */
export const paint = (colour: string, text: string): string =>
  colour === '' || text === '' ? text : colour + text + RESET;

/** Output without colours and cursor moves, as a program or a claim wants it. */
export const plainText = (output: string): string =>
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  output.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
