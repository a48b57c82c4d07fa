import type { Drawing } from './diagram.ts';

/** Characters that mean something to Mermaid, or would end the text. */
const plain = (text: string): string => text.replace(/[#;:<>"\n]/g, ' ').trim();

/** The same as a Mermaid sequence diagram. */
export function drawMermaid({ events, cpus, caption }: Drawing): string {
  const lines = [
    'sequenceDiagram',
    ...caption.again.map((text) => `  %% ${text}`),
    ...(caption.title === '' ? [] : [`  %% ${plain(caption.title)}`]),
    ...cpus.map((cpu) => {
      const kernel = caption.kernelOf(cpu);
      return `  participant cpu${cpu} as CPU ${cpu}${kernel === '' ? '' : ` ${plain(kernel)}`}`;
    }),
    ...events.map((event) =>
      event.kind === 'note'
        ? `  Note over cpu${event.cpu}: ${plain(event.text)}`
        : `  cpu${event.from}-${event.loud ? 'x' : ')'}cpu${event.to}: ${plain(event.text)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
