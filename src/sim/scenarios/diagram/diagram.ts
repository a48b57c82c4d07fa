import { Refused } from '../../base/assert.ts';
import { cpusOf, diagramEvents, type DiagramEvent, type DiagramSource } from './events.ts';
import { drawMermaid } from './mermaid.ts';
import { drawSvg } from './svg.ts';
import { drawText, LANES_MAX } from './text.ts';

export const FORMATS = ['text', 'mermaid', 'svg'] as const;
export type Format = (typeof FORMATS)[number];

/** What stands above and below the picture. */
export interface Caption {
  readonly title: string;
  /** Name of the kernel that owns a CPU, '' for none. */
  readonly kernelOf: (cpu: number) => string;
  /** Lines that say how to see the same again: a command, a link. */
  readonly again: readonly string[];
}

export interface Drawing {
  readonly events: readonly DiagramEvent[];
  readonly cpus: readonly number[];
  readonly caption: Caption;
}

/** Lines a mail can bear; a longer stretch wants a narrower range. */
const EVENTS_MAX = 400;

/**
 * A stretch of a run as a space-time diagram: a lane a CPU, time downwards, interrupts as arrows.
 * Text is at most 72 columns of ASCII, to be pasted into a mail.
 *
 * @throws Refused when nothing happened there, or more than fits.
 */
export function drawDiagram(source: DiagramSource, caption: Caption, format: Format): string {
  const events = diagramEvents(source);
  const cpus = cpusOf(events);
  if (events.length === 0) throw new Refused('nothing that others could see happened in that time');
  if (events.length > EVENTS_MAX)
    throw new Refused(
      `${events.length} events are too many for a diagram of at most ${EVENTS_MAX}: choose a shorter time`,
    );
  if (cpus.length > LANES_MAX)
    throw new Refused(
      `${cpus.length} CPUs take part, and a diagram has room for ${LANES_MAX}: choose a shorter time`,
    );
  const drawing = { events, cpus, caption };
  if (format === 'mermaid') return drawMermaid(drawing);
  return format === 'svg' ? drawSvg(drawing) : drawText(drawing);
}
