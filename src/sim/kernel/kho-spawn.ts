import { ERRNO } from '../base/errno.ts';
import { MIB, PAGE_SIZE, roundUp } from '../base/units.ts';
import { cString } from '../fdt/bytes.ts';
import { fdtCheckHeader } from '../fdt/check.ts';
import { fdtNodeCheckCompatible, fdtPathOffset, fdtSubnodeOffset } from '../fdt/lookup.ts';
import { fdtGetName, fdtGetprop } from '../fdt/read.ts';
import { fdtFirstSubnode, fdtTotalsize } from '../fdt/tags.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { heapKind, kfree, kmalloc } from './heap.ts';
import { listAppend, setState } from './instance-object.ts';
import { canMap } from './ipi-area.ts';
import { K } from './kernel.layout.ts';
import { MK_INSTANCE, MK_STATE } from './mk.layout.ts';
import { isPossible } from './instance-create.ts';
import { idOf } from './upload.ts';

const AT = MK_INSTANCE.at;
const KIND_DTB = heapKind('dtb');
const KIND_INSTANCE = heapKind('mk_instance');
const KIND_NAME = heapKind('name');
const COMPATIBLE = 'multikernel-v1';

const mapped = (x: KernelContext, addr: number, bytes: number): Uint8Array =>
  x.mem.readBytes(addr, bytes);

/** Most bytes of a tree that are looked at behind its mapping. */
const TREE_MAX = 2 * MIB;

/**
 * A tree of which `bytes` bytes were mapped. Whole pages are, and what its header claims beyond them
 * is read too. Model: that is the memory behind them; the real mapping would end there.
 */
function mappedTree(x: KernelContext, addr: number, bytes: number): Uint8Array {
  const pages = roundUp(Math.max(addr + bytes, addr + 1), PAGE_SIZE) - addr;
  const claimed = fdtTotalsize(mapped(x, addr, 8));
  if (claimed > pages) x.hazard(HAZARD.readPastBuffer, addr + pages, claimed - pages);
  return mapped(x, addr, Math.max(pages, Math.min(claimed, TREE_MAX)));
}

/** mk_kho_populate of v2 16/16 (facts 04 §5.1): is there a hand-over tree for us at all? */
export const khoPopulate = routine<KernelContext>({
  name: 'mk_kho_populate',
  source: 'kernel/kexec_handover.c',
  locals: ['fdt_phys', 'fdt_len'],
  steps: [
    {
      id: 'map',
      text: 'map the tree',
      cost: 120,
      run(x) {
        x.log('kho.populating', x.get(0), x.get(1));
        if (canMap(x, x.get(0), x.get(1))) return;
        x.log('kho.populate_map_failed', x.get(0));
        x.ret(0);
      },
    },
    {
      id: 'header',
      text: 'check its header',
      cost: 40,
      local: false,
      run(x) {
        const code = fdtCheckHeader(mappedTree(x, x.get(0), x.get(1)), x.get(0));
        if (code === 0) return;
        x.log('kho.invalid_fdt', x.get(0), code);
        x.log('kho.disabled');
        x.ret(0);
      },
    },
    {
      id: 'compatible',
      text: 'the root must be compatible with multikernel-v1',
      cost: 40,
      local: false,
      run(x) {
        const code = fdtNodeCheckCompatible(mappedTree(x, x.get(0), x.get(1)), 0, COMPATIBLE);
        if (code === 0) return;
        x.log('kho.incompatible', x.get(0), COMPATIBLE, code);
        x.log('kho.disabled');
        x.ret(0);
      },
    },
    {
      id: 'keep',
      text: 'remember where it is; the page is not reserved',
      cost: 10,
      run(x) {
        x.mem.poke64(x.k + K.kho_fdt_phys, x.get(0));
        x.log('kho.populated');
        x.ret(0);
      },
    },
  ],
});

const PHYS = 0;
const DATA = 1;
const SIZE = 2;
const COPY = 3;
const ID = 4;
const NAME = 5;
const INSTANCE = 6;
const CONFIG = 8;

/** Where the property dtb-data lies in the mapped page: offset and length; negative when absent. */
function findDtb(x: KernelContext): { at: number; bytes: number } | 'no node' | 'no data' {
  const fdt = mappedTree(x, x.get(PHYS), PAGE_SIZE);
  const node = fdtSubnodeOffset(fdt, 0, 'multikernel');
  if (node < 0) return 'no node';
  const data = fdtGetprop(fdt, node, 'dtb-data');
  if (typeof data === 'number' || data.length === 0) return 'no data';
  return { at: data.byteOffset - fdt.byteOffset, bytes: data.length };
}

