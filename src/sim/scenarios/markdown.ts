import type { Nodes, PhrasingContent, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import { Refused, unreachable } from '../base/assert.ts';
import { LIMITS } from './limits.ts';
import type { Align, Inline, Prose } from './scenario.ts';
import { placeOf, type Source } from './source.ts';

/** What stands at the left margin of a document, in order. */
export type Part =
  | { readonly kind: 'heading'; readonly line: number; readonly title: string }
  | { readonly kind: 'fence'; readonly line: number }
  | { readonly kind: 'prose'; readonly line: number; readonly content: Prose };

/** A fence that Markdown finds inside a quote or a list. */
export type NestedFence = (line: number, word: string) => string | undefined;

/**
 * The only door to the Markdown library. Reads `text`, whose lines are those of `source`, into
 * parts of our own; raw HTML stays text and links that could run something lose their target.
 * `nested` gives the text of a fence in a quote or a list, or undefined to take the library's.
 */
export function readMarkdown(text: string, source: Source, nested: NestedFence): readonly Part[] {
  const root = fromMarkdown(text, {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const targets = new Map<string, string>();
  for (const node of root.children)
    if (node.type === 'definition' && !targets.has(node.identifier))
      targets.set(node.identifier, node.url);
  const reader = new Reader(source, targets, nested);
  return root.children.flatMap((node): readonly Part[] => {
    const line = node.position?.start.line ?? 1;
    if (node.type === 'heading')
      return [{ kind: 'heading', line, title: plain(node).replace(/\s+/g, ' ').trim() }];
    if (node.type === 'code' && isFence(source, line)) return [{ kind: 'fence', line }];
    return reader.prose([node], 0).map((content) => ({ kind: 'prose', line, content }));
  });
}

const isFence = (source: Source, line: number): boolean =>
  /^ {0,3}(```|~~~)/.test(source.lines[line - 1] ?? '');

class Reader {
  readonly #source: Source;
  readonly #targets: ReadonlyMap<string, string>;
  readonly #nested: NestedFence;

  constructor(source: Source, targets: ReadonlyMap<string, string>, nested: NestedFence) {
    this.#source = source;
    this.#targets = targets;
    this.#nested = nested;
  }

  prose(nodes: readonly RootContent[], depth: number): Prose[] {
    return nodes.flatMap((node) => this.#block(node, depth));
  }

  #block(node: RootContent, depth: number): readonly Prose[] {
    this.#checkDepth(node, depth);
    switch (node.type) {
      case 'paragraph':
        return [{ kind: 'paragraph', content: this.#line(node.children, depth) }];
      case 'heading':
        return [{ kind: 'paragraph', content: [strong(this.#line(node.children, depth))] }];
      case 'blockquote':
        return [{ kind: 'quote', content: this.prose(node.children, depth + 1) }];
      case 'code': {
        const line = node.position?.start.line ?? 1;
        const text = this.#nested(line, node.lang ?? '') ?? node.value;
        return [{ kind: 'code', text }];
      }
      case 'list':
        return [
          {
            kind: 'list',
            start: node.ordered ? (node.start ?? 1) : null,
            items: node.children.map((item) => this.prose(item.children, depth + 1)),
          },
        ];
      case 'table':
        return [this.#table(node, depth)];
      case 'html':
        // A comment is for the author; anything else is shown as it was typed.
        return isComment(node.value)
          ? []
          : [{ kind: 'paragraph', content: [{ kind: 'text', text: node.value }] }];
      default:
        // Definitions were read before; a rule separates what the page separates anyway.
        return [];
    }
  }

  #table(node: Table, depth: number): Prose {
    const [head = [], ...rows] = node.children.map((row) =>
      row.children.map((cell) => this.#line(cell.children, depth + 1)),
    );
    const align = (node.align ?? []).map((side): Align | null => side ?? null);
    return { kind: 'table', align, head, rows };
  }

  #line(nodes: readonly PhrasingContent[], depth: number): Inline[] {
    return nodes.flatMap((node) => this.#inline(node, depth));
  }

  #inline(node: PhrasingContent, depth: number): readonly Inline[] {
    this.#checkDepth(node, depth);
    switch (node.type) {
      case 'text':
        return [{ kind: 'text', text: node.value.replace(/\n/g, ' ') }];
      case 'inlineCode':
        return [{ kind: 'code', text: node.value }];
      case 'break':
        return [{ kind: 'break' }];
      case 'strong':
        return [strong(this.#line(node.children, depth + 1))];
      case 'emphasis':
        return [{ kind: 'emphasis', content: this.#line(node.children, depth + 1) }];
      case 'html':
        return isComment(node.value) ? [] : [{ kind: 'text', text: node.value }];
      case 'link':
        return link(node.url, this.#line(node.children, depth + 1));
      case 'linkReference':
        return link(this.#targets.get(node.identifier), this.#line(node.children, depth + 1));
      case 'image':
      case 'imageReference':
        return [{ kind: 'text', text: node.alt ?? '' }];
      case 'delete':
      case 'footnoteReference':
        // Only extensions make these, and none that does is in use.
        return [];
      default:
        return unreachable(node);
    }
  }

  #checkDepth(node: Nodes, depth: number): void {
    if (depth <= LIMITS.proseDepth.max) return;
    const line = node.position?.start.line ?? 1;
    throw new Refused(
      `quotes, lists and emphasis are nested at most ${LIMITS.proseDepth.max} deep`,
      placeOf(this.#source, line, (node.position?.start.column ?? 1) - 1),
    );
  }
}

const strong = (content: readonly Inline[]): Inline => ({ kind: 'strong', content });
const isComment = (html: string): boolean => /^<!--[^]*-->$/.test(html.trim());

function link(to: string | undefined, content: readonly Inline[]): readonly Inline[] {
  return to !== undefined && isSafeLink(to) ? [{ kind: 'link', to, content }] : content;
}

/**
 * True for http, https and relative targets. Browsers skip control characters and spaces in an
 * address and read a backslash as a slash, so that none of these may be in one.
 */
export function isSafeLink(to: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x20\\]/.test(to)) return false;
  return /^https?:\/\//i.test(to) || !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(to);
}

/** Text of a heading without its emphasis. Nested at most as deep as a line can be written. */
function plain(node: Nodes): string {
  if ('value' in node) return node.value;
  if ('alt' in node) return node.alt ?? '';
  return 'children' in node ? node.children.map(plain).join('') : '';
}
