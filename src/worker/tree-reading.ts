/** Source, tree and bytes of a device tree, linked: what the page's three panes show. */
import { get32 } from '../sim/fdt/bytes.ts';
import { fdtCheckFull, fdtCheckHeader } from '../sim/fdt/check.ts';
import { blobToTree, compileDts, sourceToTree, treeToText } from '../sim/fdt/compile.ts';
import { fdtStrerror } from '../sim/fdt/error.ts';
import { FDT_HEADER, HEADER } from '../sim/fdt/header.layout.ts';
import { mapBlob, type BlobRange } from '../sim/fdt/map.ts';
import type { Problem } from '../sim/fdt/problem.ts';
import type { DeviceTree, Node, Property } from '../sim/fdt/tree.ts';
import { latin1Bytes } from '../sim/fdt/tools/io.ts';
import { SourcePlaces } from './tree-places.ts';
import { typedValue, type Finder } from './tree-value.ts';
import type { TreeProblem, TreeRange, TreeReading, TreeRow, Verdicts } from './tree-types.ts';

/** Rows that are shown; a page cannot show more, and nobody reads them. */
const ROWS_MAX = 20_000;
/** Nodes with a longer path are left out: paths of a deep tree need more memory than there is. */
const PATH_MAX = 2000;
/** Problems that are shown. */
const PROBLEMS_MAX = 200;

type Read = (path: string) => Uint8Array | undefined;
type Row = { -readonly [K in keyof TreeRow]: TreeRow[K] };

/** Compiles a source. Without a blob when there are errors. */
export function compileTree(text: string, file: string, read: Read): TreeReading {
  const bytes = new TextEncoder().encode(text);
  const places = new SourcePlaces(text, bytes, file);
  const { blob, tree, problems } = compileDts(bytes, { file, read });
  const shown = problems.slice(0, PROBLEMS_MAX).map((problem) => placed(problem, places));
  if (!blob || !tree) return { ...NOTHING, problems: shown };
  return { ...linked(blob, tree, places), text: undefined, problems: shown };
}

/** Reads a blob, sound or not. Without a source when dtc could not read it. */
export function mapTree(blob: Uint8Array, file: string): TreeReading {
  const { tree, problems } = blobToTree(blob, { file });
  const text = tree && treeToText(tree);
  const shown = problems.slice(0, PROBLEMS_MAX).map((problem) => placed(problem, undefined));
  if (!tree || text === undefined) {
    const ranges = rangesOf(blob, []);
    return { ...NOTHING, blob, ranges, verdicts: verdictsOf(blob), problems: shown };
  }
  // The text is read again, so that every node and property knows where it stands in it.
  const bytes = latin1Bytes(text);
  const again = sourceToTree(bytes, { file }).tree ?? tree;
  return {
    ...linked(blob, again, new SourcePlaces(text, bytes, file)),
    ...{ text, problems: shown },
  };
}

const NOTHING: TreeReading = {
  ...{ text: undefined, blob: undefined, problems: [], rows: [], ranges: [] },
  ...{ verdicts: undefined, left: 0 },
};

function linked(
  blob: Uint8Array,
  tree: DeviceTree,
  places: SourcePlaces,
): Pick<TreeReading, 'blob' | 'rows' | 'ranges' | 'verdicts' | 'left'> {
  const { rows, left } = rowsOf(tree, places);
  return { blob, rows, left, ranges: rangesOf(blob, rows), verdicts: verdictsOf(blob) };
}

const verdictsOf = (blob: Uint8Array): Verdicts => ({
  header: fdtStrerror(fdtCheckHeader(blob)),
  full: fdtStrerror(fdtCheckFull(blob)),
});

function placed(problem: Problem, places: SourcePlaces | undefined): TreeProblem {
  const { severity, kind, text, file, line, column = 0, offset } = problem;
  const isHere = places?.file === file;
  const source = isHere && line !== undefined && line > 0 ? places.wordAt(line, column) : undefined;
  const at = line === undefined ? '' : `${line}:${column}`;
  const byte = offset === undefined ? '' : `byte 0x${offset.toString(16)}`;
  return { severity, kind, text, source, place: isHere || !places ? at || byte : `${file}:${at}` };
}

interface Waiting {
  readonly node: Node;
  readonly depth: number;
  readonly parent: number;
}

/** Every live node and property as a row, parents first, properties before children. */
function rowsOf(tree: DeviceTree, places: SourcePlaces): { rows: Row[]; left: number } {
  const rows: Row[] = [];
  const nodes = new Map<Node, number>();
  const properties: { readonly row: Row; readonly property: Property }[] = [];
  const waiting: Waiting[] = [{ node: tree.root, depth: 0, parent: -1 }];
  let left = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, depth, parent } = next;
    const live = node.properties.filter(({ deleted }) => !deleted);
    if (rows.length + 1 + live.length > ROWS_MAX || node.path.length > PATH_MAX) {
      left += 1 + live.length;
      continue;
    }
    const at = rows.length;
    nodes.set(node, at);
    rows.push(rowOf(node, 'node', node.path, depth, parent));
    rows[at]!.source = places.ofNode(node);
    for (const property of live) {
      const row = rowOf(property, 'property', node.path, depth + 1, at);
      row.source = places.ofProperty(property);
      rows.push(row);
      properties.push({ row, property });
    }
    for (const child of node.children.toReversed())
      if (!child.deleted) waiting.push({ node: child, depth: depth + 1, parent: at });
  }
  const find = finder(nodes);
  for (const { row, property } of properties) Object.assign(row, typedValue(property, find));
  return { rows, left };
}

