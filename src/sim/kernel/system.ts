import type { Layout } from '../base/layout.ts';
import type { Routine } from '../machine/routine.ts';
import type { GenPool } from './gen-pool.ts';
import type { KernelContext } from './context.ts';
import type { parseResources } from './device-tree.ts';

/** Bytes or text a user handed to a kernel; routines pass its number. */
export type Handed = Uint8Array | string;

/** A range under /proc/iomem. Children lie inside. Addresses in bytes, `end` exclusive. */
export interface Resource {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly children: readonly Resource[];
}

/** One segment of a loaded image. */
export interface Segment {
  readonly what: 'control' | 'kernel' | 'cmdline' | 'boot_params' | 'initrd';
  readonly start: number;
  readonly size: number;
  /** False when the instance pool refused it and it lies in host memory (facts 05 §7.3). */
  readonly inPool: boolean;
}

/** struct kimage, as far as the series needs it. `addr` is the object in the kernel's heap. */
export interface Kimage {
  readonly addr: number;
  readonly type: 'default' | 'crash' | 'multikernel';
  readonly mkId: number;
  /** The instance object it holds a reference to, 0 for none. */
  readonly instance: number;
  readonly entry: number;
  readonly segments: readonly Segment[];
  readonly cmdline: string;
  /** Physical address of the hand-over page, 0 for none. */
  readonly khoFdt: number;
  /** Physical address of the ring that was made with it, in profiles that do so. */
  readonly ipi?: number;
  /** Physical address of its table of doorbells, in the profile that has them. */
  readonly table?: number;
}

/** What an instance object has that is no plain word: keyed by the object's address. */
export interface InstanceExtra {
  readonly addr: number;
  readonly pool: GenPool | null;
  readonly regions: readonly Resource[];
  /** Whether `/sys/fs/multikernel/instances/<name>` shows it. */
  readonly listed: boolean;
}

/**
 * The part of a kernel that is not hot and has no byte layout worth showing: plain data, never
 * changed in place, so that a snapshot keeps a reference.
 */
export interface KernelState {
  readonly name: string;
  /** 0 for the host, else the id of the instance it runs as. */
  readonly instanceId: number;
  readonly cmdline: string;
  readonly running: boolean;
  /** CPU (of the machine) the kernel booted on. */
  readonly bootCpu: number;
  /** CPUs of the machine by logical number; -1 where there is none. */
  readonly cpus: readonly number[];
  readonly mounted: boolean;
  /** The global pool of `mkkernel_pool=`. */
  readonly pool: GenPool | null;
  readonly poolResource: Resource | null;
  readonly instances: readonly InstanceExtra[];
  readonly kimages: readonly Kimage[];
  /** Images that were freed, newest first: their bytes may still be where they were. */
  readonly freed?: readonly Kimage[];
  /** Address of the kimage that `kexec_image` points to, 0 for none. */
  readonly kexecImage: number;
  /** Pages handed out by the page allocator: next free page and those given back. */
  readonly pages: { readonly next: number; readonly end: number; readonly free: readonly number[] };
  /** Registered kexec notifiers, in order of registration. */
  readonly notifiers: readonly string[];
}

/** Parts of a mailbox that can be switched. */
export type DesignSwitch = 'sender-lock' | 'publish-last' | 'drain-loop' | 'icr-fence';

/** What is fixed for a run. */
export interface SystemSettings {
  readonly nrCpus: number;
  readonly memory: number;
  readonly pool: { readonly start: number; readonly size: number } | null;
  readonly glue: ReadonlySet<string>;
  /** Parts of the mailbox that are there. */
  readonly design: ReadonlySet<string>;
  /** Slots of a ring, a power of two. */
  readonly ringSlots: number;
}

/** The routines a profile can exchange, by role; null where the published code has nothing. */
export interface RoleTable {
  readonly sendIpiData: Routine<KernelContext>;
  /** Entry of vector 0xea. */
  readonly interruptEntry: Routine<KernelContext>;
  /** mk_dt_parse() of a restored instance, and what its kernel reserves for it. */
  readonly parseResources: typeof parseResources;
  readonly reserveRestored: Routine<KernelContext>;
  /** Called on the host when it is up. */
  readonly hostReady: Routine<KernelContext> | null;
  /** Called on a spawned kernel that is nearly up. */
  readonly spawnedReady: Routine<KernelContext> | null;
  /** Called with an instance that has just become ready. */
  readonly instanceReady: Routine<KernelContext> | null;
  /** Word that tells an image of an instance where it will receive; '' for none. */
  readonly announce: (x: KernelContext, instance: number) => string;
  /** What a spawned kernel does about its receive area: early, and once it has a heap. */
  readonly earlyInit: (x: KernelContext) => void;
  readonly lateInit: (x: KernelContext) => void;
  /** Whether handlers are called for their own type only. */
  readonly filtersTypes: boolean;
  /** Whether two interrupts that become one can cost a message (hazard H3). */
  readonly mergingHarms: boolean;
  /** Where the slots are that messages to instance `id` go to, as a kernel knows it; 0 for nowhere. */
  readonly slotsOf: (x: KernelContext, id: number) => number;
  /** Whether there is one slot a CPU, or a ring of them. */
  readonly slots: 'cpus' | 'ring';
  /** What a slot looks like. */
  readonly slot: Layout<'sender_cpu' | 'type' | 'data_size' | 'buffer'>;
  /** Bytes a message may have, header and all. */
  readonly maxData: number;
  /** Called when an image has its pages, when it is freed, and before it is started. */
  readonly imageLoaded: ((x: KernelContext, image: number) => void) | null;
  readonly imageFreed: ((x: KernelContext, image: Kimage) => void) | null;
  readonly beforeStart: Routine<KernelContext> | null;
  /** Rings a doorbell: id, queue. */
  readonly ringBell: Routine<KernelContext> | null;
}

/** Cold state of all kernels, and what they share with the observer. */
export class System {
  readonly settings: SystemSettings;
  kernels: readonly KernelState[] = [];
  /** Strings and bytes by number; only ever grows, so a number stays good. */
  handed: readonly Handed[] = [];
  readonly #numberOf = new Map<string, number>();

  constructor(settings: SystemSettings) {
    this.settings = settings;
  }

  /** The number of a text or of bytes. Equal texts share one. */
  hand(value: Handed): number {
    if (typeof value === 'string') {
      const known = this.#numberOf.get(value);
      if (known !== undefined && this.handed[known] === value) return known;
      this.#numberOf.set(value, this.handed.length);
    }
    this.handed = [...this.handed, value];
    return this.handed.length - 1;
  }

  text(number: number): string {
    const value = this.handed[number];
    return typeof value === 'string' ? value : '';
  }

  bytes(number: number): Uint8Array {
    const value = this.handed[number];
    return value instanceof Uint8Array ? value : new Uint8Array(0);
  }

  update(kernel: number, change: Partial<KernelState>): void {
    this.kernels = this.kernels.map((state, i) => (i === kernel ? { ...state, ...change } : state));
  }
}
