import { MIB, PAGE_SIZE } from '../base/units.ts';
import { BOOT_PARAMS, SETUP_DATA_KHO } from '../kexec/setup-data.ts';
import { CPU, MODE } from '../machine/cpu.layout.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { ownCpu } from './hotplug.ts';
import { messagingInit } from './handlers.ts';
import { TRAMPOLINE } from './kexec-exec.ts';
import { addKho } from './kho-early.ts';
import { khoInit } from './kho-spawn.ts';
import { imagesInMemory } from './kimage.ts';
import { prepareKernel } from './spawn.ts';

const MARKER = 0xa5a5a5a5;

/**
 * What a CPU executes from SIPI to the first instruction of its kernel (facts 01 §3.5,
 * trampoline_64_bsp.S). There is one trampoline and one address in it for all starts.
 */
export const trampoline = routine<KernelContext>({
  name: 'trampoline_64_bsp',
  source: 'arch/x86/realmode/rm/trampoline_64_bsp.S',
  locals: ['start'],
  steps: [
    {
      id: 'real',
      text: '16-bit: caches flushed, marker written, protected mode on',
      cost: 900,
      local: false,
      run(x) {
        x.mem.write32(TRAMPOLINE.status, MARKER);
      },
    },
    {
      id: 'protected',
      text: '32-bit: page tables for the first 4 GiB, long mode on',
      cost: 1200,
      run: () => undefined,
    },
    {
      id: 'long',
      text: '64-bit: read the address of the kernel',
      cost: 60,
      local: false,
      run(x) {
        x.set(0, x.mem.read64(TRAMPOLINE.kernel_phys_addr));
      },
    },
    {
      id: 'jump',
      text: 'jump there',
      cost: 40,
      local: false,
      run(x) {
        const kernel = prepareKernel(x, x.get(0));
        if (kernel < 0) {
          x.hazard(HAZARD.jumpNowhere, x.get(0));
          return x.hang();
        }
        x.k = x.machine.kernelBase[kernel]!;
        x.kw = x.machine.kernelWord[kernel]!;
        x.call(bootKernel);
      },
    },
    {
      id: 'idle',
      text: 'the idle loop',
      cost: 10,
      run(x) {
        x.H[x.h + CPU.interruptsOn] = 1;
        x.ret(0);
        x.setMode(MODE.idle);
      },
    },
  ],
});

/** Whether the running kernel takes all memory for its own: nothing on its command line says less. */
const claimsMemory = (x: KernelContext): boolean => !/(?:^| )(?:memmap|mem)=/.test(x.state.cmdline);

/** Hazards H-M6 and H-M11. Model: what such a kernel then does to the host is not played. */
function noteClaims(x: KernelContext): void {
  if (claimsMemory(x)) x.hazard(HAZARD.claimsAllMemory, 0, x.kernel);
  const isBound = /(?:^| )(?:(?:nr_cpus|maxcpus)=|nosmp(?: |$))/.test(x.state.cmdline);
  if (!isBound) x.hazard(HAZARD.claimsAllCpus, 0, x.kernel);
}

/** The boot parameters of the image this kernel was started from: address of the segment. */
const bootParams = (x: KernelContext): number => {
  const images = imagesInMemory(x.sys.kernels[0]!);
  const image = images.find((each) => each.mkId === x.state.instanceId);
  return image?.segments.find((each) => each.what === 'boot_params')?.start ?? 0;
};

/**
 * From the kernel's entry to its idle loop, as far as the series has a part in it. Model: the command
 * line is read before setup_data; the real setup_arch looks at setup_data first.
 */
export const bootKernel = routine<KernelContext>({
  name: 'start_kernel',
  source: 'init/main.c',
  locals: ['params', 'area'],
  steps: [
    {
      id: 'entry',
      text: 'the kernel is running: its log begins',
      cost: 2000,
      run(x) {
        x.set(0, bootParams(x));
        x.log('boot.start', x.machine.core.get(0), x.physical);
        x.log('boot.cmdline', x.state.cmdline);
      },
    },
    {
      id: 'param',
      text: 'read from the command line where the receive area is',
      cost: 60,
      run(x) {
        x.roles.earlyInit(x);
      },
    },
    {
      id: 'setup_data',
      text: 'walk setup_data: a KHO node without scratch is a multikernel hand-over',
      cost: 120,
      local: false,
      run(x) {
        const params = x.get(0);
        if (params === 0) return;
        const node = x.mem.read64(params + BOOT_PARAMS.setup_data);
        if (node === 0) return;
        const { at } = SETUP_DATA_KHO;
        addKho(x, {
          fdtAddr: x.mem.read64(node + at.fdt_addr),
          fdtSize: x.mem.read64(node + at.fdt_size),
          scratchAddr: x.mem.read64(node + at.scratch_addr),
          scratchSize: x.mem.read64(node + at.scratch_size),
        });
      },
    },
    {
      id: 'trampoline',
      text: 'install a trampoline below 1 MiB; it has no memory of its own there',
      cost: 300,
      local: false,
      run(x) {
        noteClaims(x);
        if (x.sys.settings.glue.has('own-ram')) return;
        const at = TRAMPOLINE.page * PAGE_SIZE;
        if (claimsMemory(x)) {
          x.hazard(HAZARD.hostMemoryOverwritten, at, PAGE_SIZE);
          x.hazard(HAZARD.trampolineCopied, at, PAGE_SIZE);
          return;
        }
        x.log('boot.no_memory', MIB);
        x.hazard(HAZARD.trampolineNoRoom, MIB);
        x.hang();
      },
    },
    {
      id: 'apic',
      text: 'enable the local APIC and interrupts; no receive area is mapped yet',
      cost: 200,
      local: false,
      run(x) {
        ownCpu(x, x.cpu, x.kernel, 0);
        x.setMode(MODE.boot);
      },
    },
    {
      id: 'messaging',
      text: 'multikernel_init: the messaging layer, then the files',
      cost: 400,
      run(x) {
        messagingInit(x);
      },
    },
    {
      id: 'kho',
      text: 'multikernel_init: the hand-over',
      cost: 20,
      run(x) {
        x.call(khoInit);
      },
    },
    {
      id: 'mk',
      text: 'multikernel support is ready',
      cost: 20,
      run(x) {
        x.log('boot.mk_ready');
      },
    },
    {
      id: 'ipi',
      text: 'map the receive area, if one was announced',
      cost: 120,
      run(x) {
        x.roles.lateInit(x);
      },
    },
    {
      id: 'two-way',
      text: 'know the host and itself: glue, nothing as posted',
      cost: 1,
      run(x) {
        const role = x.roles.spawnedReady;
        if (role) x.call(role);
      },
    },
    {
      id: 'done',
      text: 'reach the idle loop',
      cost: 200,
      run(x) {
        x.log('boot.done');
        x.ret(0);
      },
    },
  ],
});
