import { ERRNO } from '../../base/errno.ts';
import { PAGE_SIZE } from '../../base/units.ts';
import { CPU } from '../../machine/cpu.layout.ts';
import { DeliveryMode } from '../../machine/lapic.regs.ts';
import { routine } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { K } from '../kernel.layout.ts';
import { allocPages, freePage, imagesInMemory } from '../kimage.ts';
import { MULTIKERNEL_VECTOR } from '../mk.layout.ts';
import type { Kimage } from '../system.ts';
import { interruptEntryN3 } from './ring-n3-receive.ts';
import { spawnedKnowsN3 } from './ring-n3-start.ts';
import { firstApic, forgetRing, ringAtLoad } from './ring-shared.ts';
import { RING_N3_BYTES } from './ring.layout.ts';
import { idrFind } from '../instance-table.ts';

/**
 * Doorbells (specification, mailboxes §5): pending bits in shared memory and a bare 0xea. They lie in
 * the virtio table of an instance; the ring of N3 stays beside them. Model: a table has one device,
 * and what its queues carry is not played: a bell that is heard is logged.
 */
const SOURCE = 'kernel/multikernel/doorbell.c';
const TABLE_BYTES = 4096 + 16 * 1024;
const ENTRY = 4096;
/** Offsets in the table, and in the entry of its device. */
const TABLE = {
  doorbell_cpu: 16,
  status: ENTRY + 32,
  kick_pending: ENTRY + 48,
  call_pending: ENTRY + 56,
  queues: ENTRY + 384,
} as const;
const QUEUE = { size: 64, enable: 32, call_cpu: 40 } as const;
const QUEUES = 8;
const DRIVER_OK = 4;

/** The table of an image, as the kernel that runs from it or the host knows it; 0 for none. */
function tableOf(x: KernelContext, id: number): number {
  const images = imagesInMemory(x.sys.kernels[0]!);
  return images.find(({ mkId }) => mkId === id)?.table ?? 0;
}

const ID = 0;
const BIT = 1;
const TABLE_ = 2;
const DEST = 3;

/** Rings a queue of an instance: from the host to it, or, on the instance's kernel, to the host. */
export const ringBell = routine<KernelContext>({
  name: 'mk_doorbell_ring',
  source: SOURCE,
  buffered: true,
  locals: ['id', 'queue', 'table', 'dest'],
  steps: [
    {
      id: 'P1',
      label: 'table',
      text: 'the table of the instance; neither its id nor a lock is needed once it is known',
      cost: 6,
      local: false,
      run(x) {
        const own = x.kernel === 0 ? x.get(ID) : x.state.instanceId;
        const table = tableOf(x, own);
        if (table === 0 || x.get(BIT) >= QUEUES) return x.ret(-ERRNO.ENODEV);
        x.set(TABLE_, table);
        const at = x.kernel === 0 ? queueAt(table, x.get(BIT)) + QUEUE.call_cpu : 0;
        const named = at === 0 ? 0 : x.mem.read64(at);
        const instance = x.kernel === 0 ? idrFind(x, own) : 0;
        x.set(DEST, named !== 0 || instance === 0 ? named : firstApic(x, instance));
      },
    },
    {
      id: 'P2',
      label: 'set.bit',
      text: 'set the bit of the queue, with a locked instruction',
      cost: 18,
      local: false,
      run(x) {
        const word = x.kernel === 0 ? TABLE.call_pending : TABLE.kick_pending;
        const at = x.get(TABLE_) + word;
        x.mem.fence();
        x.mem.locked32(at, x.mem.read32(at) | (1 << x.get(BIT)));
      },
    },
    {
      id: 'P3',
      label: 'icr',
      text: 'write the ICR: a bare 0xea, to a CPU that nobody checks',
      cost: 40,
      local: false,
      run(x) {
        if (x.kernel > 0) x.set(DEST, x.mem.read64(x.get(TABLE_) + TABLE.doorbell_cpu));
        x.sendIpi(x.get(DEST), DeliveryMode.fixed, MULTIKERNEL_VECTOR);
        x.ret(0);
      },
    },
  ],
});

const queueAt = (table: number, queue: number): number => table + TABLE.queues + QUEUE.size * queue;

/** Takes the pending bits of a word: xchg with 0. */
function take(x: KernelContext, at: number): number {
  x.mem.fence();
  const bits = x.mem.read32(at) >>> 0;
  if (bits !== 0) x.mem.locked32(at, 0);
  return bits;
}

