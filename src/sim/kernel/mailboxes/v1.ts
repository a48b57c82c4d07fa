import { ERRNO } from '../../base/errno.ts';
import { ROW } from '../../base/record.ts';
import { PAGE_SIZE, roundUp } from '../../base/units.ts';
import { CPU } from '../../machine/cpu.layout.ts';
import { DeliveryMode } from '../../machine/lapic.regs.ts';
import { routine } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { maskCpus } from '../instance-table.ts';
import { noteSlot } from '../ipi-hazards.ts';
import { irqWorkQueue } from '../irq-work.ts';
import { K, KERNEL_DATA_BYTES } from '../kernel.layout.ts';
import { allocPages } from '../kimage.ts';
import {
  MK_INSTANCE,
  MK_IPI_DATA,
  MK_IPI_HANDLER,
  MK_MAX_DATA_SIZE,
  MULTIKERNEL_VECTOR,
} from '../mk.layout.ts';
import { parameter } from '../parameter.ts';
import { fillSlot } from './fill.ts';

/**
 * The mailbox of the first posting (v1 4/7 and 5/7): one area for all kernels, a slot for each CPU.
 * Rows are those of the specification, mailboxes §2.
 *
 * Model: v1 has no messages, only bytes for a CPU; those of v2 run on top. A send names an instance,
 * and the first CPU of that is the CPU the published function is called with.
 */
const SOURCE = 'kernel/multikernel.c';
const SLOT = MK_IPI_DATA.at;

/** Bytes of the slots, and of what is mapped: a page more that nobody uses. */
const slotBytes = (x: KernelContext): number => MK_IPI_DATA.size * x.sys.settings.nrCpus;
const areaBytes = (x: KernelContext): number => slotBytes(x) + PAGE_SIZE;

/** Number, in the running kernel, of the CPU that a message to an instance goes to; -1 for none. */
function cpuOf(x: KernelContext, id: number): number {
  const host = x.sys.kernels[0]!;
  const { cpus } = x.state;
  if (id === 0) {
    // Where number and APIC id are the same, if there is such a CPU: anywhere else nobody reads.
    const own = cpus.flatMap((cpu, logical) => (isHosts(x, cpu) ? [{ cpu, logical }] : []));
    const same = own.find(({ cpu, logical }) => apicOf(x, cpu) === logical && logical > 0);
    return (same ?? own[0])?.logical ?? -1;
  }
  const found = host.instances.find(
    ({ addr }) => addr !== 0 && x.mem.peek32(addr + MK_INSTANCE.at.id) === id,
  );
  const [first] = found ? maskCpus(x, found.addr) : [];
  return first === undefined ? -1 : cpus.indexOf(host.cpus[first] ?? -1);
}
const apicOf = (x: KernelContext, cpu: number): number => x.H[cpu * CPU.stride + CPU.apicId]!;
const isHosts = (x: KernelContext, cpu: number): boolean =>
  x.H[cpu * CPU.stride + CPU.kernel] === 0;

const ID = 0;
const DATA = 1;
const SIZE = 2;
const TYPE = 3;
const TARGET = 4;
const AT = 5;
const SERIAL = 6;

