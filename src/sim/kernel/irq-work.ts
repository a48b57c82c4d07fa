import { ROW } from '../base/record.ts';
import { CPU, CPU_D, LOCALS_MAX, MODE } from '../machine/cpu.layout.ts';
import { DeliveryMode } from '../machine/lapic.regs.ts';
import { fusedRoutine, type Routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { isLive } from './heap.ts';
import { K } from './kernel.layout.ts';
import {
  IRQ_WORK,
  IRQ_WORK_BUSY,
  IRQ_WORK_PENDING,
  IRQ_WORK_VECTOR,
  MK_IPI_HANDLER,
} from './mk.layout.ts';

const { depth: DEPTH, countIrqWork: COUNT_IRQ_WORK, pc: PC } = CPU;
const { stride: D_STRIDE, locals: LOCALS } = CPU_D;

const SOURCE = 'kernel/irq_work.c';
const HANDLER = MK_IPI_HANDLER.at;
/** Offsets in words from the start of the handler. */
const FLAGS = (HANDLER.work + IRQ_WORK.at.flags) / 4;
const NEXT = (HANDLER.work + IRQ_WORK.at.llist) / 4;
const CALLBACK = HANDLER.callback / 4;
const SAVED_DATA = HANDLER.saved_data / 4;
const CONTEXT = HANDLER.context / 4;
const LISTS = K.irq_work_list / 4;

/**
 * irq_work_queue for the work inside a handler: false when it was pending already. The list of a
 * CPU is last in, first out; only an empty one raises the self-IPI (facts 02 §3.9).
 */
export function irqWorkQueue(x: KernelContext, handler: number): boolean {
  const { mem } = x;
  const word = x.at(handler);
  const flags = mem.M[word + FLAGS]!;
  const fresh = (flags & IRQ_WORK_PENDING) === 0;
  if (x.recorder !== null) x.row(ROW.queue, handler, fresh ? 1 : 0, 0, 0);
  mem.put(word + FLAGS, flags | IRQ_WORK_PENDING | IRQ_WORK_BUSY);
  if (!fresh) return false;
  const head = x.kw + LISTS + 2 * x.logical;
  const first = mem.get64(head);
  mem.put64(word + NEXT, first);
  mem.put64(head, handler);
  if (first === 0) x.sendIpi(x.physical, DeliveryMode.fixed, IRQ_WORK_VECTOR);
  return true;
}

/** Number of `mk_message_type_ipi_callback` in {@link ipiCallbacks}; 0 is NULL. */
export const MESSAGE_CALLBACK = 1;
/** Number of the handler that `mk listen pfn` registers. */
export const PFN_CALLBACK = 2;

/** Routines a handler's `callback` can be, by the number stored in the pointer. Set when linked. */
export const ipiCallbacks: Routine<KernelContext>[] = [];

const WORK = 0;
const REST = 1;

/**
 * The interrupt of vector 0xf6: takes the CPU's list and runs each work, which here always is
 * handler_work of ipi.c: callback(saved_data, context).
 */
export const irqWorkEntry = fusedRoutine<KernelContext>({
  name: 'irq_work_run',
  source: SOURCE,
  mode: MODE.irqWork,
  locals: ['work', 'rest'],
  steps: [
    { id: 'eoi', text: 'write EOI and take the list of this CPU', cost: 12 },
    { id: 'W1', label: 'next', text: 'the next work; PENDING is cleared before it runs', cost: 6 },
    {
      id: 'W2',
      label: 'callback',
      text: 'call the handler with its saved pointer into the live slot',
      cost: 4,
    },
    { id: 'W3', label: 'done', text: 'clear BUSY unless it was queued again meanwhile', cost: 4 },
  ],
  fused(x) {
    const { mem, D, f } = x;
    for (let entry = x.step; ; entry = 1) {
      switch (entry) {
        case 0: {
          x.eoi();
          x.H[x.h + COUNT_IRQ_WORK]!++;
          const head = x.kw + LISTS + 2 * x.logical;
          D[f + REST] = mem.get64(head);
          mem.put64(head, 0);
          if (x.tick(0)) return;
        }
        // falls through
        case 1: {
          const work = D[f + REST]!;
          if (work === 0) return x.leave(1);
          const word = x.at(work);
          D[f + WORK] = work;
          D[f + REST] = mem.get64(word + NEXT);
          mem.put(word + FLAGS, mem.M[word + FLAGS]! & ~IRQ_WORK_PENDING);
          if (x.tick(1)) return;
        }
        // falls through
        case 2:
          if (runWork(x, D[f + WORK]!)) return;
        // falls through
        default: {
          const at = x.at(D[f + WORK]!) + FLAGS;
          const flags = mem.M[at]!;
          if ((flags & IRQ_WORK_PENDING) === 0) mem.put(at, flags & ~IRQ_WORK_BUSY);
          if (x.goesTo(3, 1)) return;
        }
      }
    }
  },
});

/**
 * Whether a work waits for this very CPU: in the list it has raised, or in the batch of an interrupt
 * on its stack. Whoever waits for it here, in an interrupt, waits for ever.
 */
export function isHeldHere(x: KernelContext, handler: number): boolean {
  const { mem, H, h, machine } = x;
  const isIn = (list: number): boolean => {
    // The batch below may be another kernel's.
    for (let at = list; at !== 0; at = mem.get64(mem.word(at) + NEXT))
      if (at === handler) return true;
    return false;
  };
  if (isIn(mem.get64(x.kw + LISTS + 2 * x.logical))) return true;
  for (let depth = H[h + DEPTH]! - 1; depth >= 0; depth--) {
    const pc = H[h + PC + depth]!;
    if (machine.program.routines[machine.program.routineOf[pc]!] !== irqWorkEntry) continue;
    const locals = x.cpu * D_STRIDE + LOCALS + depth * LOCALS_MAX;
    if (x.D[locals + WORK] === handler || isIn(x.D[locals + REST]!)) return true;
  }
  return false;
}

/** W2: handler_work of ipi.c. True when the routine must return. */
function runWork(x: KernelContext, work: number): boolean {
  const { mem } = x;
  if (!isLive(x, work)) x.hazard(HAZARD.useAfterFree, work);
  const word = x.at(work);
  const callback = mem.M[word + CALLBACK]!;
  const to = ipiCallbacks[callback];
  if (to === undefined) return x.tick(2);
  const slot = mem.get64(word + SAVED_DATA);
  if (x.recorder !== null) x.row(ROW.callback, slot, callback, x.kernel, 0);
  x.pass(0, slot);
  x.pass(1, mem.get64(word + CONTEXT));
  x.pass(2, work);
  return x.calls(2, to, 3);
}
