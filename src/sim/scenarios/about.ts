import type { KernelContext } from '../kernel/context.ts';
import { listInstances, viewInstance } from '../kernel/instance-object.ts';
import { K } from '../kernel/kernel.layout.ts';
import { logSentence } from '../kernel/log-events.ts';
import { MK_IPI_DATA, MK_IPI_HANDLER, MK_PFN_IPI_TYPE } from '../kernel/mk.layout.ts';
import { CPU } from '../machine/cpu.layout.ts';
import type { About } from '../shell/ask.ts';
import { areaStart } from '../world/areas.ts';
import { readLog } from '../world/log-read.ts';
import type { World } from '../world/world.ts';
import { statsOf } from './stats.ts';

/** What a kernel's console can know that no file shows. */
export function about(world: World, kernel: number): About {
  const x = world.lookAt(kernel);
  const { settings } = world;
  return {
    kernel: x.state.name,
    isHost: kernel === 0,
    timeNs: world.machine.now,
    profile: settings.profile,
    glue: [...world.sys.settings.glue],
    instances: listInstances(x).map((addr) => {
      const view = viewInstance(x, addr);
      return { ...view, loaded: view.kimage !== 0 };
    }),
    log: readLog(x).map((record) => ({
      timeNs: record.time,
      cpu: record.cpu,
      level: record.event.level,
      key: record.event.key,
      text: logSentence(record),
    })),
    handlers: handlersOf(x),
    stats: { ...statsOf(world) },
    areas: areasOf(world, kernel),
    cpus: x.state.cpus.map((cpu, id) => {
      const h = cpu * CPU.stride;
      return {
        id,
        apicId: x.H[h + CPU.apicId]!,
        online: x.H[h + CPU.kernel] === kernel,
        calls: x.H[h + CPU.countCall]!,
        irqWork: x.H[h + CPU.countIrqWork]!,
      };
    }),
  };
}

function handlersOf(x: KernelContext): About['handlers'] {
  const handlers: { type: number; what: string }[] = [];
  let at = x.mem.peek64(x.k + K.mk_handlers);
  while (at !== 0 && handlers.length < 4096) {
    const type = x.mem.peek32(at + MK_IPI_HANDLER.at.ipi_type) >>> 0;
    handlers.push({ type, what: type === MK_PFN_IPI_TYPE ? 'raw, PFN' : 'messages' });
    at = x.mem.peek64(at + MK_IPI_HANDLER.at.next);
  }
  return handlers;
}

/** Areas a kernel knows: its own and, by its map, those of the instances. */
function areasOf(world: World, kernel: number): About['areas'] {
  const x = world.lookAt(kernel);
  const areas: { instance: string; start: number }[] = [];
  const own = x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
  if (own !== 0) areas.push({ instance: x.state.name, start: own });
  for (const addr of listInstances(x)) {
    const { id, name } = viewInstance(x, addr);
    const start = areaStart(world, kernel, id);
    if (start !== 0) areas.push({ instance: name, start });
  }
  return areas.map((area) => ({ ...area, slots: usedSlots(world, area.start) }));
}

/** Slots of an area that are not all zero, with their bytes. */
function usedSlots(
  world: World,
  start: number,
): readonly { readonly slot: number; readonly bytes: Uint8Array }[] {
  const { nrCpus } = world.sys.settings;
  return Array.from({ length: nrCpus }, (_, slot) => ({
    slot,
    bytes: world.mem.peek(start + slot * MK_IPI_DATA.size, MK_IPI_DATA.size),
  })).filter(({ bytes }) => bytes.some((byte) => byte !== 0));
}
