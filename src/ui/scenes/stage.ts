import type { CpuFrame, KernelFrame } from '../../sim/world/frame.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How much a tile has room to say: everything, its number and mode, or only a colour. */
export type Detail = 'full' | 'small' | 'cell';

/** The CPUs of one kernel, or of none. */
export interface Region extends Box {
  /** Index into `Frame.kernels`, -1 for CPUs that nobody owns. */
  readonly kernel: number;
  readonly cpus: readonly number[];
}

export interface StageLayout {
  readonly detail: Detail;
  readonly regions: readonly Region[];
  /** By machine number of the CPU. */
  readonly tiles: ReadonlyMap<number, Box>;
  /** What all of it needs: larger than the box when even the smallest tiles do not fit. */
  readonly height: number;
}

interface Sizes {
  readonly detail: Detail;
  /** Widths to try, widest first. */
  readonly widest: number;
  readonly narrowest: number;
  readonly heightOf: (width: number) => number;
  readonly gap: number;
  readonly pad: number;
  readonly head: number;
  /** Space between regions and around them. */
  readonly between: number;
}

const SIZES: readonly Sizes[] = [
  ...[136, 124].map((height): Sizes => ({
    ...{ detail: 'full', widest: 212, narrowest: 120, heightOf: () => height },
    ...{ gap: 10, pad: 12, head: 36, between: 12 },
  })),
  {
    ...{
      detail: 'small',
      widest: 136,
      narrowest: 58,
      heightOf: (width) => Math.min(62, Math.max(38, width * 0.46)),
    },
    ...{ gap: 6, pad: 10, head: 32, between: 10 },
  },
  {
    ...{ detail: 'cell', widest: 44, narrowest: 9, heightOf: (width) => width },
    ...{ gap: 2, pad: 8, head: 26, between: 8 },
  },
];
/** Height of what a tile offers to who chooses each step; cells have no room for it. */
const OFFER_PX = 31;
/** With more CPUs than this the offer lies over a tile's last line: all of them shall be seen. */
const ROOMY_CPUS_MAX = 16;
/** A tile's first line. */
const TITLE_PX = 19;

/** Whether tiles are higher when they offer something. */
export const isRoomy = (cpus: number): boolean => cpus <= ROOMY_CPUS_MAX;
/** Height of what a tile of that height offers. */
export const offerHeight = (tile: number): number => Math.min(OFFER_PX, tile - TITLE_PX);
/** More regions than this are not tried in every arrangement. */
const REGIONS_TRIED_MAX = 7;

interface Group {
  readonly kernel: number;
  readonly cpus: readonly number[];
}
interface Shelf {
  readonly groups: readonly Group[];
  /** Rows of tiles in each of its regions. */
  readonly rows: number;
}

/**
 * Where the tiles stand: all of one size, the largest at which the regions fit beside and above each
 * other. On a narrow box they may need more height than there is; the width never overflows. With
 * `offers`, few tiles that say something are higher by {@link OFFER_PX}.
 */
export function layOutStage(
  cpus: readonly CpuFrame[],
  kernels: readonly KernelFrame[],
  box: { readonly width: number; readonly height: number },
  offers = false,
): StageLayout {
  const groups = groupByOwner(cpus, kernels);
  if (groups.length === 0 || box.width <= 0) {
    return { detail: 'full', regions: [], tiles: new Map(), height: 0 };
  }
  const partitions = partitionsOf(groups);
  for (const sizes of offers && isRoomy(cpus.length) ? SIZES.map(withOffer) : SIZES) {
    for (let width = sizes.widest; width >= sizes.narrowest; width -= width > 60 ? 4 : 1) {
      const fits = partitions
        .map((partition) => stack(partition, width, sizes, box.width))
        .filter((shelves) => shelves !== undefined)
        .map((shelves) => ({ shelves, height: heightOf(shelves, width, sizes) }))
        .filter(({ height }) => height <= box.height || isLastTry(sizes, width, cpus.length));
      const best = fits.sort(
        (a, b) => a.height - b.height || a.shelves.length - b.shelves.length,
      )[0];
      if (best) return place(best.shelves, width, sizes, box);
    }
  }
  const smallest = SIZES.at(-1)!;
  const shelves = groups.map((group) => {
    const { narrowest, gap, pad, between } = smallest;
    const columns = Math.floor((box.width - 2 * (between + pad) + gap) / (narrowest + gap));
    return { groups: [group], rows: Math.ceil(group.cpus.length / Math.max(1, columns)) };
  });
  return place(shelves, smallest.narrowest, smallest, box);
}

const withOffer = (sizes: Sizes): Sizes =>
  sizes.detail === 'cell'
    ? sizes
    : { ...sizes, heightOf: (width) => sizes.heightOf(width) + OFFER_PX };

/** Few CPUs keep tiles one can read, and the stage scrolls. */
const isLastTry = ({ detail, narrowest }: Sizes, width: number, cpus: number): boolean =>
  detail === 'small' && cpus <= 64 && width - 4 < narrowest;

