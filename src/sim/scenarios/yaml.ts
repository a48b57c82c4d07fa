import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type ParsedNode } from 'yaml';
import { Refused, type Place } from '../base/assert.ts';
import { LIMITS } from './limits.ts';
import { byteLength, placeOf, type Source } from './source.ts';

/** A piece of YAML with its place: what is left of the library's own tree. */
export type YamlNode = YamlScalar | YamlList | YamlMap;
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: string | number | boolean | null;
  /** As written, without quotes. Its place is where this text begins. */
  readonly source: string;
}
export interface YamlList {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly YamlNode[];
}
export interface YamlMap {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: readonly YamlEntry[];
}
export interface YamlEntry {
  readonly key: string;
  readonly place: Place;
  readonly value: YamlNode;
}

/** A line of YAML inside a scenario, after `indent` characters that are not part of it. */
export interface YamlLine {
  readonly line: number;
  readonly indent: number;
  readonly text: string;
}

/**
 * The only door to the YAML library. Reads lines of `source` as a mapping with text keys; nothing
 * at all is an empty one. Anchors, aliases and tags are refused: a lesson needs none.
 */
export function readYamlMap(source: Source, lines: readonly YamlLine[], at: Place): YamlMap {
  const text = lines.map((line) => line.text).join('\n');
  if (byteLength(text) > LIMITS.frontMatterBytes.max)
    throw new Refused(`YAML has at most ${LIMITS.frontMatterBytes.max} bytes here`, at);
  const counter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    const here = lines[line - 1] ?? lines.at(-1);
    return here ? placeOf(source, here.line, here.indent + col - 1) : at;
  };
  const contents = compose(text, counter, placeAt, at);
  if (contents === null) return { kind: 'map', place: at, entries: [] };
  const tree = convert(contents, text, placeAt);
  if (tree.kind === 'map') return tree;
  if (tree.kind === 'scalar' && tree.value === null) return { kind: 'map', place: at, entries: [] };
  throw new Refused('expected lines KEY: VALUE', tree.place);
}

function compose(
  text: string,
  lineCounter: LineCounter,
  placeAt: (offset: number) => Place,
  at: Place,
): ParsedNode | null {
  try {
    const document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      schema: 'core',
      logLevel: 'silent',
    });
    const fault = document.errors[0] ?? document.warnings[0];
    if (fault) throw new Refused(sentence(fault.message), placeAt(fault.pos[0]));
    return document.contents;
  } catch (error) {
    // The library descends by recursion; text of nothing but brackets exhausts the stack.
    if (error instanceof RangeError) throw new Refused('this YAML is nested too deeply', at);
    throw error;
  }
}

const sentence = (message: string): string =>
  `this is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\s+/g, ' ')}`;

function convert(
  node: ParsedNode,
  text: string,
  placeAt: (offset: number) => Place,
  depth = 0,
): YamlNode {
  const [start, end] = node.range;
  const place = placeAt(start);
  if (depth > LIMITS.proseDepth.max) throw new Refused('this YAML is nested too deeply', place);
  if (isAlias(node) || node.anchor !== undefined)
    throw new Refused('anchors and aliases are not supported; write the value again', place);
  if (node.tag?.startsWith('!') === true)
    throw new Refused('tags are not supported; write the value without', place);
  if (isMap(node))
    return {
      kind: 'map',
      place,
      entries: node.items.map(({ key, value }) => {
        const name = keyOf(key, text, placeAt);
        return {
          ...name,
          value: value ? convert(value, text, placeAt, depth + 1) : nothing(name.place),
        };
      }),
    };
  if (isSeq(node))
    return {
      kind: 'list',
      place,
      items: node.items.map((item) => convert(item, text, placeAt, depth + 1)),
    };
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  const plain = node.type === 'PLAIN';
  return {
    kind: 'scalar',
    place: quoted ? placeAt(start + 1) : place,
    value: valueOf(node.value),
    source: plain ? text.slice(start, end).trim() : String(valueOf(node.value)),
  };
}

const nothing = (place: Place): YamlScalar => ({ kind: 'scalar', place, value: null, source: '' });

function valueOf(value: unknown): YamlScalar['value'] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return null;
}

function keyOf(
  key: ParsedNode,
  text: string,
  placeAt: (offset: number) => Place,
): { key: string; place: Place } {
  const place = placeAt(key.range[0]);
  if (!isScalar(key) || key.anchor !== undefined) throw new Refused('a key must be a word', place);
  const plain = key.type === 'PLAIN' ? text.slice(key.range[0], key.range[1]) : key.value;
  return { key: String(plain), place };
}
