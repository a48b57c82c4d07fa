import { get32 } from '../sim/fdt/bytes.ts';
import { nameOfItem, type DecodedBlob } from '../sim/fdt/decode.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END_NODE,
  FDT_PROP,
  FDT_V17_SIZE,
  HEADER,
} from '../sim/fdt/header.layout.ts';
import { mapBlob } from '../sim/fdt/map.ts';
import { RANGE } from '../sim/fdt/kinds.layout.ts';
import { PATH_MAX } from './tree-rows.ts';
import type { RangeColumns, RowColumns } from './tree-types.ts';

/**
 * What every byte is, and whose. Of an unsound blob only the header is known. Notes in the rows
 * where the names of properties lie.
 */
export function rangesOf(blob: Uint8Array, rows: RowColumns): RangeColumns {
  const map = mapBlob(blob);
  if (typeof map === 'number') return headerOnly(blob);
  const { decoded, item } = map;
  const owners = ownersInOrder(blob, decoded, rows) ?? ownersByName(blob, decoded, rows);
  const row = new Int32Array(map.count).fill(-1);
  const strings = get32(blob, HEADER.off_dt_strings);
  for (let i = 0; i < map.count; i++) {
    const owner = item[i]! < 0 ? -1 : owners[item[i]!]!;
    row[i] = owner;
    if (owner < 0 || map.kind[i] !== RANGE['property-name-offset']) continue;
    const at = strings + get32(blob, map.from[i]!);
    rows.string[2 * owner] = at;
    rows.string[2 * owner + 1] = at + lengthOfName(rows, owner) + 1;
  }
  return withTail({ count: map.count, from: map.from, kind: map.kind, row }, blob.length);
}

const lengthOfName = ({ name: { end } }: RowColumns, row: number): number =>
  end[row]! - (row === 0 ? 0 : end[row - 1]!);

/** Bytes behind the blob are a gap. */
function withTail(ranges: RangeColumns, bytes: number): RangeColumns {
  const { count } = ranges;
  if (ranges.from[count]! >= bytes) return ranges;
  const from = new Uint32Array(count + 2);
  const kind = new Uint8Array(count + 1);
  const row = new Int32Array(count + 1);
  from.set(ranges.from);
  kind.set(ranges.kind);
  row.set(ranges.row);
  from[count + 1] = bytes;
  kind[count] = RANGE.gap;
  row[count] = -1;
  return { count: count + 1, from, kind, row };
}

/**
 * The row of every item, or -1: items come in the order of the rows, as dtc writes them. Undefined
 * when they do not, as in blobs of others.
 */
function ownersInOrder(
  blob: Uint8Array,
  { count, tag, parent, ...decoded }: DecodedBlob,
  rows: RowColumns,
): Int32Array | undefined {
  const owners = new Int32Array(count).fill(-1);
  let next = 0;
  for (let item = 0; item < count; item++) {
    const isProperty = tag[item] === FDT_PROP;
    if (tag[item] === FDT_END_NODE) owners[item] = owners[parent[item]!] ?? -1;
    if (!isProperty && tag[item] !== FDT_BEGIN_NODE) continue;
    const row = next++;
    if (row >= rows.count) continue;
    if (rows.isProperty[row] !== (isProperty ? 1 : 0)) return undefined;
    if (isProperty && !isNameOf(rows, row, blob, decoded.nameAt[item]!, decoded.nameEnd[item]!))
      return undefined;
    owners[item] = row;
  }
  return owners;
}

/** Whether bytes spell the name of a row. Compared in place: there are many. */
function isNameOf(
  { name: { text, end } }: RowColumns,
  row: number,
  blob: Uint8Array,
  from: number,
  to: number,
): boolean {
  const start = row === 0 ? 0 : end[row - 1]!;
  if (end[row]! - start !== to - from) return false;
  for (let i = from; i < to; i++) if (blob[i] !== text.charCodeAt(start + i - from)) return false;
  return true;
}

function ownersByName(blob: Uint8Array, decoded: DecodedBlob, rows: RowColumns): Int32Array {
  const byKey = rowsByKey(rows);
  const owners = new Int32Array(decoded.count).fill(-1);
  const paths = new Map<number, string>();
  for (let item = 0; item < decoded.count; item++) {
    const tag = decoded.tag[item];
    const above = paths.get(decoded.parent[item]!) ?? '';
    if (tag === FDT_END_NODE) owners[item] = owners[decoded.parent[item]!] ?? -1;
    if (tag !== FDT_BEGIN_NODE && tag !== FDT_PROP) continue;
    const name = nameOfItem(blob, decoded, item);
    if (tag === FDT_PROP) owners[item] = byKey.get(`${above}\0${name}`) ?? -1;
    else {
      const path = joined(above, name);
      if (path.length <= PATH_MAX) paths.set(item, path);
      owners[item] = byKey.get(path) ?? -1;
    }
  }
  return owners;
}

/** Before version 16 a name is the whole path already. */
const joined = (above: string, name: string): string =>
  name.startsWith('/') ? name : `${above === '/' ? '' : above}/${name}`;

/** The first row of every path, and of every name at a path. */
function rowsByKey({ count, isProperty, parent, name: { text, end } }: RowColumns) {
  const byKey = new Map<string, number>();
  const paths: string[] = [];
  for (let row = 0; row < count; row++) {
    const name = text.slice(row === 0 ? 0 : end[row - 1]!, end[row]);
    const above = paths[parent[row]!] ?? '';
    if (!isProperty[row]) paths[row] = name === '/' && row === 0 ? '/' : joined(above, name);
    const key = isProperty[row] ? `${above}\0${name}` : paths[row]!;
    if (!byKey.has(key)) byKey.set(key, row);
  }
  return byKey;
}

function headerOnly(blob: Uint8Array): RangeColumns {
  const words = Math.min(FDT_V17_SIZE, blob.length);
  const starts = Array.from({ length: Math.ceil(words / 4) }, (_, word) => 4 * word);
  const header = {
    count: starts.length,
    from: Uint32Array.from([...starts, words]),
    kind: new Uint8Array(starts.length).fill(RANGE.header),
    row: new Int32Array(starts.length).fill(-1),
  };
  return withTail(header, blob.length);
}
