import { isLink } from './links.ts';
import type { Drawing } from './diagram.ts';
import type { DiagramEvent } from './events.ts';

const LINE = 20;
const TIME = 84;
const LANE = 190;
const TOP = 64;
const INK = '#1b2430';
const PALE = '#b3bdc9';
const LOUD = '#c2182b';

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** The same as a picture that stands on its own: no style sheet, no script, no font of ours. */
export function drawSvg({ events, cpus, caption }: Drawing): string {
  const width = TIME + LANE * cpus.length;
  const bottom = TOP + LINE * events.length;
  // A link is longer than any picture is wide: it stands in the description.
  const again = caption.again.filter((one) => !isLink(one));
  const links = caption.again.filter(isLink);
  const height = bottom + LINE * (again.length + 1);
  const x = (cpu: number): number => TIME + LANE * cpus.indexOf(cpu) + 8;
  const text = (at: number, y: number, words: string, more = ''): string =>
    `<text x="${at}" y="${y}"${more}>${escaped(words)}</text>`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12" fill="${INK}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(12, 24, caption.title, ' font-size="15" font-weight="600"'),
    ...cpus.flatMap((cpu) => [
      text(
        x(cpu) - 4,
        TOP - 16,
        `CPU ${cpu} ${caption.kernelOf(cpu)}`.trim(),
        ' font-weight="600"',
      ),
      `<path d="M${x(cpu)} ${TOP - 8}V${bottom}" stroke="${PALE}"/>`,
    ]),
    ...events.map((event, i) => drawn(event, TOP + LINE * i + 10, x)),
    ...events.map((event, i) =>
      text(
        TIME - 14,
        TOP + LINE * i + 14,
        (event.time / 1000).toFixed(3),
        ` fill="#5b6776" text-anchor="end"`,
      ),
    ),
    ...links.map((one) => `<desc>${escaped(one)}</desc>`),
    ...again.map((line, i) => text(12, bottom + LINE * (i + 1), line, ' fill="#5b6776"')),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function drawn(event: DiagramEvent, y: number, x: (cpu: number) => number): string {
  const colour = event.loud ? LOUD : INK;
  if (event.kind === 'note') {
    const at = x(event.cpu);
    return `<circle cx="${at}" cy="${y}" r="3.5" fill="${colour}"/><text x="${at + 9}" y="${y + 4}" fill="${colour}">${escaped(event.text)}</text>`;
  }
  const [from, to] = [x(event.from), x(event.to)];
  const back = to > from ? -7 : 7;
  return [
    `<path d="M${from} ${y}H${to}" stroke="${colour}" fill="none"/>`,
    `<path d="M${to} ${y}l${back} -4v8z" fill="${colour}"/>`,
    `<text x="${(from + to) / 2}" y="${y - 3}" fill="${colour}" text-anchor="middle">${escaped(event.text)}</text>`,
  ].join('');
}
