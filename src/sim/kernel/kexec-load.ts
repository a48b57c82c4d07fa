import { ERRNO } from '../base/errno.ts';
import { PAGE_SIZE, roundUp } from '../base/units.ts';
import { utf8Encode } from '../base/text.ts';
import { BOOT_PARAMS, COMMAND_LINE_SIZE, khoNode } from '../kexec/setup-data.ts';
import { initSizeOf } from '../kexec/vmlinuz.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { heapKind, kfree, kmalloc } from './heap.ts';
import { instanceId, instancePut, setState } from './instance-object.ts';
import { instanceGet, maskCpus } from './instance-table.ts';
import { instanceAlloc } from './ipi-area.ts';
import { K } from './kernel.layout.ts';
import { allocPage, kimageAt, kimageFree } from './kimage.ts';
import { MK_INSTANCE, MK_STATE } from './mk.layout.ts';
import type { Kimage, Segment } from './system.ts';

const SOURCE = 'kernel/kexec_file.c';
const AT = MK_INSTANCE.at;

/** include/uapi/linux/kexec.h with v2 01/16 and 09/16. */
const KEXEC = {
  FILE_UNLOAD: 0x01,
  FILE_ON_CRASH: 0x02,
  MULTIKERNEL: 0x10,
  MK_ID_MASK: 0xffe0,
  MK_ID_SHIFT: 5,
  /** KEXEC_FILE_FLAGS of v2: one id bit, so only id 1 passes (facts 05 §7.1). */
  FILE_FLAGS: 0x3f,
} as const;

const KIND_IMAGE = heapKind('kimage');
/** Bytes of struct kimage that our heap sets aside; the real one is about as large. */
const KIMAGE_BYTES = 512;

const IMAGE_FILE = 0;
const CMDLINE = 1;
const FLAGS = 2;
const ID = 3;
const INSTANCE = 4;
const IMAGE = 5;
const SEGMENT = 6;

const has = (x: KernelContext, glue: string): boolean => x.sys.settings.glue.has(glue);

function change(x: KernelContext, addr: number, by: Partial<Kimage>): void {
  x.update({
    kimages: x.state.kimages.map((each) => (each.addr === addr ? { ...each, ...by } : each)),
  });
}

/** Ends the load with an error after the association: the cross references stay (hazard K9). */
function abandon(x: KernelContext, code: number): void {
  const image = x.get(IMAGE);
  x.update({ kimages: x.state.kimages.filter((each) => each.addr !== image) });
  if (image !== 0) x.hazard(HAZARD.danglingImage, image, x.get(ID));
  kfree(x, image);
  x.mem.poke32(x.k + K.kexec_mutex, 0);
  x.ret(code);
}

/** The command line the image gets: the caller's, and what the glue adds. */
function fullCommandLine(x: KernelContext, instance: number, given: string): string {
  const words = [given];
  const extra = x.state.instances.find((each) => each.addr === instance);
  if (has(x, 'own-ram')) {
    for (const region of extra?.regions ?? [])
      words.push(
        `memmap=0x${(region.end - region.start).toString(16)}@0x${region.start.toString(16)}`,
      );
    words.push(`nr_cpus=${Math.max(1, maskCpus(x, instance).length)}`);
  }
  words.push(x.roles.announce(x, instance));
  return words.filter((word) => word !== '').join(' ');
}

/**
 * Segments in the order in which they are placed. Model: there is no purgatory, so an image starts at
 * its kernel; the control pages come first and are counted as a segment.
 */
function wanted(image: Uint8Array): readonly { what: Segment['what']; size: number }[] {
  return [
    { what: 'control', size: 2 * PAGE_SIZE },
    { what: 'boot_params', size: BOOT_PARAMS.size },
    { what: 'kernel', size: roundUp(initSizeOf(image) ?? PAGE_SIZE, PAGE_SIZE) },
  ];
}

