import { ERRNO } from '../base/errno.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { fdtTotalsize } from '../fdt/tags.ts';
import {
  fdtBeginNode,
  fdtCreate,
  fdtEndNode,
  fdtFinish,
  fdtFinishReservemap,
  fdtProperty,
  fdtPropertyString,
} from '../fdt/write.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { instancePut, isRunning } from './instance-object.ts';
import { instanceGet } from './instance-table.ts';
import { kimageAt } from './kimage.ts';
import { MK_INSTANCE } from './mk.layout.ts';

const AT = MK_INSTANCE.at;
/** include/linux/notifier.h */
const NOTIFY_OK = 1;
const NOTIFY_STOP = 0x8001;
const NOTIFY_STOP_MASK = 0x8000;
/** notifier_from_errno and back. */
const fromErrno = (code: number): number =>
  code === 0 ? NOTIFY_OK : NOTIFY_STOP_MASK | (1 - code);
const toErrno = (raw: number): number => {
  const low = raw & ~NOTIFY_STOP_MASK;
  return low > NOTIFY_OK ? NOTIFY_OK - low : 0;
};

/**
 * Runs one libfdt call on the hand-over page in simulated memory; other kernels could see each of
 * its bytes. Model: a write to the hand-over page counts as one of all of it, though it
 * touches a part.
 */
function onPage(x: KernelContext, page: number, call: (fdt: Uint8Array) => number): number {
  x.mem.listener?.access(true, page, PAGE_SIZE);
  return call(x.mem.borrowPage(page));
}

const IMAGE = 0;
const PAGE = 1;
const CODE = 2;
const ID = 3;
const INSTANCE = 4;

/**
 * mk_kexec_notifier of v2 16/16 (facts 04 §3.4): adds the instance's device tree. Answers as
 * notifiers do: an instance that is gone stops the chain, which counts as success (hazard K1).
 */
export const kexecNotifier = routine<KernelContext>({
  name: 'mk_kexec_notifier',
  source: 'kernel/multikernel/kho.c',
  locals: ['image', 'page', 'code', 'id', 'instance'],
  steps: [
    {
      id: 'find',
      text: 'find the instance and its device tree',
      cost: 40,
      run(x) {
        const id = x.get(ID);
        x.log('kho.preserving', id);
        const instance = instanceGet(x, id);
        if (instance === 0) {
          x.log('kho.target_not_found', id);
          x.hazard(HAZARD.stopIsSuccess, 0, id);
          return x.ret(NOTIFY_STOP);
        }
        if (
          x.mem.peek64(instance + AT.dtb_data) === 0 ||
          x.mem.peek64(instance + AT.dtb_size) === 0
        ) {
          x.log('kho.target_has_no_dtb', id);
          x.hazard(HAZARD.stopIsSuccess, 0, id);
          instancePut(x, instance);
          return x.ret(NOTIFY_STOP);
        }
        x.set(INSTANCE, instance);
      },
    },
    {
      id: 'node',
      text: 'begin the node multikernel',
      cost: 60,
      local: false,
      run(x) {
        x.set(
          CODE,
          onPage(x, x.get(PAGE), (fdt) => fdtBeginNode(fdt, 'multikernel')),
        );
      },
    },
    {
      id: 'data',
      text: 'write the property dtb-data: the device tree of the instance',
      cost: 300,
      local: false,
      run(x) {
        const instance = x.get(INSTANCE);
        const dtb = x.mem.peek(
          x.mem.peek64(instance + AT.dtb_data),
          x.mem.peek64(instance + AT.dtb_size),
        );
        x.set(
          CODE,
          x.get(CODE) | onPage(x, x.get(PAGE), (fdt) => fdtProperty(fdt, 'dtb-data', dtb)),
        );
      },
    },
    {
      id: 'end',
      text: 'end the node; the codes were only OR-ed',
      cost: 40,
      local: false,
      run(x) {
        const code = x.get(CODE) | onPage(x, x.get(PAGE), fdtEndNode);
        const instance = x.get(INSTANCE);
        const size = x.mem.peek64(instance + AT.dtb_size);
        if (code !== 0) {
          x.log('kho.add_dtb_failed', x.get(ID), code);
          x.hazard(HAZARD.treeTooLarge, x.get(PAGE), size);
          instancePut(x, instance);
          return x.ret(fromErrno(code));
        }
        x.log('kho.dtb_preserved', x.get(ID), size);
        instancePut(x, instance);
        x.ret(NOTIFY_OK);
      },
    },
  ],
});

