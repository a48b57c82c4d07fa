import {
  BRANCHES_MAX,
  currentOf,
  isSameStart,
  NAME_MAX,
  type Branch,
  type Fork,
  type Settings,
  type Tree,
} from './branches.ts';
import { sameInputs, type Input } from './inputs.ts';
import {
  fileOf,
  glueOf,
  INPUTS_MAX,
  inputOf,
  list,
  natural,
  profileOf,
  record,
  spotOf,
  STEP_MAX,
  string,
  wrong,
} from './record-parts.ts';

const TREE = 'the tree of branches';
const BRANCH = 'a branch';
/** Largest id of a branch: as many as anybody will ever make. */
const ID_MAX = 2 ** 31;

/** The tree as values of JSON: of a branch that begins like its stem only what is its own. */
export const writeBranches = ({ branches, current, next }: Tree): object => ({
  ...{ current, next },
  list: branches.map((branch) => {
    const { id, name, parent, fork, spot, hash, inputs, settings } = branch;
    const stem = branches.find((each) => each.id === parent);
    const isLike = stem !== undefined && isSameStart(stem.settings, settings);
    return {
      ...{ id, name, parent, fork, spot, hash },
      inputs: isLike ? inputs.slice(fork.inputs) : inputs,
      ...(!isLike && { settings: writeSettings(settings) }),
    };
  }),
});

const writeSettings = ({ own, ...rest }: Settings): object => ({
  ...rest,
  own: own.map(({ name, bytes }) => ({ name, bytes: [...bytes] })),
});

/**
 * Reads what {@link writeBranches} wrote; refused with the part that is wrong. `now` is the run it
 * came with: the current branch must be the one that run belongs to.
 */
export function readBranches(
  value: unknown,
  now: Settings & { readonly inputs: readonly Input[] },
): Tree {
  const whole = record(value, TREE);
  const branches: Branch[] = [];
  for (const each of list(whole.list, TREE, BRANCHES_MAX)) branches.push(branchOf(each, branches));
  const next = natural(whole.next, TREE, ID_MAX);
  const current = natural(whole.current, TREE, ID_MAX);
  const known = branches.some(({ id }) => id === current);
  if (!known || branches.some(({ id }) => id >= next)) return wrong(TREE);
  const tree = { branches, current, next };
  const branch = currentOf(tree);
  if (!isSameStart(branch.settings, now)) return wrong(TREE);
  if (sameInputs(branch.inputs, now.inputs) < now.inputs.length) return wrong(TREE);
  return tree;
}

/** A branch; those before it are known, the first is the one they all grow from. */
function branchOf(value: unknown, before: readonly Branch[]): Branch {
  const { id, name, parent, fork, settings, inputs, spot, hash } = record(value, BRANCH);
  const stem = before.find((each) => each.id === parent);
  if (!stem && (before.length > 0 || parent !== null || settings === undefined))
    return wrong(BRANCH);
  const left = forkOf(fork, stem);
  const read = {
    id: natural(id, BRANCH, ID_MAX),
    name: string(name, BRANCH, NAME_MAX),
    hash: string(hash, BRANCH, 16),
  };
  if (read.name.trim() === '') return wrong(BRANCH);
  if (before.some((each) => each.id === read.id || each.name === read.name)) return wrong(BRANCH);
  const own = list(inputs, BRANCH, INPUTS_MAX).map(inputOf);
  const shared = settings === undefined ? (stem?.inputs.slice(0, left.inputs) ?? []) : [];
  return {
    ...read,
    parent: stem?.id ?? null,
    fork: left,
    settings: settings === undefined ? stem!.settings : settingsOf(settings),
    inputs: [...shared, ...own],
    spot: spotOf(spot),
  };
}

function forkOf(value: unknown, stem: Branch | undefined): Fork {
  const { step, inputs } = record(value, BRANCH);
  return {
    step: natural(step, BRANCH, STEP_MAX),
    inputs: natural(inputs, BRANCH, stem?.inputs.length ?? 0),
  };
}

function settingsOf(value: unknown): Settings {
  const { seed, profile, glue, own } = record(value, BRANCH);
  return {
    seed: natural(seed, 'the seed', 2 ** 32 - 1),
    profile: profileOf(profile),
    glue: glueOf(glue),
    own: list(own, 'the files', 64).map(fileOf),
  };
}