/** Frees what a failed restore holds, in the order of the original's labels, and returns. */
function giveUp(x: KernelContext, code: number): void {
  const instance = x.get(INSTANCE);
  if (instance !== 0) {
    kfree(x, x.mem.peek64(instance + AT.name));
    kfree(x, x.mem.peek64(instance + AT.dtb_data));
    x.update({ instances: x.state.instances.filter((each) => each.addr !== instance) });
    kfree(x, instance);
  }
  kfree(x, x.get(COPY));
  x.ret(code);
}

/** Hazard K6: the host may have given the page back, or to another image, since it started us. */
function noteFreedPage(x: KernelContext, page: number): void {
  const { pages, kimages } = x.sys.kernels[0]!;
  const isOthers = kimages.some(
    ({ khoFdt, mkId }) => khoFdt === page && mkId !== x.state.instanceId,
  );
  if (isOthers || pages.free.includes(page)) x.hazard(HAZARD.handOverPageFreed, page);
}

/** mk_kho_restore_dtbs of v2 16/16 (facts 04 §5.3). */
export const khoRestore = routine<KernelContext>({
  name: 'mk_kho_restore_dtbs',
  source: 'kernel/multikernel/kho.c',
  locals: ['fdt_phys', 'data', 'size', 'copy', 'id', 'name', 'instance', 'dtb', 'config'],
  steps: [
    {
      id: 'map',
      text: 'map the hand-over page, if there is one',
      cost: 120,
      run(x) {
        const phys = x.mem.peek64(x.k + K.kho_fdt_phys);
        x.set(PHYS, phys);
        if (phys === 0) {
          x.log('kho.nothing_to_restore');
          return x.ret(0);
        }
        x.log('kho.restoring', phys);
        noteFreedPage(x, phys);
        if (canMap(x, phys, PAGE_SIZE)) return;
        x.log('kho.fdt_map_failed', phys);
        x.ret(-ERRNO.EFAULT);
      },
    },
    {
      id: 'node',
      text: 'find the node multikernel and its dtb-data',
      cost: 80,
      local: false,
      run(x) {
        const found = findDtb(x);
        if (found === 'no node') {
          x.log('kho.no_multikernel_node');
          return x.ret(0);
        }
        if (found === 'no data') {
          x.log('kho.no_dtb_data');
          return x.ret(0);
        }
        x.set(DATA, x.get(PHYS) + found.at);
        x.set(SIZE, found.bytes);
        x.log('kho.dtb_found', found.bytes);
      },
    },
    {
      id: 'check',
      text: 'check the header of the nested tree, and its size',
      cost: 60,
      local: false,
      run(x) {
        const code = fdtCheckHeader(mapped(x, x.get(DATA), x.get(SIZE)), x.get(DATA));
        if (code !== 0) {
          x.log('kho.bad_dtb_header', code);
          return x.ret(-ERRNO.EINVAL);
        }
        if (x.get(SIZE) <= MIB) return;
        x.log('kho.dtb_too_large', x.get(SIZE));
        x.ret(-ERRNO.EINVAL);
      },
    },
    {
      id: 'copy',
      text: 'copy it',
      cost: 150,
      local: false,
      run(x) {
        const copy = kmalloc(x, KIND_DTB, x.get(SIZE), false);
        if (copy === 0) {
          x.log('kho.dtb_alloc_failed', x.get(SIZE));
          return x.ret(-ERRNO.ENOMEM);
        }
        x.mem.poke(copy, mapped(x, x.get(DATA), x.get(SIZE)));
        x.set(COPY, copy);
      },
    },
    {
      id: 'who',
      text: 'the first instance in it says who this kernel is: name and id',
      cost: 80,
      run(x) {
        const blob = x.mem.peek(x.get(COPY), x.get(SIZE));
        const beyond = fdtTotalsize(blob) - blob.length;
        if (beyond > 0) x.hazard(HAZARD.readPastBuffer, x.get(COPY), beyond);
        const failed = (code: number): void => {
          x.log('kho.extract_failed', code);
          giveUp(x, code);
        };
        const instances = fdtPathOffset(blob, '/instances');
        if (instances < 0) {
          x.log('kho.no_instances_node');
          return failed(-ERRNO.ENOENT);
        }
        const node = fdtFirstSubnode(blob, instances);
        if (node < 0) {
          x.log('kho.no_instance');
          return failed(-ERRNO.ENOENT);
        }
        const name = fdtGetName(blob, node);
        if (typeof name === 'number') {
          x.log('kho.no_instance_name');
          return failed(-ERRNO.EINVAL);
        }
        const id = fdtGetprop(blob, node, 'id');
        if (typeof id === 'number') {
          x.log('kho.no_id_property', 'id', name);
          return failed(-ERRNO.ENOENT);
        }
        if (id.length < 4) x.hazard(HAZARD.idTooShort, x.get(COPY), id.length);
        x.set(ID, idOf(blob, id));
        x.set(NAME, x.sys.hand(name));
        x.log('kho.dtb_instance', x.get(ID), name);
      },
    },
    {
      id: 'parse',
      text: 'read memory-bytes and cpus',
      cost: 200,
      run(x) {
        const blob = x.mem.peek(x.get(COPY), x.get(SIZE));
        const found = x.roles.parseResources(blob, x.get(SIZE), (cpu) => isPossible(x, cpu));
        if ('errno' in found) {
          x.log('kho.parse_failed', found.errno);
          return giveUp(x, found.errno);
        }
        const words = Float64Array.from([found.memory, ...found.cpus]);
        x.set(CONFIG, x.sys.hand(new Uint8Array(words.buffer)));
      },
    },
    {
      id: 'instance',
      text: 'make the instance object: id, name, device tree; no cpu mask, no directory',
      cost: 100,
      run(x) {
        const instance = kmalloc(x, KIND_INSTANCE, MK_INSTANCE.size, true);
        if (instance === 0) {
          x.log('kho.instance_alloc_failed');
          return giveUp(x, -ERRNO.ENOMEM);
        }
        x.set(INSTANCE, instance);
        x.update({
          instances: [
            ...x.state.instances,
            { addr: instance, pool: null, regions: [], listed: false },
          ],
        });
        const text = cString(x.sys.text(x.get(NAME)));
        const name = kmalloc(x, KIND_NAME, text.length, false);
        if (name === 0) return giveUp(x, -ERRNO.ENOMEM);
        x.mem.poke(name, text);
        const dtb = kmalloc(x, KIND_DTB, x.get(SIZE), false);
        x.mem.poke32(instance + AT.id, x.get(ID));
        x.mem.poke64(instance + AT.name, name);
        if (dtb === 0) {
          x.log('kho.dtb_copy_alloc_failed');
          return giveUp(x, -ERRNO.ENOMEM);
        }
        x.mem.move(dtb, x.get(COPY), x.get(SIZE));
        x.mem.poke64(instance + AT.dtb_data, dtb);
        x.mem.poke64(instance + AT.dtb_size, x.get(SIZE));
        x.mem.poke32(instance + AT.refcount, 1);
      },
    },
    {
      id: 'reserve',
      text: 'reserve its resources in this kernel',
      cost: 10,
      run(x) {
        x.call(x.roles.reserveRestored, x.get(INSTANCE), x.get(CONFIG));
      },
    },
    {
      id: 'done',
      text: 'the instance is ready and on the list, but has no number in the id map',
      cost: 30,
      local: false,
      run(x) {
        const instance = x.get(INSTANCE);
        if (x.result !== 0) {
          x.log('kho.reserve_failed', x.result);
          setState(x, instance, MK_STATE.FAILED);
          return giveUp(x, x.result);
        }
        setState(x, instance, MK_STATE.READY);
        listAppend(x, instance);
        x.log('kho.restored', x.get(ID), x.sys.text(x.get(NAME)), x.get(SIZE));
        kfree(x, x.get(COPY));
        x.ret(0);
      },
    },
  ],
});

