import { Refused } from '../../base/assert.ts';
import { toHex } from '../../base/hex.ts';
import { nextRandom, seedRandom } from '../../base/rng.ts';
import { sendMessage } from '../../kernel/messaging.ts';
import type { World, WorldSnapshot } from '../world.ts';
import { Footprint } from './footprint.ts';
import { WorldModel } from './world-model.ts';

/** Schedules drawn at random to find out what schedules change. */
const WALKS = 24;
const WALK_STEPS_MAX = 100_000;

/** A message some schedule sends: what its receiver should be given. */
export interface SentMessage {
  readonly cpu: number;
  readonly type: number;
  readonly subtype: number;
  /** Hex digits. */
  readonly payload: string;
}

/** What is known of a world before it is explored. */
export interface Survey {
  readonly footprint: Footprint;
  /** Messages in order of CPU, those of one CPU in the order they are sent. */
  readonly messages: readonly SentMessage[];
}

/**
 * Puts a world to the start of an exploration: chosen mode, held commands let go, every CPU at its
 * first step that another could come between. Nothing is recorded any more. Answers that moment.
 */
export function beginExploring(world: World): WorldSnapshot {
  const { machine, mem, x } = world;
  if (machine.flights.count > 0) throw new Refused('an interrupt is still on its way');
  mem.listener = null;
  x.recorder = null;
  machine.instant = true;
  world.release();
  const model = new WorldModel(world, new Footprint(world, world.snapshot(), true));
  for (let cpu = 0; cpu < machine.cpus; cpu++) model.runPrivate(cpu);
  return world.snapshot();
}

/** Puts the world back to a moment, whatever an exploration has done to it; all pages are clean then. */
export function restoreTo(world: World, start: WorldSnapshot): void {
  world.mem.markAll();
  world.restore(start);
  world.machine.halt = false;
}

/** Finds out, by schedules drawn at random, what can change and what is sent. */
export function survey(world: World, start: WorldSnapshot): Survey {
  const footprint = new Footprint(world, start, start.cold.tasks.length > 0);
  const messages = new Map<number, SentMessage[]>();
  let random = seedRandom(1);
  restoreTo(world, start);
  for (let walk = 0; walk < WALKS; walk++) {
    world.restore(start);
    const sent: SentMessage[] = [];
    let actions = moves(world);
    for (let step = 0; actions.length > 0 && step < WALK_STEPS_MAX; step++) {
      random = nextRandom(random);
      const action = actions[(random >>> 8) % actions.length]!;
      noteMessage(world, action, sent);
      act(world, action);
      world.dispatch();
      footprint.audit();
      actions = moves(world);
    }
    // Where the design can refuse a message, a walk may have sent others than another.
    for (const cpu of new Set(sent.map((each) => each.cpu))) {
      const own = sent.filter((each) => each.cpu === cpu);
      if (own.length > (messages.get(cpu)?.length ?? 0)) messages.set(cpu, own);
    }
  }
  restoreTo(world, start);
  return { footprint, messages: [...messages.values()].flat().sort((a, b) => a.cpu - b.cpu) };
}

/** What can happen next, at the grain of single steps. */
function moves(world: World): number[] {
  const { machine } = world;
  const found: number[] = [];
  for (let cpu = 0; cpu < machine.cpus; cpu++) {
    if (!machine.canStep(cpu)) continue;
    if (machine.pcOf(cpu) >= 0) found.push(2 * cpu);
    if (machine.takes(cpu) >= 0) found.push(2 * cpu + 1);
  }
  const { stores } = machine;
  if (stores)
    for (let cpu = 0; cpu < machine.cpus; cpu++)
      if (stores.count(cpu) > 0) found.push(2 * machine.cpus + cpu);
  return found;
}

/** Takes an action, by the numbers of {@link WorldModel}. */
function act({ machine }: World, action: number): void {
  if (action >= 2 * machine.cpus) machine.drain(action - 2 * machine.cpus);
  else machine.choose(action >> 1, (action & 1) === 1);
}

const [TYPE, SUBTYPE, PAYLOAD, LENGTH] = ['msg_type', 'subtype', 'payload', 'payload_len'].map(
  (name) => sendMessage.locals.indexOf(name),
) as [number, number, number, number];

/** A CPU that is about to give a message's memory back, and was not told of an error, has sent it. */
function noteMessage(world: World, action: number, messages: SentMessage[]): void {
  const { machine, mem } = world;
  const cpu = action >> 1;
  if (action >= 2 * machine.cpus) return;
  if ((action & 1) === 1 || machine.pcOf(cpu) !== sendMessage.at.M7) return;
  const core = machine.select(cpu);
  if (core.result < 0) return;
  const payload = core.get(PAYLOAD);
  const length = core.get(LENGTH);
  const bytes = payload === 0 ? new Uint8Array(length) : mem.peek(payload, length);
  messages.push({
    cpu,
    type: core.get(TYPE) >>> 0,
    subtype: core.get(SUBTYPE) >>> 0,
    payload: toHex(bytes),
  });
}
