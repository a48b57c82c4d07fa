import { CPU, MODE_NAMES } from '../machine/cpu.layout.ts';
import { STORE_DRAIN } from '../machine/flights.ts';
import { DeliveryMode } from '../machine/lapic.regs.ts';
import { MULTIKERNEL_VECTOR } from '../kernel/mk.layout.ts';
import { STAT } from '../kernel/observer.ts';
import { slotsOf, usedSlots } from './areas.ts';
import { stackOf, vectorsOf } from './cpu-view.ts';
import type { AreaFrame, CpuFrame, FlightFrame, KernelFrame, MessageFrame } from './frame.ts';
import { hostInstances } from './instances.ts';
import { readMessage } from './messages.ts';
import type { World } from './world.ts';

/** Newest messages a frame shows. */
const MESSAGES_SHOWN = 48;

/**
 * Kernels as the page lists them: the host, then every instance of the host's list, whether or not
 * its kernel runs yet, then kernels whose instance is gone.
 */
export function kernelFrames(world: World): Omit<KernelFrame, 'console' | 'busy'>[] {
  const { kernels } = world.sys;
  const host = { ...named(world, 0), state: 'running' };
  const instances = hostInstances(world).map((view) => {
    const index = kernels.findIndex((kernel, i) => i > 0 && kernel.instanceId === view.id);
    const cpus = view.cpus.map((logical) => kernels[0]!.cpus[logical] ?? -1);
    return {
      index,
      name: view.name,
      instanceId: view.id,
      running: kernels[index]?.running ?? false,
      state: view.state,
      cpus,
    };
  });
  const shown = new Set(instances.map(({ instanceId }) => instanceId));
  const orphans = kernels
    .map((_, i) => i)
    .filter((i) => i > 0 && !shown.has(kernels[i]!.instanceId))
    .map((i) => ({ ...named(world, i), state: 'removed' }));
  return [host, ...instances, ...orphans].map((kernel, index) => ({ ...kernel, index }));
}

function named(world: World, kernel: number) {
  const { name, instanceId, cpus, running } = world.sys.kernels[kernel]!;
  const { H } = world.machine;
  const own = cpus.filter((cpu) => H[cpu * CPU.stride + CPU.kernel] === kernel);
  return { index: kernel, name, instanceId, running, cpus: own };
}

/** CPUs, each with its owner as an index into `kernels`. */
export function cpuFrames(
  world: World,
  kernels: readonly Pick<KernelFrame, 'name' | 'cpus' | 'instanceId'>[],
): CpuFrame[] {
  const { H, cpus } = world.machine;
  return Array.from({ length: cpus }, (_, id) => {
    const h = id * CPU.stride;
    const owner = H[h + CPU.kernel]!;
    const name = world.sys.kernels[owner]?.name;
    const kernel =
      owner >= 0
        ? kernels.findIndex((each) => each.name === name)
        : kernels.findIndex((each) => each.instanceId > 0 && each.cpus.includes(id));
    return {
      id,
      apicId: H[h + CPU.apicId]!,
      kernel,
      logical: H[h + CPU.logical]!,
      mode: MODE_NAMES[H[h + CPU.mode]!] ?? 'offline',
      interruptsOn: H[h + CPU.interruptsOn] === 1,
      irr: vectorsOf(H, h + CPU.irr),
      isr: vectorsOf(H, h + CPU.isr),
      tpr: H[h + CPU.tpr]!,
      svr: H[h + CPU.svr]!,
      icrLow: H[h + CPU.icrLow]!,
      icrHigh: H[h + CPU.icrHigh]!,
      stack: stackOf(world, id),
      countCall: H[h + CPU.countCall]!,
      countIrqWork: H[h + CPU.countIrqWork]!,
      held: world.cold.tasks.filter((task) => task.cpu === id && task.held).map((t) => t.label),
    };
  });
}

const KINDS: Readonly<Record<number, FlightFrame['kind']>> = {
  [DeliveryMode.fixed]: 'fixed',
  [DeliveryMode.nmi]: 'nmi',
  [DeliveryMode.init]: 'init',
  [DeliveryMode.startup]: 'startup',
};

export function flightFrames(world: World): FlightFrame[] {
  const last = world.observer.stat(STAT.serial);
  return world.machine.flights
    .list()
    .filter(({ delivery }) => delivery !== STORE_DRAIN)
    .map((flight) => {
      const message =
        flight.vector === MULTIKERNEL_VECTOR ? lastFrom(world, flight.sender, last) : undefined;
      return {
        serial: flight.serial,
        from: flight.sender,
        to: flight.target,
        vector: flight.vector,
        kind: KINDS[flight.delivery] ?? 'fixed',
        sentNs: flight.sent,
        arrivesNs: flight.at,
        messageType: message?.type ?? 0,
        messageSubtype: message?.subtype ?? 0,
      };
    });
}

/** The newest message a CPU sent, among the last few. */
function lastFrom(world: World, cpu: number, last: number) {
  for (let n = last; n > Math.max(0, last - 64); n--) {
    const message = readMessage(world, n);
    if (message?.fromCpu === cpu) return message;
  }
  return undefined;
}

/** Shared areas the host knows, with the slots that hold something. */
export function areaFrames(world: World): AreaFrame[] {
  return hostInstances(world).flatMap(({ id, name, addr }) => {
    const slots = slotsOf(world, 0, id, addr);
    if (!slots) return [];
    const { start, count, target, layout } = slots;
    const used = usedSlots(world, slots);
    const ring = world.x.roles.slots === 'ring';
    const shape = { slots: count, slotBytes: layout.size, struct: layout.name, ring };
    return [{ instanceId: id, name, start, ...shape, target, used }];
  });
}

export function messageFrames(world: World): MessageFrame[] {
  const last = world.observer.stat(STAT.serial);
  const frames: MessageFrame[] = [];
  for (let n = Math.max(1, last - MESSAGES_SHOWN + 1); n <= last; n++) {
    const view = readMessage(world, n);
    if (!view) continue;
    const { outcome } = view;
    const lost = view.lies ? 'unread' : 'overwritten';
    frames.push({
      ...view,
      outcome: outcome === 'in-flight' ? 'sent' : outcome === 'lost' ? lost : outcome,
    });
  }
  return frames;
}
