/** Source, tree and bytes of a device tree, linked: what the page's three panes show. */
import { fdtCheckFull, fdtCheckHeader } from '../sim/fdt/check.ts';
import { blobToTree, compileDts, sourceToTree, treeToText } from '../sim/fdt/compile.ts';
import { fdtStrerror } from '../sim/fdt/error.ts';
import type { Problem } from '../sim/fdt/problem.ts';
import type { DeviceTree } from '../sim/fdt/tree.ts';
import { latin1Bytes } from '../sim/fdt/tools/io.ts';
import { SourcePlaces } from './tree-places.ts';
import { rangesOf } from './tree-ranges.ts';
import { noRows, rowsOf } from './tree-rows.ts';
import type { RangeColumns, TreeProblem, TreeReading, Verdicts } from './tree-types.ts';

/** Problems that are shown. */
const PROBLEMS_MAX = 200;

type Read = (path: string) => Uint8Array | undefined;

/** Compiles a source. Without a blob when there are errors. */
export function compileTree(text: string, file: string, read: Read): TreeReading {
  const bytes = new TextEncoder().encode(text);
  const places = new SourcePlaces(text, bytes, file);
  const { blob, tree, problems } = compileDts(bytes, { file, read });
  const shown = problems.slice(0, PROBLEMS_MAX).map((problem) => placed(problem, places));
  if (!blob || !tree) return { ...nothing(), problems: shown };
  return { ...linked(blob, tree, places), text: undefined, problems: shown };
}

/** Reads a blob, sound or not. Without a source when dtc could not read it. */
export function mapTree(blob: Uint8Array, file: string): TreeReading {
  const { tree, problems } = blobToTree(blob, { file });
  const text = tree && treeToText(tree);
  const shown = problems.slice(0, PROBLEMS_MAX).map((problem) => placed(problem, undefined));
  if (!tree || text === undefined) {
    const ranges = rangesOf(blob, noRows());
    return { ...nothing(), blob, ranges, verdicts: verdictsOf(blob), problems: shown };
  }
  // The text is read again, so that every node and property knows where it stands in it.
  const bytes = latin1Bytes(text);
  const again = sourceToTree(bytes, { file }).tree ?? tree;
  return {
    ...linked(blob, again, new SourcePlaces(text, bytes, file)),
    ...{ text, problems: shown },
  };
}

/** Columns are handed over to the page, so every answer has its own. */
const nothing = (): TreeReading => ({
  ...{ text: undefined, blob: undefined, problems: [], rows: noRows(), ranges: noRanges() },
  ...{ verdicts: undefined, left: 0 },
});

const noRanges = (): RangeColumns => ({
  ...{ count: 0, from: new Uint32Array(1) },
  ...{ kind: new Uint8Array(0), row: new Int32Array(0) },
});

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
