import { expect, test } from 'vitest';
import type { BranchView } from '../../worker/branch-calls.ts';
import { branchRows, ROW_PX } from './branch-rows.ts';

const branch = (
  id: number,
  parent: number | null,
  forkStep: number,
  endStep: number,
): BranchView => ({
  ...{ id, name: `b${id}`, parent, forkStep, endStep, inputs: 0, settings: '' },
});
const LIST = {
  current: 3,
  branches: [
    branch(0, null, 0, 100),
    branch(1, 0, 20, 60),
    branch(2, 0, 50, 80),
    branch(3, 1, 40, 60),
  ],
};

test('a branch stands above those that grow from it', () => {
  const { rows } = branchRows(LIST, 60, 216);
  expect(rows.map(({ branch: { id }, level }) => [id, level])).toEqual([
    [0, 1],
    [1, 2],
    [3, 3],
    [2, 2],
  ]);
});

test('steps lie on one scale, that of the longest branch', () => {
  const { rows, x } = branchRows(LIST, 200, 216);
  expect(x(0)).toBe(8);
  expect(x(200)).toBe(208);
  expect(rows.find(({ branch: { id } }) => id === 3)?.end).toBe(208);
});

test('a branch leaves its own from the row and the step where it parts', () => {
  const { rows, x } = branchRows(LIST, 60, 216);
  expect(rows[3]!.path.startsWith(`M${x(50)} ${-3 * ROW_PX}V`)).toBe(true);
  expect(rows[0]!.path).toBe(`M${x(0)} 0H${x(100)}`);
});
