import { ERRNO } from '../base/errno.ts';
import { ROW } from '../base/record.ts';
import { CPU, MODE } from '../machine/cpu.layout.ts';
import { resetLapic } from '../machine/lapic.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';

/** Machine number of a logical CPU of the running kernel, -1 when it has none. */
export const machineCpu = (x: KernelContext, logical: number): number =>
  x.state.cpus[logical] ?? -1;

/** cpu_online(): whether the running kernel has that logical CPU up. */
export function isOnline(x: KernelContext, logical: number): boolean {
  const cpu = machineCpu(x, logical);
  return cpu >= 0 && x.H[cpu * CPU.stride + CPU.kernel] === x.kernel;
}

/** Logical CPUs the running kernel has up, ascending. */
export const onlineCpus = (x: KernelContext): number[] =>
  x.state.cpus.map((_, logical) => logical).filter((logical) => isOnline(x, logical));

/** Takes a CPU from its kernel: no owner, interrupts off, local APIC software-disabled. */
function disownCpu(x: KernelContext, cpu: number): void {
  const h = cpu * CPU.stride;
  resetLapic(x.H, h);
  x.H[h + CPU.mode] = MODE.offline;
  x.H[h + CPU.interruptsOn] = 0;
  x.H[h + CPU.kernel] = -1;
  x.rowAt(ROW.mode, x.now, cpu, 0, MODE.offline, 0, 0);
  x.rowAt(ROW.owner, x.now, cpu, 0, -1, 0, 0);
}

/** Gives a CPU to a kernel, idle and listening. */
export function ownCpu(x: KernelContext, cpu: number, kernel: number, logical: number): void {
  const h = cpu * CPU.stride;
  x.H[h + CPU.kernel] = kernel;
  x.H[h + CPU.logical] = logical;
  x.H[h + CPU.svr] = 0x1ff;
  x.H[h + CPU.mode] = MODE.idle;
  x.H[h + CPU.interruptsOn] = 1;
  x.rowAt(ROW.owner, x.now, cpu, 0, kernel, 0, 0);
  x.rowAt(ROW.mode, x.now, cpu, 0, MODE.idle, 0, 0);
}

/**
 * remove_cpu(): CPU 0 is never hot-pluggable on x86 (-EPERM), the last one stays (-EBUSY). Model: a
 * CPU that runs a task of ours is busy too (-EBUSY); the real kernel would move the task away.
 */
export const removeCpu = routine<KernelContext>({
  name: 'remove_cpu',
  source: 'kernel/cpu.c',
  locals: ['logical'],
  steps: [
    {
      id: 'check',
      text: 'the CPU must be one that can go',
      cost: 60,
      run(x) {
        const logical = x.get(0);
        if (!isOnline(x, logical)) return x.ret(0);
        if (logical === 0) return x.ret(-ERRNO.EPERM);
        if (onlineCpus(x).length === 1) return x.ret(-ERRNO.EBUSY);
        if (x.H[machineCpu(x, logical) * CPU.stride + CPU.depth]! > 0) x.ret(-ERRNO.EBUSY);
      },
    },
    {
      id: 'down',
      text: 'stop the CPU: no interrupts, no owner',
      cost: 1500,
      local: false,
      run(x) {
        const logical = x.get(0);
        disownCpu(x, machineCpu(x, logical));
        x.log('smp.offline', logical);
        x.ret(0);
      },
    },
  ],
});

/** add_cpu(): brings an offline CPU back. It gets INIT, so a kernel that runs on it is gone (H-M4). */
export const addCpu = routine<KernelContext>({
  name: 'add_cpu',
  source: 'kernel/cpu.c',
  locals: ['logical'],
  steps: [
    {
      id: 'check',
      text: 'the CPU must be possible and down',
      cost: 60,
      run(x) {
        const cpu = machineCpu(x, x.get(0));
        if (cpu < 0) return x.ret(-ERRNO.EINVAL);
        if (isOnline(x, x.get(0))) x.ret(0);
      },
    },
    {
      id: 'init',
      text: 'send INIT to its APIC: whatever ran there is lost',
      cost: 300,
      local: false,
      run(x) {
        x.sendIpi(x.H[machineCpu(x, x.get(0)) * CPU.stride + CPU.apicId]!, 5, 0);
      },
    },
    {
      id: 'wait',
      text: 'wait for it to be reset; the real pause is 10 ms',
      cost: 5000,
      run: () => undefined,
    },
    {
      id: 'up',
      text: 'the CPU is up and takes interrupts',
      cost: 2500,
      local: false,
      run(x) {
        const cpu = machineCpu(x, x.get(0));
        x.H[cpu * CPU.stride + CPU.depth] = 0;
        ownCpu(x, cpu, x.kernel, x.get(0));
        x.log('smp.online', x.get(0), x.H[cpu * CPU.stride + CPU.apicId]!);
        x.ret(0);
      },
    },
  ],
});