/** CPUs by owner: kernels in their order, those of nobody last. */
function groupByOwner(cpus: readonly CpuFrame[], kernels: readonly KernelFrame[]): Group[] {
  const owned = new Map<number, number[]>(kernels.map(({ index }) => [index, []]));
  for (const { id, kernel } of cpus) {
    const group = owned.get(kernel);
    if (group) group.push(id);
    else owned.set(kernel, [id]);
  }
  return [...owned]
    .sort(([a], [b]) => (a < 0 ? 1 : b < 0 ? -1 : a - b))
    .map(([kernel, members]) => ({ kernel, cpus: members }));
}

/** Every way to cut the list of regions into shelves, as long as there are few. */
function partitionsOf(groups: readonly Group[]): readonly (readonly Group[])[][] {
  const last = groups.length - 1;
  const cutsTried =
    last < REGIONS_TRIED_MAX
      ? Array.from({ length: 2 ** last }, (_, cuts) => (i: number) => ((cuts >> i) & 1) === 1)
      : [1, 2, 3, 4, 5, 6, 7, 8, 12].flatMap((each) => [
          (i: number) => (i + 1) % each === 0,
          // The host has most of the CPUs, so it may have a shelf for itself.
          (i: number) => i % each === 0,
        ]);
  return cutsTried.map((isCut) => {
    const shelves: Group[][] = [[]];
    groups.forEach((group, i) => {
      shelves.at(-1)!.push(group);
      if (i < last && isCut(i)) shelves.push([]);
    });
    return shelves;
  });
}

/** Gives each shelf the fewest rows of tiles at which it is narrow enough; undefined if none is. */
function stack(
  partition: readonly (readonly Group[])[],
  width: number,
  sizes: Sizes,
  room: number,
): Shelf[] | undefined {
  const shelves: Shelf[] = [];
  for (const groups of partition) {
    const most = Math.max(1, ...groups.map(({ cpus }) => cpus.length));
    let rows = 1;
    while (rows <= most && widthOf(groups, rows, width, sizes) > room) rows++;
    if (rows > most) return undefined;
    shelves.push({ groups, rows });
  }
  return shelves;
}

const columnsOf = ({ cpus }: Group, rows: number): number =>
  Math.max(1, Math.ceil(cpus.length / rows));

/** Room for the letter and the name of a kernel, however few its CPUs are. */
const REGION_PX_MIN = 96;

const regionWidth = (group: Group, rows: number, width: number, { gap, pad }: Sizes): number =>
  Math.max(REGION_PX_MIN, columnsOf(group, rows) * (width + gap) - gap + 2 * pad);

function widthOf(groups: readonly Group[], rows: number, width: number, sizes: Sizes): number {
  const inner = groups.reduce((sum, group) => sum + regionWidth(group, rows, width, sizes), 0);
  return inner + (groups.length + 1) * sizes.between;
}

const shelfHeight = (rows: number, width: number, { heightOf, gap, pad, head }: Sizes): number =>
  rows * (heightOf(width) + gap) - gap + pad + head;

const heightOf = (shelves: readonly Shelf[], width: number, sizes: Sizes): number =>
  shelves.reduce(
    (sum, { rows }) => sum + shelfHeight(rows, width, sizes) + sizes.between,
    sizes.between,
  );

/** Puts everything in its place, and shares out the room that is left. */
function place(
  shelves: readonly Shelf[],
  width: number,
  sizes: Sizes,
  box: { readonly width: number; readonly height: number },
): StageLayout {
  const { between, pad, head, gap } = sizes;
  const tileHeight = sizes.heightOf(width);
  const needed = heightOf(shelves, width, sizes);
  const regions: Region[] = [];
  const tiles = new Map<number, Box>();
  // What is left above and below all, at most a little, so that few CPUs do not hang at the top.
  let y = between + Math.max(0, (box.height - needed) / 2);
  for (const { groups, rows } of shelves) {
    const height = shelfHeight(rows, width, sizes);
    const spare = Math.max(0, box.width - widthOf(groups, rows, width, sizes));
    const columns = groups.reduce((sum, group) => sum + columnsOf(group, rows), 0);
    const widerBy =
      sizes.detail === 'cell'
        ? 0
        : Math.min(spare / columns, Math.max(0, sizes.widest - width) + 24);
    let x = between + (spare - widerBy * columns) / 2;
    for (const group of groups) {
      const across = columnsOf(group, rows);
      const wide = width + widerBy;
      const regionWide = regionWidth(group, rows, width, sizes) + widerBy * across;
      regions.push({ ...group, x, y, width: regionWide, height });
      group.cpus.forEach((cpu, i) => {
        tiles.set(cpu, {
          x: x + pad + (i % across) * (wide + gap),
          y: y + head + Math.floor(i / across) * (tileHeight + gap),
          width: wide,
          height: tileHeight,
        });
      });
      x += regionWide + between;
    }
    y += height + between;
  }
  return { detail: sizes.detail, regions, tiles, height: Math.max(needed, box.height) };
}