/** One scan of a table, by the side that is rung. What no queue or no device wants is gone. */
function scan(x: KernelContext, table: number): void {
  const isHost = x.kernel === 0;
  const bits = take(x, table + (isHost ? TABLE.kick_pending : TABLE.call_pending));
  if (bits === 0) return;
  const wanted = isHost
    ? (x.mem.read32(table + TABLE.status) & DRIVER_OK) === 0
      ? 0
      : bits
    : enabled(x, table, bits);
  if (wanted !== bits) x.hazard(HAZARD.bellForNobody, table, bits & ~wanted);
  if (wanted !== 0) x.log('ipi.bell', x.logical, wanted);
}

function enabled(x: KernelContext, table: number, bits: number): number {
  let wanted = 0;
  for (let queue = 0; queue < QUEUES; queue++)
    if ((bits & (1 << queue)) !== 0 && x.mem.read32(queueAt(table, queue) + QUEUE.enable) !== 0)
      wanted |= 1 << queue;
  return wanted;
}

/** The handler of 0xea: first every registered scan, then the ring. */
export const interruptEntryBell = routine<KernelContext>({
  name: 'multikernel_interrupt_handler (doorbell)',
  source: SOURCE,
  buffered: true,
  locals: [],
  steps: [
    {
      id: 'eoi',
      text: 'write EOI: from here on 0xea can be pending again',
      cost: 12,
      run(x) {
        x.eoi();
        x.H[x.h + CPU.countCall]!++;
      },
    },
    {
      id: 'C2',
      label: 'scan',
      text: 'every registered scan takes its pending bits, whoever was meant',
      cost: 14,
      local: false,
      run(x) {
        if (x.mem.peek32(x.k + K.doorbell_scans) === 0) return;
        const images = x.kernel === 0 ? x.sys.kernels[0]!.kimages : [];
        const tables = x.kernel === 0 ? images.map(({ table }) => table ?? 0) : [ownTable(x)];
        for (const table of tables) if (table !== 0) scan(x, table);
      },
    },
    {
      id: 'C1',
      label: 'drain',
      text: 'then the ring is drained',
      cost: 2,
      run(x) {
        x.call(interruptEntryN3);
        x.goto(interruptEntryN3.at.C1!);
      },
    },
    {
      id: 'done',
      text: 'return',
      cost: 2,
      run(x) {
        x.ret();
      },
    },
  ],
});

const ownTable = (x: KernelContext): number => tableOf(x, x.state.instanceId);

/** At load: the ring as before, and the table of the instance, cleared. */
export function tableAtLoad(x: KernelContext, image: number): void {
  ringAtLoad(RING_N3_BYTES)(x, image);
  const table = allocPages(x, TABLE_BYTES);
  if (table === 0) return;
  x.mem.zero(table, TABLE_BYTES);
  // CPU 0 of the host is the device's; its scan is there as long as the host runs.
  x.mem.poke64(table + TABLE.doorbell_cpu, x.H[CPU.apicId]!);
  x.mem.poke32(x.k + K.doorbell_scans, 1);
  x.update({
    kimages: x.state.kimages.map((each) => (each.addr === image ? { ...each, table } : each)),
  });
}

/** At kimage_free. */
export function forgetTable(x: KernelContext, image: Kimage): void {
  forgetRing(x, image);
  if (image.table === undefined) return;
  for (let page = image.table; page < image.table + TABLE_BYTES; page += PAGE_SIZE)
    freePage(x, page);
}

/** A spawned kernel registers its scan late: bits that were set before wait for the next interrupt. */
export const spawnedRegistersBell = routine<KernelContext>({
  name: 'mk_doorbell_register',
  source: SOURCE,
  locals: [],
  steps: [
    {
      id: 'self',
      text: 'know itself and the host',
      cost: 4,
      run(x) {
        x.call(spawnedKnowsN3);
      },
    },
    {
      id: 'driver',
      text: 'enable two queues and say that the driver is there',
      cost: 60,
      local: false,
      run(x) {
        const table = ownTable(x);
        if (table === 0) return x.ret(0);
        for (const queue of [0, 1]) x.mem.write32(queueAt(table, queue) + QUEUE.enable, 1);
        x.mem.write32(table + TABLE.status, DRIVER_OK);
      },
    },
    {
      id: 'register',
      text: 'register the scan; nothing is scanned now',
      cost: 20,
      local: false,
      run(x) {
        x.mem.poke32(x.k + K.doorbell_scans, 1);
        const waiting = x.mem.peek32(ownTable(x) + TABLE.call_pending);
        if (waiting !== 0) x.hazard(HAZARD.bellTooEarly, ownTable(x), waiting);
        x.ret(0);
      },
    },
  ],
});