/** mk_kho_init of v2 16/16 (facts 04 §5.2): the notifier, then the restore. */
export const khoInit = routine<KernelContext>({
  name: 'mk_kho_init',
  source: 'kernel/multikernel/kho.c',
  locals: [],
  steps: [
    {
      id: 'notifier',
      text: 'register the kexec notifier',
      cost: 30,
      run(x) {
        if (x.state.notifiers.includes('mk_kexec_nb')) {
          x.log('kho.notifier_register_failed', -ERRNO.EEXIST);
          return x.ret(-ERRNO.EEXIST);
        }
        x.update({ notifiers: [...x.state.notifiers, 'mk_kexec_nb'] });
        x.log('kho.notifier_registered');
      },
    },
    {
      id: 'restore',
      text: 'restore what the kernel before left',
      run(x) {
        x.call(khoRestore);
      },
    },
    {
      id: 'done',
      text: 'a failed restore is only warned about',
      run(x) {
        if (x.result !== 0) x.log('kho.restore_failed', x.result);
        x.ret(0);
      },
    },
  ],
});

/** mk_kho_cleanup of v2 16/16 (facts 04 §5.2); it has no caller there. */
export function khoCleanup(x: KernelContext): void {
  x.update({ notifiers: x.state.notifiers.filter((each) => each !== 'mk_kexec_nb') });
  x.log('kho.notifier_unregistered');
}
