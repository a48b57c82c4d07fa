import { Refused } from '../sim/base/assert.ts';
import { PAGE_SIZE } from '../sim/base/units.ts';
import { utf8Encode } from '../sim/base/text.ts';
import { instanceName, listInstances } from '../sim/kernel/instance-object.ts';
import { MK_INSTANCE } from '../sim/kernel/mk.layout.ts';
import { filesOf } from '../sim/scenarios/run-state.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { Calls } from './protocol.ts';
import type { TreeChoice, TreeReading } from './tree-types.ts';

/** Reads device trees; loaded when the first one is looked at. */
export interface TreeReader {
  readonly compileTree: (
    text: string,
    file: string,
    read: (path: string) => Uint8Array | undefined,
  ) => TreeReading;
  readonly mapTree: (blob: Uint8Array, file: string) => TreeReading;
}

/** Bytes of a source or a blob that is read for the page. */
const TREE_MAX = 4 << 20;

/** Calls about device trees. All of them only look. */
export function treeHandlers(run: () => Run, reader: () => Promise<TreeReader>) {
  return {
    trees: () => [...treeFiles(run()), ...treesInMemory(run())],
    treeFile: ({ path }: Calls['treeFile']['ask']) => {
      const bytes = filesOf(run().state, 'host').read(path);
      if (typeof bytes === 'number') throw new Refused(`the host has no file ${path}`);
      return bytes.slice();
    },
    compileTree: async ({ text, file }: Calls['compileTree']['ask']) => {
      if (text.length > TREE_MAX) throw new Refused(`${file} is too long to be read here`);
      const { compileTree } = await reader();
      return compileTree(text, file, (path) => included(run(), path));
    },
    mapTree: async ({ bytes, file }: Calls['mapTree']['ask']) => {
      if (bytes.length > TREE_MAX) throw new Refused(`${file} is too long to be read here`);
      return (await reader()).mapTree(bytes, file);
    },
  };
}

/** A file a source includes: one of the host's, or of the lesson where it is not written yet. */
function included({ state, scenario }: Run, path: string): Uint8Array | undefined {
  const bytes = filesOf(state, 'host').read(path.startsWith('/') ? path : `/${path}`);
  if (typeof bytes !== 'number') return bytes;
  const items = scenario.stops.flatMap((stop) => stop.items);
  for (const item of items)
    if ((item.kind === 'dts' || item.kind === 'file') && item.name === path)
      return utf8Encode(item.text);
  return undefined;
}

const treeFiles = ({ state }: Run): TreeChoice[] =>
  [...filesOf(state, 'host').entries].flatMap(([name, bytes]): TreeChoice[] =>
    bytes && /\.dt(s|si|b|bo|so)$/.test(name)
      ? [{ kind: 'file', name, addr: -1, bytes: bytes.length }]
      : [],
  );

/** What kernels keep of their instances, and the pages they hand over. */
function treesInMemory({ world }: Run): TreeChoice[] {
  const trees: TreeChoice[] = [];
  world.sys.kernels.forEach((kernel, index) => {
    const x = world.lookAt(index);
    for (const instance of listInstances(x)) {
      const addr = x.mem.peek64(instance + MK_INSTANCE.at.dtb_data);
      const bytes = x.mem.peek64(instance + MK_INSTANCE.at.dtb_size);
      if (addr === 0 || bytes === 0 || bytes > TREE_MAX) continue;
      const name = `${instanceName(x, instance)} in the memory of ${kernel.name}`;
      trees.push({ kind: 'instance', name, addr, bytes });
    }
  });
  for (const { kimages } of world.sys.kernels)
    for (const { khoFdt, mkId } of kimages)
      if (khoFdt !== 0)
        trees.push({ kind: 'kho', name: `for instance ${mkId}`, addr: khoFdt, bytes: PAGE_SIZE });
  return trees;
}
