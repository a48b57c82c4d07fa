import { ERRNO } from '../base/errno.ts';
import { CPU } from '../machine/cpu.layout.ts';
import { DeliveryMode } from '../machine/lapic.regs.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { isLive } from './heap.ts';
import { isOnline } from './hotplug.ts';
import { instanceId, instancePut } from './instance-object.ts';
import { firstCpu, instanceGet, maskCpus } from './instance-table.ts';
import { K } from './kernel.layout.ts';
import { kexecFinalize } from './kho-host.ts';
import { kimageAt } from './kimage.ts';
import { MK_INSTANCE } from './mk.layout.ts';

/**
 * Low memory a CPU starts in (facts 01 §3.4, §3.5), as our machine lays it out: the copy of the
 * trampoline, its marker and the address it jumps to.
 */
export const TRAMPOLINE = {
  page: 0x99,
  status: 0x99000 + 0xff0,
  kernel_phys_addr: 0x99000 + 0xff8,
} as const;

const START = 0;
const LOGICAL = 1;
const APIC = 2;

/** multikernel_kick_ap and do_multikernel_boot_cpu (facts 01 §3.2, §3.3). */
export const kickAp = routine<KernelContext>({
  name: 'multikernel_kick_ap',
  source: 'arch/x86/kernel/smpboot.c',
  locals: ['start', 'cpu', 'apic'],
  steps: [
    {
      id: 'apic',
      text: 'the CPU must have an APIC id that is present',
      cost: 40,
      run(x) {
        const cpu = x.state.cpus[x.get(LOGICAL)] ?? -1;
        if (cpu < 0) {
          x.log('smp.bad_apic', x.get(LOGICAL));
          return x.ret(-ERRNO.EINVAL);
        }
        x.set(APIC, x.H[cpu * CPU.stride + CPU.apicId]!);
        x.log('smp.kick', x.get(APIC), x.get(LOGICAL), x.get(START));
      },
    },
    {
      id: 'address',
      text: 'write the start address into the one trampoline all starts share',
      cost: 20,
      local: false,
      run(x) {
        x.mem.write64(TRAMPOLINE.kernel_phys_addr, x.get(START));
      },
    },
    {
      id: 'init',
      text: 'send INIT',
      cost: 200,
      local: false,
      run(x) {
        x.sendIpi(x.get(APIC), DeliveryMode.init, 0);
      },
    },
    {
      id: 'wait',
      text: 'wait; the real pause is 10 ms',
      cost: 5000,
      run: () => undefined,
    },
    {
      id: 'sipi',
      text: 'send SIPI with the page of the trampoline',
      cost: 200,
      local: false,
      run(x) {
        x.sendIpi(x.get(APIC), DeliveryMode.startup, TRAMPOLINE.page);
      },
    },
    {
      id: 'clear',
      text: 'clear the marker; nobody waits for the CPU to set it',
      cost: 20,
      local: false,
      run(x) {
        x.mem.write32(TRAMPOLINE.status, 0);
        x.log('smp.kicked', x.get(APIC));
        x.ret(0);
      },
    },
  ],
});

const ID = 0;
const IMAGE = 1;
const INSTANCE = 2;
const TARGET = 3;

/** reboot(2) with LINUX_REBOOT_CMD_MULTIKERNEL: multikernel_kexec_by_id (facts 01 §3.1). */
export const kexecById = routine<KernelContext>({
  name: 'multikernel_kexec_by_id',
  source: 'kernel/kexec_core.c',
  locals: ['mk_id', 'image', 'instance', 'cpu'],
  steps: [
    {
      id: 'lock',
      text: 'take the kexec lock, without waiting',
      lock: 'kexec_mutex',
      cost: 40,
      local: false,
      run(x) {
        const mutex = x.k + K.kexec_mutex;
        if (x.mem.peek32(mutex) !== 0) return x.ret(-ERRNO.EBUSY);
        x.mem.poke32(mutex, x.cpu + 1);
      },
    },
    {
      id: 'image',
      text: 'find the image by the id of its instance',
      cost: 40,
      run(x) {
        const id = x.get(ID);
        const instance = id <= 0 ? 0 : instanceGet(x, id);
        const image = instance === 0 ? 0 : x.mem.peek64(instance + MK_INSTANCE.at.kimage);
        if (instance !== 0) instancePut(x, instance);
        if (image === 0) {
          x.log('kexec.no_image', id);
          return unlock(x, -ERRNO.EINVAL);
        }
        // A load that failed half-way left the instance with a freed image (hazard K9).
        if (!isLive(x, image)) x.hazard(HAZARD.useAfterFree, image);
        x.set(IMAGE, image);
        x.set(INSTANCE, instance);
      },
    },
    {
      id: 'cpu',
      text: 'the first CPU of the instance is the one to start',
      cost: 20,
      run(x) {
        const instance = x.get(INSTANCE);
        const cpus = maskCpus(x, instance);
        if (cpus.length === 0) {
          x.log('kexec.no_cpus', instanceId(x, instance));
          return unlock(x, -ERRNO.EINVAL);
        }
        x.set(TARGET, firstCpu(x, instance));
        x.log('kexec.cpu_chosen', instanceId(x, instance), x.get(TARGET), cpus.join(','));
      },
    },
    {
      id: 'offline',
      text: 'it must not be online here; the others are not looked at',
      cost: 10,
      local: false,
      run(x) {
        if (!isOnline(x, x.get(TARGET))) {
          const left = maskCpus(x, x.get(INSTANCE)).find((cpu) => isOnline(x, cpu));
          if (left !== undefined) x.hazard(HAZARD.cpuStillOnline, x.get(INSTANCE), left);
          return;
        }
        x.log('kexec.cpu_online', x.get(TARGET));
        unlock(x, -ERRNO.EBUSY);
      },
    },
    {
      id: 'finalize',
      text: 'fill the hand-over page',
      cost: 10,
      run(x) {
        x.call(kexecFinalize, x.get(IMAGE));
      },
    },
    {
      id: 'finalized',
      text: 'a failure is only warned about',
      cost: 10,
      run(x) {
        if (x.result === 0) x.log('kexec.finalize_ok');
        else {
          x.log('kexec.finalize_failed', x.result);
          x.hazard(HAZARD.bootedWithoutHandOver, x.get(IMAGE), x.result);
        }
        const image = kimageAt(x, x.get(IMAGE));
        x.log('kexec.starting', x.get(ID), image?.entry ?? 0, x.get(TARGET));
        const role = x.roles.beforeStart;
        if (role) x.call(role, x.get(IMAGE));
      },
    },
    {
      id: 'kick',
      text: 'wake the CPU',
      cost: 10,
      run(x) {
        x.call(kickAp, kimageAt(x, x.get(IMAGE))?.entry ?? 0, x.get(TARGET));
      },
    },
    {
      id: 'return',
      text: 'release the lock; the state of the instance stays loading',
      lock: 'kexec_mutex',
      cost: 20,
      local: false,
      run(x) {
        unlock(x, x.result);
      },
    },
  ],
});

function unlock(x: KernelContext, code: number): void {
  x.mem.poke32(x.k + K.kexec_mutex, 0);
  x.ret(code);
}
