import { ROW } from '../base/record.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { K } from './kernel.layout.ts';

/** Kinds of kernel objects the accounting tells apart. An object's kind is its place here. */
export const HEAP_KINDS = [
  'none',
  'mk_instance',
  'mk_instance_ipi_data',
  'mk_ipi_handler',
  'mk_msg_type_handler',
  'mk_message',
  'name',
  'dtb',
  'kimage',
  'buffer',
  'cpumask',
  'config',
] as const;
export type HeapKind = (typeof HEAP_KINDS)[number];
const kindNumber = new Map<string, number>(HEAP_KINDS.map((kind, i) => [kind, i]));
/** Number of a kind, for hot callers to look up once. */
export const heapKind = (kind: HeapKind): number => kindNumber.get(kind)!;

/**
 * Sizes kmalloc rounds up to: the slab caches of the kernel, then whole orders of pages, as larger
 * objects come from the page allocator. Model: an allocation has at most 1 MiB, a real one 4 MiB.
 */
const CLASSES = [
  ...[32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192, 16384],
  ...[32768, 65536, 131072, 262144, 524288, 1048576],
];
const classOf = (bytes: number): number => {
  let i = 0;
  while (CLASSES[i]! < bytes) i++;
  return i;
};
/** Classes whose lists of free objects lie at `heap_free`; those of the others at `heap_free_large`. */
const SMALL_CLASSES = 12;
const freeList = (x: KernelContext, slab: number): number =>
  x.kw + (slab < SMALL_CLASSES ? FREE + 2 * slab : FREE_LARGE + 2 * (slab - SMALL_CLASSES));

/** The observer's note on the first bytes of an object: a mark, the kind, whether it lives. */
const OBJECT = 0x40000000;
const LIVE = 1;
const SLAB_BITS = 16;
const SLAB_MASK = 0xff;

const FAIL = K.fail_alloc / 4;
const FREE = K.heap_free / 4;
const FREE_LARGE = K.heap_free_large / 4;
const BRK = K.heap_brk / 4;
const END = K.heap_end / 4;
const LIVE_COUNT = K.heap_live / 4;

/** The kind of the object a note says is here; 0 for none. */
export const heapKindOf = (note: number): number =>
  (note & OBJECT) === 0 ? 0 : (note >> 8) & 0xff;

/**
 * kmalloc: the address of at least `bytes` bytes (at most 1 MiB), 0 when there is no memory. `zero` as in kzalloc. Freed objects of a class are reused
 * last in, first out, and keep their bytes but for the first eight, so that a use after free reads
 * what it would read.
 */
export function kmalloc(x: KernelContext, kind: number, bytes: number, zero: boolean): number {
  const { mem, kw } = x;
  const { M } = mem;
  const failing = M[kw + FAIL]!;
  if (failing > 0) {
    mem.put(kw + FAIL, failing - 1);
    if (failing === 1) return noMemory(x, kind, bytes);
  }
  const slab = classOf(bytes);
  const size = CLASSES[slab];
  if (size === undefined) return noMemory(x, kind, bytes);
  const head = freeList(x, slab);
  let addr = mem.get64(head);
  let word: number;
  if (addr !== 0) {
    word = x.at(addr);
    mem.put64(head, mem.get64(word));
  } else {
    addr = mem.get64(kw + BRK);
    word = x.at(addr);
    if (addr + size > mem.get64(kw + END)) return noMemory(x, kind, bytes);
    mem.put64(kw + BRK, addr + size);
  }
  // Every object starts at a multiple of 32 bytes and has room for a multiple of 8.
  if (zero) mem.clear(word >>> 1, (word >>> 1) + ((bytes + 7) >>> 3));
  for (let page = word >>> 10, last = (word + (bytes >>> 2)) >>> 10; page <= last; page++)
    mem.dirty[page] = 1;
  mem.N[word >>> 2] = OBJECT | (slab << SLAB_BITS) | (kind << 8) | LIVE;
  mem.put(kw + LIVE_COUNT, M[kw + LIVE_COUNT]! + 1);
  return addr;
}

