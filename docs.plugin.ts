import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toHtml } from 'hast-util-to-html';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { toHast } from 'mdast-util-to-hast';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Plugin } from 'vite';

/** Pages beside the page, each made from the Markdown file of the same name. */
const PAGES = ['docs/scenarios', 'docs/hazards', 'docs/model'] as const;

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 46rem; margin: 2.5rem auto; padding: 0 1.25rem; font: 1rem/1.6 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; margin-top: 2.2em; } h1 { margin-top: 0; }
pre, code { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; font-size: 0.9em; }
pre { padding: 0.9rem 1rem; overflow-x: auto; border: 1px solid color-mix(in srgb, currentColor 22%, transparent); border-radius: 8px; }
table { border-collapse: collapse; display: block; overflow-x: auto; font-size: 0.93em; }
@media (min-width: 80rem) { body:has(th:nth-child(5)) { max-width: 76rem; } body:has(th:nth-child(5)) p { max-width: 46rem; } }
th:first-child, td:first-child { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.9rem 0.35rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
a { color: inherit; }
`;

/** A document as a page of its own: no script, no raw HTML of the source. */
function render(source: string): string {
  const tree = fromMarkdown(source, {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const title = /^# (.+)$/m.exec(source)?.[1] ?? 'Scenarios';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} – Multikernel Playground</title><style>${STYLE}</style></head>
<body>${toHtml(toHast(tree))}</body></html>
`;
}

/** Puts the documents beside the page, in the built site and in the development server. */
export function guide(): Plugin {
  let root = '';
  const page = (name: string): string => render(readFileSync(resolve(root, `${name}.md`), 'utf8'));
  return {
    name: 'guide',
    configResolved(config) {
      root = config.root;
    },
    generateBundle() {
      for (const name of PAGES)
        this.emitFile({ type: 'asset', fileName: `${name}.html`, source: page(name) });
    },
    configureServer(server) {
      for (const name of PAGES)
        server.middlewares.use(`/${name}.html`, (_request, response) => {
          response.setHeader('content-type', 'text/html; charset=utf-8');
          response.end(page(name));
        });
    },
  };
}