/** multikernel_send_ipi_data of v1, rows P1 to P9. Takes no lock and no reference. */
export const sendV1 = routine<KernelContext>({
  name: 'multikernel_send_ipi_data (v1)',
  source: SOURCE,
  buffered: true,
  locals: ['id', 'data', 'size', 'type', 'cpu', 'slot', 'serial'],
  steps: [
    {
      id: 'P1',
      label: 'target',
      text: 'the CPU must be one that this kernel could have',
      run(x) {
        const cpu = cpuOf(x, x.get(ID));
        if (cpu < 0 || cpu >= x.mem.peek32(x.k + K.nr_cpu_ids)) return x.ret(-ERRNO.EINVAL);
        x.set(TARGET, cpu);
      },
    },
    {
      id: 'P2',
      label: 'size',
      text: 'refuse more than 256 bytes',
      cost: 1,
      run(x) {
        if (x.get(SIZE) > MK_MAX_DATA_SIZE) x.ret(-ERRNO.EINVAL);
      },
    },
    {
      id: 'P3',
      label: 'area',
      text: 'there must be an area',
      cost: 1,
      run(x) {
        const area = x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
        if (area === 0) return x.ret(-ERRNO.ENOMEM);
        x.set(AT, area);
      },
    },
    {
      id: 'P4',
      label: 'slot',
      text: 'the slot has the number of the CPU in this kernel',
      cost: 1,
      run(x) {
        x.set(AT, x.get(AT) + MK_IPI_DATA.size * x.get(TARGET));
      },
    },
    {
      id: 'P5',
      label: 'slot.size',
      text: 'write data_size; what the slot held stays',
      cost: 2,
      local: false,
      run(x) {
        x.mem.write64(x.get(AT) + SLOT.data_size, x.get(SIZE));
        beginV1(x);
      },
    },
    {
      id: 'P6',
      label: 'slot.sender',
      text: 'write sender_cpu, the APIC id of this CPU',
      cost: 3,
      local: false,
      run(x) {
        x.mem.write32(x.get(AT) + SLOT.sender_cpu, x.physical);
      },
    },
    {
      id: 'P7',
      label: 'slot.type',
      text: 'write type, cut to 32 bits',
      cost: 2,
      local: false,
      run(x) {
        x.mem.write32(x.get(AT) + SLOT.type, x.get(TYPE));
        if (x.get(TYPE) > 0xffff_ffff) x.hazard(HAZARD.typeTruncated, x.get(AT), x.get(TYPE) | 0);
      },
    },
    {
      id: 'P8',
      label: 'slot.data',
      text: 'copy the data; bytes behind it, or all of them without data, are the old ones',
      cost: 8,
      local: false,
      run(x) {
        fillSlot(x, x.get(AT) + SLOT.buffer, x.get(DATA), x.get(SIZE), x.get(SERIAL));
      },
    },
    {
      id: 'P9',
      label: 'icr',
      text: 'write the ICR: vector 0xea to that CPU, and return 0',
      cost: 42,
      local: false,
      run(x) {
        // The x2APIC driver fences before it writes the ICR.
        x.mem.fence();
        ringV1(x);
      },
    },
  ],
});

/** The observer's part of P5: from here on the header belongs to nobody; payload bytes stay whose they are. */
export function beginV1(x: KernelContext): void {
  const slot = x.get(AT);
  noteSlot(x, slot, x.mem.note(slot + SLOT.buffer));
  x.set(SERIAL, x.observer.begin(x.now, x.cpu, x.kernel, x.get(ID), slot));
  x.mem.sign(slot + SLOT.buffer, 0, -1);
}

/** P9 without the fence before it. */
export function ringV1(x: KernelContext): void {
  const data = x.get(DATA);
  const word = data === 0 ? 0 : x.at(data);
  const subtype = word === 0 ? 0 : x.mem.M[word + 1]!;
  x.observer.sent(x.get(SERIAL), x.get(TYPE) | 0, subtype, x.get(SIZE), word);
  x.mem.poke32(x.k + K.sent, x.mem.peek32(x.k + K.sent) + 1);
  x.row(ROW.sent, x.get(AT), x.get(TYPE), subtype, x.get(SERIAL));
  const apic = x.mem.peek32(x.k + K.cpu_to_apicid + 4 * x.get(TARGET));
  x.sendIpi(apic, DeliveryMode.fixed, MULTIKERNEL_VECTOR);
  if (apic !== x.get(TARGET)) x.hazard(HAZARD.wrongSlot, x.get(AT), apic);
  x.ret(0);
}

const R_SLOT = 0;
const R_NEXT = 1;