/**
 * The word where kmalloc would put `bytes` bytes, when it would reuse an object; else -1. For an
 * allocation that is freed before anybody else looks: all it leaves is {@link usedForAMoment}.
 */
export function wordForAMoment(x: KernelContext, bytes: number): number {
  const { mem } = x;
  const slab = classOf(bytes);
  const addr = mem.get64(freeList(x, slab));
  // Somebody may have written into a free object: what its first bytes link need not be one.
  if (addr < x.k + K.heap || addr >= mem.get64(x.kw + BRK) || mem.M[x.kw + FAIL] !== 0) return -1;
  const word = x.at(addr);
  const state = mem.N[word >>> 2]! & (OBJECT | LIVE | (SLAB_MASK << SLAB_BITS));
  return (addr & 31) === 0 && state === (OBJECT | (slab << SLAB_BITS)) ? word : -1;
}

/** What an allocation of {@link wordForAMoment} leaves when it is freed: the object is one of that kind. */
export function usedForAMoment(x: KernelContext, word: number, kind: number, bytes: number): void {
  const { mem } = x;
  mem.N[word >>> 2] = OBJECT | (classOf(bytes) << SLAB_BITS) | (kind << 8);
  mem.dirty[word >>> 10] = 1;
  mem.dirty[(word + (bytes >>> 2)) >>> 10] = 1;
}

function noMemory(x: KernelContext, kind: number, bytes: number): number {
  x.row(ROW.allocfail, bytes, kind, 0, 0);
  return 0;
}

/** kfree. NULL is fine. False when the object was freed already, which changes nothing. */
export function kfree(x: KernelContext, addr: number): boolean {
  if (addr === 0) return true;
  const { mem, kw } = x;
  const word = x.at(addr);
  const note = mem.N[word >>> 2]!;
  if ((note & (OBJECT | LIVE)) !== (OBJECT | LIVE)) {
    x.hazard(HAZARD.doubleFree, addr, heapKindOf(note));
    return false;
  }
  mem.N[word >>> 2] = note & ~LIVE;
  const head = freeList(x, (note >> SLAB_BITS) & SLAB_MASK);
  mem.put64(word, mem.get64(head));
  mem.put64(head, addr);
  mem.put(kw + LIVE_COUNT, mem.M[kw + LIVE_COUNT]! - 1);
  return true;
}

/** Whether an address is an object that was allocated and not freed since. */
export const isLive = (x: KernelContext, addr: number): boolean =>
  (x.mem.N[x.at(addr) >>> 2]! & (OBJECT | LIVE)) === (OBJECT | LIVE);

/** As {@link isLive}, for an address in any kernel's heap. */
export const isObject = (x: KernelContext, addr: number): boolean =>
  (x.mem.note(addr) & (OBJECT | LIVE)) === (OBJECT | LIVE);

/** An object of a kernel's heap; `bytes` is what its class takes up. */
interface HeapView {
  readonly addr: number;
  readonly kind: HeapKind;
  readonly bytes: number;
  readonly live: boolean;
}

/** Every object a kernel's heap has had, free ones too, in the order of their addresses. */
export function* heapObjects(x: KernelContext): Generator<HeapView> {
  const end = x.mem.peek64(x.k + K.heap_brk);
  for (let addr = x.k + K.heap; addr < end;) {
    const note = x.mem.note(addr);
    const bytes = CLASSES[(note >> SLAB_BITS) & SLAB_MASK];
    // What is no object has no size: nothing behind it can be told.
    if ((note & OBJECT) === 0 || bytes === undefined) return;
    const kind = HEAP_KINDS[heapKindOf(note)] ?? 'none';
    yield { addr, kind, bytes, live: (note & LIVE) !== 0 };
    addr += bytes;
  }
}
