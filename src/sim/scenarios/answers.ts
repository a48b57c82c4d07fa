import { toHex } from '../base/hex.ts';
import { HAZARDS, hazardsOf } from '../kernel/hazards.ts';
import { findByName, listInstances, viewInstance } from '../kernel/instance-object.ts';
import { onlineCpus } from '../kernel/hotplug.ts';
import { K } from '../kernel/kernel.layout.ts';
import { MK_MESSAGE } from '../kernel/mk.layout.ts';
import { firstCpu, idrFind } from '../kernel/instance-table.ts';
import { ringWaiting } from '../kernel/mailboxes/ring-shared.ts';
import { STAT } from '../kernel/observer.ts';
import { CPU, MODE_NAMES } from '../machine/cpu.layout.ts';
import { ownSlots, slotsOf, type Slots } from '../world/areas.ts';
import { readLog } from '../world/log-read.ts';
import { readMessage } from '../world/messages.ts';
import { stackOf, vectorsOf } from '../world/cpu-view.ts';
import type { World } from '../world/world.ts';
import type { Answer, Answers, Kind } from './names.ts';
import { statsOf } from './stats.ts';

/** What consoles know and the world does not. */
export interface ConsoleFacts {
  status(kernel: string): number | undefined;
  output(kernel: string): string | undefined;
}

/** Bytes `memory(…)` may show at once. */
const MEMORY_MAX = 65536;

/** Reads a world's present moment for the expression language. */
export function answersOf(world: World, consoles: ConsoleFacts): Answers {
  return {
    stats: () => statsOf(world),
    time_ns: () => world.machine.now,
    step: () => world.machine.steps,
    hazards: () => statsOf(world).hazards,
    cpu: (n) => cpuAnswer(world, n),
    kernel: (name) => kernelAnswer(world, name),
    instance: (name) => instanceAnswer(world, name),
    slot: (kernel, cpu) => slotAnswer(world, kernel, cpu),
    memory(address, length) {
      if (length < 0 || length > MEMORY_MAX || !world.mem.covers(address, length)) return undefined;
      return toHex(world.mem.peek(address, length));
    },
    logged(kernel, key) {
      const index = world.kernelNamed(kernel);
      if (index < 0) return undefined;
      return readLog(world.lookAt(index)).filter((record) => record.event.key === key).length;
    },
    status: (kernel) => consoles.status(kernel),
    output: (kernel) => consoles.output(kernel),
    hazard(id) {
      const found = hazardsOf(id);
      if (found.length === 0) return undefined;
      return found.reduce((sum, each) => sum + world.observer.hazardCount(each.id), 0);
    },
    message: (n) => messageAnswer(world, n),
    known: (kind) => known(world, kind),
  };
}

function cpuAnswer(world: World, n: number): Answer<'Cpu'> | undefined {
  const { H, cpus } = world.machine;
  if (!Number.isInteger(n) || n < 0 || n >= cpus) return undefined;
  const h = n * CPU.stride;
  const owner = H[h + CPU.kernel]!;
  const top = stackOf(world, n).at(-1);
  return {
    id: n,
    apic: H[h + CPU.apicId]!,
    owner: world.sys.kernels[owner]?.name ?? '',
    mode: MODE_NAMES[H[h + CPU.mode]!] ?? 'offline',
    interrupts_on: H[h + CPU.interruptsOn] === 1,
    online: owner >= 0,
    irr: vectorsOf(H, h + CPU.irr),
    isr: vectorsOf(H, h + CPU.isr),
    routine: top?.routine ?? '',
    step: top?.label ?? '',
    interrupts: H[h + CPU.countCall]!,
    stores: world.machine.stores?.count(n) ?? 0,
  };
}

function kernelAnswer(world: World, name: string): Answer<'Kernel'> | undefined {
  const index = world.kernelNamed(name);
  if (index < 0) return undefined;
  const x = world.lookAt(index);
  const { state } = x;
  const cpus = onlineCpus(x).map((logical) => state.cpus[logical]!);
  const own = index === 0 ? undefined : listInstances(x)[0];
  const view = own === undefined ? undefined : viewInstance(x, own);
  return {
    name,
    running: state.running,
    boot_cpu: state.bootCpu,
    cpus,
    handled: x.mem.peek32(x.k + K.handled),
    sent: x.mem.peek32(x.k + K.sent),
    interrupts: cpus.reduce((sum, cpu) => sum + x.H[cpu * CPU.stride + CPU.countCall]!, 0),
    waiting: ringWaiting(x),
    sender_lock: x.mem.peek32(x.k + K.sender_lock) - 1,
    instance: {
      id: view?.id ?? 0,
      name: view?.name ?? '',
      state: view?.state ?? '',
      memory_bytes: view?.memoryBytes ?? 0,
      cpus: view?.cpus ?? [],
      dtb_size: view?.dtbSize ?? 0,
    },
  };
}