/** multikernel_interrupt_handler of v1, rows C1 to C6: every handler, whatever the type. */
export const interruptEntryV1 = routine<KernelContext>({
  name: 'multikernel_interrupt_handler (v1)',
  source: SOURCE,
  locals: ['slot', 'handler'],
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
      id: 'C1',
      label: 'area',
      text: 'there must be an area; an error line says so if not',
      run(x) {
        const area = x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
        x.set(R_SLOT, area);
        if (area !== 0) return;
        x.log('ipi.no_area', x.logical);
        x.hazard(HAZARD.tooEarly, 0, x.kernel);
        x.ret();
      },
    },
    {
      id: 'C2',
      label: 'slot',
      text: 'the slot has the number of this APIC; nobody checks it',
      cost: 2,
      run(x) {
        const apic = x.physical;
        x.set(R_SLOT, x.get(R_SLOT) + MK_IPI_DATA.size * apic);
        if (apic >= x.sys.settings.nrCpus)
          x.hazard(HAZARD.slotIndexOutOfRange, x.get(R_SLOT), apic);
      },
    },
    {
      id: 'C3',
      label: 'read.header',
      text: 'read sender_cpu and type, and log them',
      cost: 30,
      local: false,
      run(x) {
        const slot = x.get(R_SLOT);
        const sender = x.mem.read32(slot + SLOT.sender_cpu);
        const type = x.mem.read32(slot + SLOT.type) >>> 0;
        x.log('ipi.received', x.logical, x.physical, sender, type);
      },
    },
    {
      id: 'C4',
      label: 'lock',
      text: 'take the lock of the handler list',
      run(x) {
        x.set(R_NEXT, x.mem.peek64(x.k + K.mk_handlers));
      },
    },
    {
      id: 'C5',
      label: 'queue',
      text: 'every handler gets its irq_work queued: neither type nor size is looked at',
      cost: 6,
      local: false,
      run(x) {
        const handler = x.get(R_NEXT);
        if (handler === 0) return;
        if (!irqWorkQueue(x, handler)) x.hazard(HAZARD.workPending, x.get(R_SLOT), handler);
        x.mem.poke64(handler + MK_IPI_HANDLER.at.saved_data, x.get(R_SLOT));
        x.set(R_NEXT, x.mem.peek64(handler + MK_IPI_HANDLER.at.next));
        x.stay();
      },
    },
    {
      id: 'C6',
      label: 'unlock',
      text: 'release the lock and return; the slot stays as it is',
      cost: 6,
      run(x) {
        x.ret();
      },
    },
  ],
});

/** Every kernel clears the slots when it starts, whoever waits in them (hazard V4). */
function clearSlots(x: KernelContext, area: number): void {
  for (let slot = area; slot < area + slotBytes(x); slot += MK_IPI_DATA.size) {
    const serial = x.mem.note(slot + SLOT.buffer);
    const waits = serial > 0 && !x.observer.isWhole(serial);
    if (waits || x.observer.isBeingFilled(slot)) x.hazard(HAZARD.bootWipe, slot, serial);
    x.mem.setNote(slot + SLOT.buffer, 0);
    x.mem.setNote(slot + SLOT.buffer + 16, 0);
  }
  x.mem.fill(area, 0, slotBytes(x));
  x.mem.poke64(x.k + K.mk_this_kernel_ipi_data, area);
  x.log('ipi.initialized', area);
}

/** multikernel_init of v1 on the host: takes the area from its own memory. */
export const hostInitV1 = routine<KernelContext>({
  name: 'multikernel_init (v1)',
  source: SOURCE,
  locals: [],
  steps: [
    {
      id: 'area',
      text: 'take the area from low memory, clear its slots, say where it is',
      cost: 900,
      local: false,
      run(x) {
        const area = allocPages(x, roundUp(areaBytes(x), PAGE_SIZE));
        if (area !== 0) clearSlots(x, area);
        x.ret(0);
      },
    },
  ],
});

const NUMBER = /^(0x[0-9a-f]+|\d+)$/i;

/** The same on a spawned kernel: the area it was told of, else one of its own that nobody knows. */
export function spawnedInitV1(x: KernelContext): void {
  const text = parameter(x, 'mk_shared_memory') ?? '';
  const named = NUMBER.test(text) ? Number(text) : 0;
  if (named !== 0 && x.mem.covers(named, areaBytes(x))) return clearSlots(x, named);
  clearSlots(x, x.k + KERNEL_DATA_BYTES);
}

/** What the administrator would copy from the host's log onto the command line. */
export const announceV1 = (x: KernelContext): string => {
  const area = x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
  const isOn = x.sys.settings.glue.has('ipi-param') && area !== 0;
  return isOn ? `mk_shared_memory=0x${area.toString(16)}` : '';
};
