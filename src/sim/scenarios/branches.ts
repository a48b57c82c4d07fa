import { Refused } from '../base/assert.ts';
import type { Act, Input, Spot } from './inputs.ts';
import type { OwnFile } from './run-parts.ts';

/** What a run of a lesson is started with. */
export interface Settings {
  readonly seed: number;
  readonly profile: string;
  readonly glue: Readonly<Record<string, boolean>>;
  readonly own: readonly OwnFile[];
}

/** What was done in a run, how far it went, and the state it came to there. */
export interface Way {
  readonly inputs: readonly Input[];
  readonly spot: Spot;
  readonly hash: string;
}

/** Where a branch leaves the one it grows from: so many steps and inputs both have. */
export interface Fork {
  readonly step: number;
  readonly inputs: number;
}

/** One of the futures of a lesson that were tried. */
export interface Branch extends Way {
  readonly id: number;
  /** No two branches of a tree have the same. */
  readonly name: string;
  /** The branch it grows from; null for the first. */
  readonly parent: number | null;
  readonly fork: Fork;
  readonly settings: Settings;
}

/** All futures of a lesson that were tried. Plain data, replaced when it changes. */
export interface Tree {
  /** A branch comes behind the one it grows from. */
  readonly branches: readonly Branch[];
  /** Id of the branch that runs. */
  readonly current: number;
  /** Id of the next branch. */
  readonly next: number;
}

/** A branch that was taken out, and those that grew from it. */
export interface Removed {
  readonly branch: Branch;
  readonly children: readonly { readonly id: number; readonly fork: Fork }[];
}

export const BRANCHES_MAX = 200;
export const NAME_MAX = 60;
const TRUNK = 'main';
const START: Fork = { step: 0, inputs: 0 };

/** A lesson that has just begun. */
export const plant = (settings: Settings, way: Way): Tree => ({
  branches: [{ id: 0, name: TRUNK, parent: null, fork: START, settings, ...way }],
  current: 0,
  next: 1,
});

export function branchOf(tree: Tree, id: number): Branch {
  const found = tree.branches.find((each) => each.id === id);
  if (!found) throw new Refused('there is no such branch any more');
  return found;
}

/** The branch that runs. */
export const currentOf = (tree: Tree): Branch => branchOf(tree, tree.current);

const changed = (tree: Tree, id: number, change: Partial<Branch>): Tree => ({
  ...tree,
  branches: tree.branches.map((each) => (each.id === id ? { ...each, ...change } : each)),
});

/** The tree, once it is known how far its current branch has got. */
export const grown = (tree: Tree, way: Way): Tree => changed(tree, tree.current, way);

/** The tree with another branch as its current one. */
export function turned(tree: Tree, id: number): Tree {
  return { ...tree, current: branchOf(tree, id).id };
}

/**
 * A future of its own for what is done at a moment of the current branch. Where that moment lies
 * before the current branch begins, the new one grows from the branch the moment belongs to.
 */
export function branchedOff(tree: Tree, name: string, fork: Fork, way: Way): Tree {
  let stem = currentOf(tree);
  while (stem.parent !== null && fork.inputs <= stem.fork.inputs) {
    const below = branchOf(tree, stem.parent);
    if (!isSameStart(below.settings, stem.settings)) break;
    stem = below;
  }
  return added(tree, { name, parent: stem.id, fork, settings: stem.settings, ...way });
}

/** The same lesson with other settings: a branch that has nothing in common but the lesson. */
export function restarted(tree: Tree, settings: Settings, way: Way): Tree {
  const before = currentOf(tree);
  const again = tree.branches.find(
    (each) => each.inputs.length === 0 && isSameStart(each.settings, settings),
  );
  if (again && way.inputs.length === 0) return { ...tree, current: again.id };
  const name = changeOf(before.settings, settings);
  return added(tree, { name, parent: before.id, fork: START, settings, ...way });
}

/** Refuses when there are as many branches as are kept. */
export function assertRoom({ branches }: Tree): void {
  if (branches.length >= BRANCHES_MAX)
    throw new Refused(`there are ${BRANCHES_MAX} branches: delete some before you make another`);
}

function added(tree: Tree, branch: Omit<Branch, 'id'>): Tree {
  assertRoom(tree);
  const made = { ...branch, id: tree.next, name: freeName(tree, branch.name) };
  return { branches: [...tree.branches, made], current: made.id, next: made.id + 1 };
}