function instanceAnswer(world: World, name: string): Answer<'Instance'> | undefined {
  const x = world.lookAt(0);
  const addr = findByName(x, name);
  if (addr === 0) return undefined;
  const view = viewInstance(x, addr);
  return {
    id: view.id,
    name: view.name,
    state: view.state,
    refcount: view.refcount,
    memory_bytes: view.memoryBytes,
    cpus: view.cpus,
    dtb_size: view.dtbSize,
  };
}

/** Where the slots of a kernel are: of an instance as the host knows it, of the host its own. */
function slotsNamed(world: World, name: string): Slots | undefined {
  const x = world.lookAt(0);
  const addr = findByName(x, name);
  if (addr !== 0) return slotsOf(world, 0, viewInstance(x, addr).id, addr);
  const host = idrFind(x, 0);
  return name === 'host' ? ownSlots(world, 0, host === 0 ? 0 : firstCpu(x, host)) : undefined;
}

/** A slot: the one messages go to next, unless told. */
function slotNamed(
  world: World,
  kernel: string,
  cpu: number | undefined,
): { readonly slot: number; readonly layout: Slots['layout'] } | undefined {
  const area = slotsNamed(world, kernel);
  const number = cpu ?? area?.target ?? -1;
  if (!area || number < 0 || number >= area.count) return undefined;
  const { layout } = area;
  return { slot: area.start + number * layout.size, layout };
}

/** Where a slot lies, or a field of it or of the message in it; undefined where there is none. */
export function slotPlace(
  world: World,
  kernel: string,
  cpu: number | undefined,
  field: string | undefined,
): { readonly addr: number; readonly bytes: number } | undefined {
  const found = slotNamed(world, kernel, cpu);
  if (!found) return undefined;
  const { slot, layout } = found;
  if (field === undefined) return { addr: slot, bytes: layout.size };
  const { buffer } = layout.at;
  const head = layout.fields.find(({ name }) => name === field);
  if (head) return { addr: slot + head.offset, bytes: head.size };
  const inner = MK_MESSAGE.fields.find(({ name }) => name === field);
  const room = layout.size - buffer - MK_MESSAGE.at.payload;
  return inner && { addr: slot + buffer + inner.offset, bytes: inner.size || room };
}

function slotAnswer(
  world: World,
  kernel: string,
  cpu: number | undefined,
): Answer<'Slot'> | undefined {
  const found = slotNamed(world, kernel, cpu);
  if (!found) return undefined;
  const { slot, layout } = found;
  const { mem } = world;
  const { at } = layout;
  const message = slot + at.buffer;
  const length = mem.peek32(message + MK_MESSAGE.at.payload_len) >>> 0;
  const room = layout.size - at.buffer - MK_MESSAGE.at.payload;
  return {
    sender_cpu: mem.peek32(slot + at.sender_cpu),
    type: mem.peek32(slot + at.type) >>> 0,
    data_size: mem.peek64(slot + at.data_size),
    msg_type: mem.peek32(message + MK_MESSAGE.at.msg_type) >>> 0,
    msg_subtype: mem.peek32(message + MK_MESSAGE.at.msg_subtype) >>> 0,
    payload_len: length,
    payload: toHex(mem.peek(message + MK_MESSAGE.at.payload, Math.min(length, room))),
  };
}

function messageAnswer(world: World, n: number): Answer<'Message'> | undefined {
  const message = readMessage(world, n);
  if (!message) return undefined;
  return {
    id: message.id,
    from_cpu: message.fromCpu,
    to: message.toName,
    type: message.type,
    subtype: message.subtype,
    payload: message.payload,
    outcome: message.outcome,
  };
}

function known(world: World, kind: Kind): readonly (string | number)[] {
  switch (kind) {
    case 'cpu':
      return Array.from({ length: world.machine.cpus }, (_, cpu) => cpu);
    case 'kernel':
      return world.sys.kernels.map(({ name }) => name);
    case 'instance': {
      const x = world.lookAt(0);
      return listInstances(x).map((addr) => viewInstance(x, addr).name);
    }
    case 'hazard':
      return HAZARDS.map(({ key }) => key);
    case 'message': {
      const last = world.observer.stat(STAT.serial);
      return last === 0 ? [] : [`1 to ${last}`];
    }
  }
}
