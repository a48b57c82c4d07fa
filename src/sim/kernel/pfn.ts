import { ERRNO } from '../base/errno.ts';
import { OUTCOME, ROW } from '../base/record.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { canMap } from './ipi-area.ts';
import { K } from './kernel.layout.ts';
import { MK_IPI_DATA, MK_PFN_IPI_TYPE } from './mk.layout.ts';
import { STAT } from './observer.ts';

const SOURCE = 'include/linux/multikernel.h';
const SLOT = MK_IPI_DATA.at;

/** Where a CPU of the running kernel keeps a local variable whose address it gives away. */
const stackOf = (x: KernelContext): number => x.k + K.stack + 64 * (x.logical & 127);

/** mk_send_pfn (facts 02 §3.12): eight bytes of type 0x80000001. Returns the send's result. */
export const sendPfn = routine<KernelContext>({
  name: 'mk_send_pfn',
  source: SOURCE,
  locals: ['id', 'pfn'],
  steps: [
    {
      id: 'send',
      text: 'send the page frame number as eight bytes',
      run(x) {
        const at = stackOf(x);
        x.mem.poke64(at, x.get(1));
        x.call(x.roles.sendIpiData, x.get(0), at, 8, MK_PFN_IPI_TYPE);
      },
    },
    {
      id: 'return',
      text: 'return what the send returned',
      run(x) {
        x.ret(x.result);
      },
    },
  ],
});

/**
 * mk_receive_pfn: 0, or -EINVAL for NULL, another type or another size. The number goes to `out`.
 */
export function receivePfn(x: KernelContext, slot: number, out: number): number {
  if (slot === 0 || out === 0) return -ERRNO.EINVAL;
  if (x.mem.read32(slot + SLOT.type) >>> 0 !== MK_PFN_IPI_TYPE) return -ERRNO.EINVAL;
  if (x.mem.read64(slot + SLOT.data_size) !== 8) return -ERRNO.EINVAL;
  x.mem.listener?.access(false, slot + SLOT.buffer, 8);
  x.mem.move(out, slot + SLOT.buffer, 8);
  return 0;
}

/** mk_receive_map_page: where the page is, 0 when it is not a PFN or cannot be mapped. */
export function receiveMapPage(x: KernelContext, slot: number): number {
  const out = stackOf(x);
  if (receivePfn(x, slot, out) < 0) return 0;
  // The shift by 12 loses the top bits of the number.
  const high = x.mem.peek32(out + 4) & 0xfffff;
  const page = (high * 2 ** 32 + (x.mem.peek32(out) >>> 0)) * PAGE_SIZE;
  return canMap(x, page, PAGE_SIZE) ? page : 0;
}

/** Hazard H25: nothing keeps a sender from naming a page that is neither its own nor the receiver's. */
function noteOwner(x: KernelContext, page: number, serial: number): void {
  const { kernels } = x.sys;
  const region = kernels[0]!.instances
    .flatMap(({ regions }) => regions)
    .find(({ start, end }) => page >= start && page < end);
  const owner = Number(/^mk-instance-(-?\d+)-/.exec(region?.name ?? '')?.[1] ?? 0);
  const sender = kernels[x.observer.senderOf(serial)]?.instanceId ?? owner;
  if (owner !== sender && owner !== x.state.instanceId) x.hazard(HAZARD.foreignPage, page, owner);
}

/** What `mk listen pfn` registers: maps the page whose number came and looks at its first bytes. */
export const pfnHandler = routine<KernelContext>({
  name: 'mk_listen_pfn_handler',
  source: 'glue',
  locals: ['data', 'ctx', 'work', 'serial'],
  steps: [
    {
      id: 'receive',
      text: 'mk_receive_pfn: type and size must be right',
      cost: 8,
      local: false,
      run(x) {
        x.set(3, x.mem.note(x.get(0) + SLOT.buffer));
        if (receivePfn(x, x.get(0), stackOf(x)) < 0) x.ret();
      },
    },
    {
      id: 'map',
      text: 'mk_receive_map_page: any page is accepted',
      cost: 160,
      local: false,
      run(x) {
        const serial = x.get(3);
        const { observer, recorder } = x;
        observer.count(STAT.handled);
        x.mem.poke32(x.k + K.handled, x.mem.peek32(x.k + K.handled) + 1);
        const fresh = serial !== 0 && observer.whole(serial);
        if (!fresh) observer.count(STAT.duplicated);
        const page = receiveMapPage(x, x.get(0));
        if (page !== 0) {
          noteOwner(x, page, serial);
          x.mem.read64(page);
        }
        const outcome = fresh ? OUTCOME.whole : OUTCOME.duplicated;
        recorder?.row(ROW.handler, x.now, x.cpu, page, MK_PFN_IPI_TYPE | 0, 0, serial);
        recorder?.row(ROW.outcome, x.now, x.cpu, 8, outcome, serial, serial);
        x.ret();
      },
    },
  ],
});
