import { CPU } from '../machine/cpu.layout.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { K } from './kernel.layout.ts';
import { MK_MAX_INSTANCES } from './mk.layout.ts';

const PARAM = K.mk_ipi_shared_phys_addr / 4;

/** S4 found no area for an instance that exists. */
export function noteMissingArea(x: KernelContext, id: number): void {
  const isBeyond = id >= MK_MAX_INSTANCES;
  x.hazard(isBeyond ? HAZARD.unreachableId : HAZARD.deadPath, 0, id);
}

/** S6 wipes a slot that had message `serial` in it; 0 when none was complete. */
export function noteSlot(x: KernelContext, slot: number, serial: number): void {
  const { observer } = x;
  if (serial === 0) {
    if (observer.isBeingFilled(slot)) x.hazard(HAZARD.sendersCollide, slot);
  } else if (!observer.isWhole(serial)) {
    const isOut = observer.isSent(serial);
    x.hazard(isOut ? HAZARD.slotOverwritten : HAZARD.sendersCollide, slot, serial);
  }
}

/** S11 has rung: the CPU with number `cpu` of the sender, which has APIC id `apic` (-1: no CPU). */
export function noteRing(
  x: KernelContext,
  id: number,
  slot: number,
  cpu: number,
  apic: number,
  size: number,
): void {
  if (size === 0) x.hazard(HAZARD.emptyMessage, slot, id);
  if (apic !== cpu && apic >= 0) x.hazard(HAZARD.wrongSlot, slot, apic);
  if (x.observer.hazardCount(HAZARD.cpuTakenTwice) > 0) noteTarget(x, id, apic);
}

function noteTarget(x: KernelContext, id: number, apic: number): void {
  const target = x.machine.cpuOfApic[apic] ?? -1;
  const owner = target < 0 ? -1 : x.H[target * CPU.stride + CPU.kernel]!;
  const runs = x.sys.kernels[owner]?.instanceId ?? id;
  if (runs !== id) x.hazard(HAZARD.rungForAnother, 0, runs);
}

/** R2 found no receive area: there is none, or it is not mapped yet. */
export function noteNoArea(x: KernelContext): void {
  const isTold = x.mem.get64(x.kw + PARAM) !== 0;
  x.hazard(isTold ? HAZARD.tooEarly : HAZARD.deafKernel, 0, x.kernel);
}

/** R4 found no message in the slot. */
export function noteNoData(x: KernelContext, slot: number, size: number): void {
  if (size === 0 && x.observer.isBeingFilled(slot)) x.hazard(HAZARD.clearedUnderReader, slot);
}
