import { Refused, SimBug, type Place } from '../base/assert.ts';
import { Budget, type BlockContext } from './block-context.ts';
import { PROSE_FENCES, readBlock } from './blocks.ts';
import { readFrontMatter } from './front-matter.ts';
import { readMarkdown, type Part } from './markdown.ts';
import { fenceText, outline, type Fence } from './outline.ts';
import type { Item, Prose, Scenario, Stop } from './scenario.ts';
import { placeOf, readSource, type Source } from './source.ts';

/**
 * Reads a scenario, or refuses it with a place in `file` and one sentence. Claims are only cut
 * out here: `checkClaims` of `claims.ts` compiles them, so that the expression language loads
 * when it is needed.
 */
export function parseScenario(text: string, file: string): Scenario {
  const source = readSource(text, file);
  const { frontMatterEnd, fences, prose } = outline(source);
  const header = readFrontMatter(source, frontMatterEnd);
  const shelf = new Shelf(source, fences);
  const parts = readMarkdown(prose, source, (line, word) => shelf.nested(line, word));
  const stops = new Stops(header.title, source, {
    source,
    machine: header.machine,
    budget: new Budget(),
    files: new Map(),
  });
  for (const part of parts) stops.add(part, shelf);
  shelf.refuseLeftOvers();
  return { file, ...header, stops: stops.done() };
}

/** The fences found by line, and which of them Markdown has confirmed. */
class Shelf {
  readonly #source: Source;
  readonly #waiting: Map<number, Fence>;

  constructor(source: Source, fences: readonly Fence[]) {
    this.#source = source;
    this.#waiting = new Map(fences.map((fence) => [fence.line, fence]));
  }

  /** The fence that opens on `line`. */
  take(line: number): Fence | undefined {
    const fence = this.#waiting.get(line);
    this.#waiting.delete(line);
    return fence;
  }

  /** Text of a fence in a quote or a list, where none may act. */
  nested(line: number, word: string): string | undefined {
    if (!PROSE_FENCES.includes(word))
      throw new Refused(
        `a block such as ${word} cannot stand in a quote or a list; put it at the left margin`,
        this.#placeOf(line),
      );
    const fence = this.take(line);
    return fence && fenceText(this.#source, fence).replace(/\n$/, '');
  }

  /** A fence that Markdown takes for something else would silently not act. */
  refuseLeftOvers(): void {
    for (const line of this.#waiting.keys())
      throw new Refused(
        'Markdown does not read this as a block; put an empty line before it',
        this.#placeOf(line),
      );
  }

  #placeOf(line: number): Place {
    const text = this.#source.lines[line - 1] ?? '';
    return placeOf(this.#source, line, text.search(/\S|$/));
  }
}

/** Collects parts into stops. */
class Stops {
  readonly #source: Source;
  readonly #context: BlockContext;
  readonly #stops: { title: string; line: number; items: Item[] }[];

  constructor(title: string, source: Source, context: BlockContext) {
    this.#source = source;
    this.#context = context;
    this.#stops = [{ title, line: 1, items: [] }];
  }

  add(part: Part, shelf: Shelf): void {
    if (part.kind === 'heading') this.#begin(part.title, part.line);
    else if (part.kind === 'prose') this.#say(part.line, part.content);
    else this.#act(shelf, part.line);
  }

  done(): readonly Stop[] {
    return this.#stops;
  }

  #begin(title: string, line: number): void {
    const at = placeOf(this.#source, line);
    if (title === '') throw new Refused('a heading needs words: it names a stop', at);
    this.#context.budget.spend('stops', at);
    this.#stops.push({ title, line, items: [] });
  }

  #act(shelf: Shelf, line: number): void {
    const fence = shelf.take(line);
    if (!fence) {
      // The closing line of a block that Markdown does not see opens one that is not there.
      shelf.refuseLeftOvers();
      throw new SimBug(`line ${line} opens a block that was not found`);
    }
    if (PROSE_FENCES.includes(fence.word)) {
      const text = fenceText(this.#source, fence).replace(/\n$/, '');
      this.#say(fence.line, { kind: 'code', text });
    } else this.#items().push(readBlock(fence, this.#context));
  }

  /** Prose that follows prose belongs to the same item. */
  #say(line: number, prose: Prose): void {
    const items = this.#items();
    const last = items.at(-1);
    if (last?.kind === 'prose')
      items[items.length - 1] = { ...last, content: [...last.content, prose] };
    else items.push({ kind: 'prose', line, content: [prose] });
  }

  #items(): Item[] {
    return this.#stops.at(-1)!.items;
  }
}