/** kexec_locate_mem_hole of v2 15/16: the instance pool, and on any failure host memory. */
function place(
  x: KernelContext,
  instance: number,
  n: number,
  what: Segment['what'],
  size: number,
): Segment {
  const start = instanceAlloc(x, instance, size);
  if (start !== 0) return { what, start, size, inPool: true };
  x.log('kexec.fallthrough', n, -ERRNO.ENOMEM);
  // Model: the host-RAM search finds room below the pages the host hands out.
  const { pages } = x.state;
  const at = pages.end - size;
  x.update({ pages: { ...pages, end: at } });
  x.hazard(HAZARD.hostMemoryOverwritten, at, size);
  return { what, start: at, size, inPool: false };
}

/**
 * kexec_file_load(2) for multikernel images: facts 05 §7.2 and 04 §3.1. `file` and `cmdline` are
 * numbers of handed bytes and text. Returns 0 or an errno.
 */
export const kexecFileLoad = routine<KernelContext>({
  name: 'kexec_file_load',
  source: SOURCE,
  locals: ['file', 'cmdline', 'flags', 'id', 'instance', 'image', 'segment'],
  steps: [
    {
      id: 'flags',
      text: 'check the flags',
      cost: 80,
      run(x) {
        const flags = x.get(FLAGS);
        const allowed = has(x, 'load-ids') ? KEXEC.FILE_FLAGS | KEXEC.MK_ID_MASK : KEXEC.FILE_FLAGS;
        if ((flags & ~allowed) !== 0) return x.ret(-ERRNO.EINVAL);
      },
    },
    {
      id: 'lock',
      text: 'take the kexec lock, without waiting',
      lock: 'kexec_mutex',
      cost: 20,
      local: false,
      run(x) {
        const mutex = x.k + K.kexec_mutex;
        if (x.mem.peek32(mutex) !== 0) return x.ret(-ERRNO.EBUSY);
        x.mem.poke32(mutex, x.cpu + 1);
      },
    },
    {
      id: 'unload',
      text: 'an unload frees whatever kexec_image points to, regardless of the id',
      cost: 40,
      local: false,
      run(x) {
        if ((x.get(FLAGS) & KEXEC.FILE_UNLOAD) === 0) return;
        kimageFree(x, x.state.kexecImage);
        x.mem.poke32(x.k + K.kexec_mutex, 0);
        x.ret(0);
      },
    },
    {
      id: 'find',
      text: 'find the instance by the id in the flags and take a reference',
      cost: 60,
      local: false,
      run(x) {
        const flags = x.get(FLAGS);
        const refuse = (code: number): void => {
          x.mem.poke32(x.k + K.kexec_mutex, 0);
          x.ret(code);
        };
        const id = (flags & KEXEC.MK_ID_MASK) >> KEXEC.MK_ID_SHIFT;
        x.set(ID, id);
        x.log('kexec.flags', flags, id);
        if (id <= 0 || (flags & KEXEC.MULTIKERNEL) === 0) {
          x.log('kexec.bad_id', id);
          return refuse(-ERRNO.EINVAL);
        }
        const instance = instanceGet(x, id);
        if (instance === 0) {
          x.log('kexec.no_instance', id);
          return refuse(-ERRNO.ENOENT);
        }
        if (x.mem.peek64(instance + AT.kimage) !== 0) {
          x.log('kexec.busy', id);
          instancePut(x, instance);
          return refuse(-ERRNO.EBUSY);
        }
        x.set(INSTANCE, instance);
      },
    },
    {
      id: 'associate',
      text: 'image and instance point to each other; the instance is loading',
      cost: 60,
      local: false,
      run(x) {
        const instance = x.get(INSTANCE);
        const image = kmalloc(x, KIND_IMAGE, KIMAGE_BYTES, true);
        if (image === 0) return abandon(x, -ERRNO.ENOMEM);
        x.set(IMAGE, image);
        x.mem.poke64(instance + AT.kimage, image);
        x.update({
          kimages: [
            ...x.state.kimages,
            {
              addr: image,
              type: 'multikernel',
              mkId: x.get(ID),
              instance,
              entry: 0,
              segments: [],
              cmdline: '',
              khoFdt: 0,
            },
          ],
        });
        setState(x, instance, MK_STATE.LOADING);
        x.log('kexec.associated', x.get(ID));
      },
    },
    {
      id: 'page',
      text: 'take a page of the host for the hand-over tree',
      cost: 80,
      run(x) {
        const page = allocPage(x);
        if (page === 0) {
          x.log('kexec.no_page');
          return abandon(x, -ERRNO.ENOMEM);
        }
        change(x, x.get(IMAGE), { khoFdt: page });
        x.roles.imageLoaded?.(x, x.get(IMAGE));
      },
    },
    {
      id: 'probe',
      text: 'the file must be a kernel image',
      cost: 200,
      run(x) {
        const command = fullCommandLine(x, x.get(INSTANCE), x.sys.text(x.get(CMDLINE)));
        if (initSizeOf(x.sys.bytes(x.get(IMAGE_FILE))) === undefined)
          return abandon(x, -ERRNO.ENOEXEC);
        if (command.length + 1 > COMMAND_LINE_SIZE) return abandon(x, -ERRNO.EINVAL);
        change(x, x.get(IMAGE), { cmdline: command });
      },
    },
    {
      id: 'place',
      text: 'place the next segment in the instance pool, or else in host memory',
      cost: 150,
      local: false,
      run(x) {
        const all = wanted(x.sys.bytes(x.get(IMAGE_FILE)));
        const n = x.get(SEGMENT);
        const next = all[n];
        if (!next) {
          x.set(SEGMENT, 0);
          return;
        }
        const image = kimageAt(x, x.get(IMAGE))!;
        const segment = place(x, x.get(INSTANCE), n, next.what, next.size);
        x.log('kexec.segment', n, segment.start, segment.size);
        change(x, image.addr, { segments: [...image.segments, segment] });
        x.set(SEGMENT, n + 1);
        x.stay();
      },
    },
    {
      id: 'setup',
      text: 'fill the boot parameters: command line and the setup_data node of KHO',
      cost: 300,
      local: false,
      run(x) {
        const image = kimageAt(x, x.get(IMAGE))!;
        const params = image.segments.find((each) => each.what === 'boot_params')!.start;
        const { mem } = x;
        mem.zero(params, BOOT_PARAMS.size);
        mem.write32(params + BOOT_PARAMS.cmd_line_ptr, params + BOOT_PARAMS.cmdline);
        mem.write64(params + BOOT_PARAMS.setup_data, params + BOOT_PARAMS.node);
        mem.writeBytes(params + BOOT_PARAMS.node, khoNode(image.khoFdt, PAGE_SIZE));
        mem.writeBytes(params + BOOT_PARAMS.cmdline, utf8Encode(`${image.cmdline}\0`));
        x.log('kho.setup_multikernel');
      },
    },
    {
      id: 'copy',
      text: 'copy the kernel into its segment, zero the rest',
      cost: 9000,
      local: false,
      run(x) {
        const image = kimageAt(x, x.get(IMAGE))!;
        const segment = image.segments.find((each) => each.what === 'kernel')!;
        const file = x.sys.bytes(x.get(IMAGE_FILE));
        x.mem.writeBytes(segment.start, file);
        x.mem.zero(segment.start + file.length, segment.size - file.length);
        change(x, image.addr, { entry: segment.start });
      },
    },
    {
      id: 'exchange',
      text: 'put it into kexec_image; the image that was there is freed',
      lock: 'kexec_mutex',
      cost: 60,
      local: false,
      run(x) {
        const old = x.state.kexecImage;
        const image = x.get(IMAGE);
        x.update({ kexecImage: image });
        if (old !== 0) kimageFree(x, old);
        x.mem.poke32(x.k + K.kexec_mutex, 0);
        x.log('kexec.loaded', instanceId(x, x.get(INSTANCE)), kimageAt(x, image)!.entry);
        x.ret(0);
      },
    },
  ],
});