/** The name, or with a number behind it when there is one like it. */
function freeName(tree: Tree, wish: string): string {
  const taken = new Set(tree.branches.map(({ name }) => name));
  const short = wish.length > NAME_MAX ? `${wish.slice(0, NAME_MAX - 1)}…` : wish;
  if (!taken.has(short)) return short;
  for (let n = 2; ; n++) {
    const tail = ` ${n}`;
    const name = short.slice(0, NAME_MAX - tail.length) + tail;
    if (!taken.has(name)) return name;
  }
}

/** Gives a branch another name. */
export function renamed(tree: Tree, id: number, wish: string): Tree {
  const name = wish.trim();
  if (name === '') throw new Refused('a branch needs a name');
  if (name.length > NAME_MAX)
    throw new Refused(`the name of a branch has at most ${NAME_MAX} characters`);
  if (tree.branches.some((each) => each.name === name && each.id !== id))
    throw new Refused(`there is a branch ${name} already`);
  return changed(tree, branchOf(tree, id).id, { name });
}

/** Takes a branch out; what grew from it grows from where it left its own stem. */
export function removed(
  tree: Tree,
  id: number,
): { readonly tree: Tree; readonly removed: Removed } {
  const branch = branchOf(tree, id);
  const { parent, fork } = branch;
  if (parent === null) throw new Refused('the first branch stays: all others grow from it');
  if (id === tree.current) throw new Refused('this branch runs: switch to another first');
  const children = tree.branches.filter((each) => each.parent === id);
  const left = tree.branches
    .filter((each) => each.id !== id)
    .map((each) => (each.parent === id ? { ...each, parent, fork } : each));
  return {
    tree: { ...tree, branches: left },
    removed: { branch, children: children.map((each) => ({ id: each.id, fork: each.fork })) },
  };
}

/** Puts back what {@link removed} took out. */
export function putBack(tree: Tree, { branch, children }: Removed): Tree {
  const parent = tree.branches.some((each) => each.id === branch.parent)
    ? branch.parent
    : tree.branches[0]!.id;
  const name = freeName(tree, branch.name);
  const forks = new Map(children.map(({ id, fork }) => [id, fork]));
  const others = tree.branches.map((each) => {
    const fork = forks.get(each.id);
    return fork ? { ...each, parent: branch.id, fork } : each;
  });
  // Behind the branch it grows from, and before those that grow from it.
  const at = others.findIndex((each) => forks.has(each.id));
  const behind = others.findIndex((each) => each.id === parent) + 1;
  const place = at < 0 ? others.length : Math.max(at, behind);
  return { ...tree, branches: others.toSpliced(place, 0, { ...branch, name, parent }) };
}

/** Whether runs with these settings begin alike. */
export const isSameStart = (a: Settings, b: Settings): boolean =>
  a.seed === b.seed &&
  a.profile === b.profile &&
  JSON.stringify(sorted(a.glue)) === JSON.stringify(sorted(b.glue)) &&
  a.own.length === b.own.length &&
  a.own.every((file) => b.own.some((other) => isSameFile(file, other)));

const sorted = (glue: Settings['glue']) =>
  Object.entries(glue).sort(([one], [two]) => (one < two ? -1 : 1));

const isSameFile = (a: OwnFile, b: OwnFile): boolean =>
  a.name === b.name &&
  a.bytes.length === b.bytes.length &&
  a.bytes.every((byte, i) => byte === b.bytes[i]);

/** What is different now, in a few words: the name of the branch. */
export function changeOf(before: Settings, now: Settings): string {
  const words: string[] = [];
  if (now.profile !== before.profile) words.push(now.profile);
  if (now.seed !== before.seed) words.push(`seed ${now.seed}`);
  for (const [name, on] of sorted(now.glue))
    if (before.glue[name] !== on) words.push(`${on ? 'with' : 'without'} ${name}`);
  for (const file of now.own)
    if (!before.own.some((other) => isSameFile(file, other))) words.push(`own ${file.name}`);
  return words.join(', ') || 'from the start';
}

/** What was done, in a few words: the name of a branch. `choice` is the line of a schedule. */
export function nameOfAct(act: Act, choice: string): string {
  switch (act.kind) {
    case 'line':
      return `${act.kernel}: ${act.line.trim() || 'Enter'}`;
    case 'interrupt':
      return `${act.kernel}: Ctrl-C`;
    case 'chosen':
      return act.on ? 'each step chosen' : 'time decides';
    case 'choose':
      return choice;
  }
}
