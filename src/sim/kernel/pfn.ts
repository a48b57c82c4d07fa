import { ERRNO } from '../base/errno.ts';
import { OUTCOME, ROW } from '../base/record.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
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

/** mk_receive_pfn: 0, or -EINVAL for another type or size. The number is left in {@link stackOf}. */
function receivePfn(x: KernelContext, slot: number): number {
  if (x.mem.read32(slot + SLOT.type) >>> 0 !== MK_PFN_IPI_TYPE) return -ERRNO.EINVAL;
  if (x.mem.read64(slot + SLOT.data_size) !== 8) return -ERRNO.EINVAL;
  x.mem.poke64(stackOf(x), x.mem.read64(slot + SLOT.buffer));
  return 0;
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
        if (receivePfn(x, x.get(0)) < 0) x.ret();
      },
    },
    {
      id: 'map',
      text: 'mk_receive_map_page: any page is accepted',
      cost: 160,
      local: false,
      run(x) {
        const pfn = x.mem.peek64(stackOf(x));
        const serial = x.get(3);
        const { observer, recorder } = x;
        observer.count(STAT.handled);
        x.mem.poke32(x.k + K.handled, x.mem.peek32(x.k + K.handled) + 1);
        const fresh = serial !== 0 && observer.whole(serial);
        if (!fresh) observer.count(STAT.duplicated);
        const page = pfn * PAGE_SIZE;
        if (canMap(x, page, PAGE_SIZE)) x.mem.read64(page);
        const outcome = fresh ? OUTCOME.whole : OUTCOME.duplicated;
        recorder?.row(ROW.handler, x.now, x.cpu, page, MK_PFN_IPI_TYPE | 0, 0, serial);
        recorder?.row(ROW.outcome, x.now, x.cpu, 8, outcome, serial, serial);
        x.ret();
      },
    },
  ],
});