const rowOf = (
  { name, labels = [] }: Node | Property,
  kind: Row['kind'],
  path: string,
  depth: number,
  parent: number,
): Row => ({
  ...{ kind, path, depth, parent, name: path === '/' && kind === 'node' ? '/' : name },
  labels: labels.filter(({ deleted }) => !deleted).map((label) => label.name),
  ...{ type: '', value: [], hint: '', source: undefined, string: undefined },
});

function finder(nodes: ReadonlyMap<Node, number>): Finder {
  const byPhandle = new Map<number, { row: number; node: Node }>();
  const byPath = new Map<string, number>();
  for (const [node, row] of nodes) {
    byPath.set(node.path, row);
    for (const { name, value, deleted } of node.properties) {
      if (deleted || value.length !== 4 || !/^(linux,)?phandle$/.test(name)) continue;
      byPhandle.set(get32(value, 0), { row, node });
    }
  }
  return { byPhandle: (phandle) => byPhandle.get(phandle), byPath: (path) => byPath.get(path) };
}

/** What every byte is. Of an unsound blob only the header is known. */
function rangesOf(blob: Uint8Array, rows: Row[]): TreeRange[] {
  const map = mapBlob(blob);
  if (typeof map === 'number') return headerOnly(blob);
  const strings = get32(blob, HEADER.off_dt_strings);
  const whose = ownersInOrder(map, rows) ?? ownersByName(map, rows);
  const ranges = map.map(({ from, to, kind, label, property }, i): TreeRange => {
    const row = whose[i]!;
    if (kind === 'property-name-offset' && rows[row] && property !== undefined) {
      const at = strings + get32(blob, from);
      rows[row].string = [at, at + property.length + 1];
    }
    return { from, to, kind, label, row };
  });
  const end = ranges.at(-1)?.to ?? 0;
  if (end < blob.length)
    ranges.push({ from: end, to: blob.length, kind: 'gap', label: 'behind the blob', row: -1 });
  return ranges;
}

/**
 * The row of every range, or -1: tokens come in the order of the rows, as dtc writes them. Undefined
 * when they do not, as in blobs of others.
 */
function ownersInOrder(map: readonly BlobRange[], rows: readonly Row[]): Int32Array | undefined {
  const owners = new Int32Array(map.length).fill(-1);
  const open: number[] = [];
  let next = 0;
  let row = -1;
  for (const [i, { kind, label, path, property }] of map.entries()) {
    if (path === undefined) continue;
    if (kind === 'token') {
      if (label === 'FDT_END_NODE') row = open.pop() ?? -1;
      else if (label === 'FDT_BEGIN_NODE') open.push((row = next++));
      else if (label === 'FDT_PROP') row = next++;
      else row = -1;
      const owner = rows[row];
      if (owner && (owner.kind === 'node') !== (property === undefined)) return undefined;
      if (owner && property !== undefined && owner.name !== property) return undefined;
    } else if (kind === 'node-name' && row > 0 && rows[row]?.name !== label) {
      return undefined;
    }
    owners[i] = row;
  }
  return next === rows.length ? owners : undefined;
}

/** The same by path and name, for blobs in any order. */
function ownersByName(map: readonly BlobRange[], rows: readonly Row[]): Int32Array {
  const byKey = new Map<string, number>();
  rows.forEach(({ kind, path, name }, row) => {
    const key = kind === 'node' ? path : `${path}\0${name}`;
    if (!byKey.has(key)) byKey.set(key, row);
  });
  return Int32Array.from(map, ({ path, property }) => {
    if (path === undefined || path.length > PATH_MAX) return -1;
    return byKey.get(property === undefined ? path : `${path}\0${property}`) ?? -1;
  });
}

function headerOnly(blob: Uint8Array): TreeRange[] {
  const fields = Object.keys(FDT_HEADER.fields).map((label): TreeRange => {
    const from = HEADER[label as keyof typeof HEADER]; // The keys of the very same table.
    return { from, to: Math.min(from + 4, blob.length), kind: 'header', label, row: -1 };
  });
  const ranges = fields.filter(({ from, to }) => to > from);
  const end = ranges.at(-1)?.to ?? 0;
  if (end < blob.length)
    ranges.push({ from: end, to: blob.length, kind: 'gap', label: '', row: -1 });
  return ranges;
}