/**
 * mk_kexec_finalize of v2 16/16 (facts 04 §3.2): fills the hand-over page. Returns 0, an errno or a
 * bare libfdt code; its caller boots all the same.
 */
export const kexecFinalize = routine<KernelContext>({
  name: 'mk_kexec_finalize',
  source: 'kernel/kexec_handover.c',
  locals: ['image', 'page', 'code', 'id'],
  steps: [
    {
      id: 'check',
      text: 'the image must have an id and a page',
      cost: 10,
      run(x) {
        const image = kimageAt(x, x.get(IMAGE));
        if (!image || image.mkId <= 0) {
          x.log('kho.finalize_bad_target');
          return x.ret(-ERRNO.EINVAL);
        }
        if (image.khoFdt === 0) {
          x.log('kho.no_fdt_page');
          return x.ret(-ERRNO.EINVAL);
        }
        x.set(PAGE, image.khoFdt);
        x.set(ID, image.mkId);
      },
    },
    {
      id: 'create',
      text: 'fdt_create: the whole page is cleared, the header begun',
      cost: 200,
      local: false,
      run(x) {
        if (isRunning(x, x.get(ID))) x.hazard(HAZARD.handOverRewritten, x.get(PAGE), x.get(ID));
        x.set(CODE, onPage(x, x.get(PAGE), fdtCreate));
      },
    },
    {
      id: 'reserve',
      text: 'fdt_finish_reservemap: an empty reserve map',
      cost: 30,
      local: false,
      run(x) {
        x.set(CODE, x.get(CODE) | onPage(x, x.get(PAGE), fdtFinishReservemap));
      },
    },
    {
      id: 'root',
      text: 'begin the root node',
      cost: 30,
      local: false,
      run(x) {
        x.set(CODE, x.get(CODE) | onPage(x, x.get(PAGE), (fdt) => fdtBeginNode(fdt, '')));
      },
    },
    {
      id: 'compatible',
      text: 'write compatible = "multikernel-v1"',
      cost: 60,
      local: false,
      run(x) {
        const set = (fdt: Uint8Array): number =>
          fdtPropertyString(fdt, 'compatible', 'multikernel-v1');
        const code = x.get(CODE) | onPage(x, x.get(PAGE), set);
        if (code === 0) return;
        x.log('kho.fdt_create_failed', code);
        x.ret(code);
      },
    },
    {
      id: 'notify',
      text: 'call the kexec notifiers, in order of registration',
      cost: 40,
      run(x) {
        if (x.state.notifiers.includes('mk_kexec_nb'))
          x.call(kexecNotifier, x.get(IMAGE), x.get(PAGE), 0, x.get(ID));
        else x.goto(kexecFinalize.at.endroot!);
      },
    },
    {
      id: 'notified',
      text: 'a notifier that failed ends it, with a tree that is finished if it fits',
      cost: 20,
      local: false,
      run(x) {
        const code = toErrno(x.result);
        if (code === 0) return;
        x.log('kho.notifier_failed', code);
        onPage(x, x.get(PAGE), fdtEndNode);
        onPage(x, x.get(PAGE), fdtFinish);
        x.ret(code);
      },
    },
    {
      id: 'endroot',
      text: 'end the root node',
      cost: 30,
      local: false,
      run(x) {
        x.set(CODE, onPage(x, x.get(PAGE), fdtEndNode));
      },
    },
    {
      id: 'finish',
      text: 'fdt_finish: strings move down, the magic becomes d00dfeed',
      cost: 120,
      local: false,
      run(x) {
        const code = x.get(CODE) | onPage(x, x.get(PAGE), fdtFinish);
        if (code !== 0) {
          x.log('kho.fdt_finish_failed', code);
          x.hazard(HAZARD.treeTooLarge, x.get(PAGE), code);
          return x.ret(code);
        }
        const size = fdtTotalsize(x.mem.peek(x.get(PAGE), PAGE_SIZE));
        x.log('kho.finalized', x.get(ID), size);
        x.ret(0);
      },
    },
  ],
});
