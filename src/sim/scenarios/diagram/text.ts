import { isLink } from './links.ts';
import type { Drawing } from './diagram.ts';
import type { DiagramEvent } from './events.ts';

/** What a mail of plain text may have. */
const COLUMNS = 72;
const TIME = 11;
/** A lane narrower than this says nothing. */
const LANE_MIN = 8;
const LANE_WANTED = 20;
export const LANES_MAX = Math.floor((COLUMNS - TIME) / LANE_MIN);

/** Microseconds with three digits; ASCII, so no Greek. */
const clock = (ns: number): string => `${(ns / 1000).toFixed(3)} `.padStart(TIME);

/** Only what every mailer keeps. */
const ascii = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

/** Cuts a text to a width, with a mark that it was cut. */
const fitted = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}~`;

/** A plain-text diagram: a column a CPU, a line an event. No line is longer than 72 characters. */
export function drawText({ events, cpus, caption }: Drawing): string {
  const width = Math.min(LANE_WANTED, Math.floor((COLUMNS - TIME) / cpus.length));
  const lane = (cpu: number): number => TIME + cpus.indexOf(cpu) * width;
  const head = cpus.map((cpu) => fitted(`cpu${cpu} ${caption.kernelOf(cpu)}`.trim(), width - 1));
  const lines = [
    fitted(ascii(caption.title), COLUMNS),
    '',
    `${'us'.padStart(TIME - 1)} ${head.map((text) => text.padEnd(width)).join('')}`.trimEnd(),
    ...events.map((event) => line(event, { cpus, lane, width })),
    '',
    ...caption.again.flatMap(wrapped),
  ];
  return `${lines.map(ascii).join('\n')}\n`;
}

interface Lanes {
  readonly cpus: readonly number[];
  readonly lane: (cpu: number) => number;
  readonly width: number;
}

function line(event: DiagramEvent, { cpus, lane, width }: Lanes): string {
  const cells = Array.from<string>({ length: COLUMNS }).fill(' ');
  const put = (at: number, text: string): void => {
    for (let i = 0; i < text.length && at + i < COLUMNS; i++) cells[at + i] = text.charAt(i);
  };
  put(0, clock(event.time));
  for (const cpu of cpus) put(lane(cpu), '|');
  if (event.kind === 'note') {
    const at = lane(event.cpu);
    const isLast = cpus.at(-1) === event.cpu;
    put(at, event.loud ? '*' : '+');
    // Words nobody may miss run on over the lanes to the right.
    const room = event.loud || isLast ? COLUMNS - at - 2 : width - 2;
    put(at + 2, fitted(event.text, room));
  } else drawArrow(event, lane, put);
  return cells.join('').trimEnd();
}

/** `o-- 0xea -->`, or the other way round. */
function drawArrow(
  { from, to, text }: Extract<DiagramEvent, { kind: 'arrow' }>,
  lane: Lanes['lane'],
  put: (at: number, text: string) => void,
): void {
  const [left, right] = lane(from) < lane(to) ? [lane(from), lane(to)] : [lane(to), lane(from)];
  const rightwards = left === lane(from);
  put(left, rightwards ? 'o' : '<');
  put(left + 1, '-'.repeat(right - left - 1));
  put(right, rightwards ? '>' : 'o');
  put(left + 2, fitted(` ${text} `, right - left - 3));
}

/**
 * A line that is too long goes on below, as a shell or a reader would want it. A link stays whole:
 * in pieces it leads nowhere.
 */
function wrapped(text: string): readonly string[] {
  if (isLink(text)) return [text];
  const lines: string[] = [];
  for (let rest = text; rest !== '';) {
    if (rest.length <= COLUMNS) return [...lines, rest];
    const space = rest.lastIndexOf(' ', COLUMNS - 2);
    const at = space > COLUMNS / 2 ? space : COLUMNS;
    lines.push(rest.slice(0, at) + (space > COLUMNS / 2 ? ' \\' : ''));
    rest = space > COLUMNS / 2 ? `  ${rest.slice(at + 1)}` : rest.slice(at);
  }
  return lines;
}
