import { Refused } from '../base/assert.ts';
import { suggestion } from './words.ts';
import type { YamlMap, YamlNode, YamlScalar } from './yaml.ts';

/** Turns the values of a mapping into the keys' types, refusing at the value's own place. */
export class Fields {
  readonly #map: YamlMap;

  /** Refuses keys other than `known`; `of` says of what, as in `a question`. */
  constructor(map: YamlMap, of: string, known: readonly string[]) {
    this.#map = map;
    for (const { key, place } of map.entries)
      if (!known.includes(key))
        throw new Refused(`${of} has no "${key}"${suggestion(key, known)}`, place);
  }

  /** The value of `key`, if the mapping has one. */
  get(key: string): YamlNode | undefined {
    return this.#map.entries.find((entry) => entry.key === key)?.value;
  }

  /** The value of `key`, or a refusal at the mapping. */
  need(key: string, of: string): YamlNode {
    const value = this.get(key);
    if (!value) throw new Refused(`${of} needs ${key}:`, this.#map.place);
    return value;
  }
}

/** The value as a text that is not empty. */
export function textOf(node: YamlNode, key: string): string {
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value.trim() : '';
  if (text !== '') return text;
  const quotable = node.kind === 'scalar' && node.value !== null && node.value !== '';
  throw new Refused(
    `${key}: must be a text${quotable ? `; put it in quotes: "${node.source}"` : ''}`,
    node.place,
  );
}

/** The value as an integer from `least` to `most`. */
export function integerOf(node: YamlNode, key: string, least: number, most: number): number {
  const value = node.kind === 'scalar' ? node.value : undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
    return value;
  throw new Refused(`${key}: must be an integer from ${least} to ${most}`, node.place);
}

/** The value as true or false. */
export function flagOf(node: YamlNode, key: string): boolean {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  throw new Refused(`${key}: must be true or false`, node.place);
}

/** The value as one of `words`. */
export function wordOf<Word extends string>(
  node: YamlNode,
  key: string,
  words: readonly Word[],
): Word {
  const text = scalarOf(node, key).source;
  const found = words.find((word) => word === text);
  if (found === undefined)
    throw new Refused(
      `${key}: cannot be ${text === '' ? 'empty' : `"${text}"`}${suggestion(text, words)}`,
      node.place,
    );
  return found;
}

/** The value, which must not be a list or a mapping. */
export function scalarOf(node: YamlNode, key: string): YamlScalar {
  if (node.kind === 'scalar') return node;
  throw new Refused(`${key}: must be one value, not a ${node.kind}`, node.place);
}
