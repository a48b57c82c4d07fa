import type { BranchList, BranchView } from '../../worker/branch-calls.ts';

/** Height of a row of the tree, in px. */
export const ROW_PX = 34;
const BEND_PX = 12;
/** Room beside the graph, so that no dot is cut off. */
const EDGE_PX = 8;

/** A branch as a row of the tree. Lengths in px; y counts from the middle of the row itself. */
export interface BranchRow {
  readonly branch: BranchView;
  /** 1 for the first branch. */
  readonly level: number;
  /** Where the branch ends. */
  readonly end: number;
  /** From the branch it grows from to its own end. */
  readonly path: string;
}

export interface BranchRows {
  readonly rows: readonly BranchRow[];
  /** Where a step lies. */
  readonly x: (step: number) => number;
}

/** The tree as rows, a branch above those that grow from it; `stepEnd` is that of the current one. */
export function branchRows(
  { branches, current }: BranchList,
  stepEnd: number,
  width: number,
): BranchRows {
  const endOf = (branch: BranchView): number =>
    branch.id === current ? Math.max(stepEnd, branch.endStep) : branch.endStep;
  const last = Math.max(1, ...branches.map(endOf));
  const x = (step: number): number =>
    EDGE_PX + (Math.min(step, last) / last) * Math.max(0, width - 2 * EDGE_PX);
  const ordered = inOrder(branches, null, 1);
  const rowOf = new Map(ordered.map(({ branch }, row) => [branch.id, row]));
  const rows = ordered.map(({ branch, level }, row) => {
    const end = x(endOf(branch));
    const above = branch.parent === null ? row : (rowOf.get(branch.parent) ?? row);
    return { branch, level, end, path: pathOf(x(branch.forkStep), end, (above - row) * ROW_PX) };
  });
  return { rows, x };
}

function inOrder(
  branches: readonly BranchView[],
  parent: number | null,
  level: number,
): { readonly branch: BranchView; readonly level: number }[] {
  return branches
    .filter((each) => each.parent === parent)
    .flatMap((branch) => [{ branch, level }, ...inOrder(branches, branch.id, level + 1)]);
}

/** Down from the branch it grows from, round a bend, and on to its end. */
function pathOf(fork: number, end: number, above: number): string {
  if (above === 0) return `M${fork} 0H${end}`;
  const bend = Math.min(BEND_PX, Math.max(0, end - fork));
  return `M${fork} ${above}V${-BEND_PX}Q${fork} 0 ${fork + bend} 0H${Math.max(end, fork + bend)}`;
}
