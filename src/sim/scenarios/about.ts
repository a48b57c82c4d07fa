import type { KernelContext } from '../kernel/context.ts';
import { listInstances, viewInstance } from '../kernel/instance-object.ts';
import { K } from '../kernel/kernel.layout.ts';
import { logSentence } from '../kernel/log-events.ts';
import { MK_IPI_HANDLER, MK_PFN_IPI_TYPE } from '../kernel/mk.layout.ts';
import { CPU } from '../machine/cpu.layout.ts';
import type { About } from '../shell/ask.ts';
import { ownSlots, slotsOf, usedSlots } from '../world/areas.ts';
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
    // Read when it is asked for: writing out a thousand sentences takes longer than most commands.
    get log() {
      return readLog(world.lookAt(kernel)).map((record) => ({
        timeNs: record.time,
        cpu: record.cpu,
        level: record.event.level,
        key: record.event.key,
        text: logSentence(record),
      }));
    },
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
  const own = ownSlots(world, kernel, 0);
  const areas = own ? [{ instance: x.state.name, slots: own }] : [];
  for (const addr of listInstances(x)) {
    const { id, name } = viewInstance(x, addr);
    const slots = slotsOf(world, kernel, id, addr);
    if (slots) areas.push({ instance: name, slots });
  }
  return areas.map(({ instance, slots }) => ({
    instance,
    start: slots.start,
    slots: usedSlots(world, slots),
  }));
}
