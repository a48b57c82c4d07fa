import type { InstanceView } from '../../sim/kernel/instance-object.ts';

/** A handler a kernel has registered. Addresses are physical. */
export interface HandlerRow {
  readonly addr: number;
  /** Handlers of IPIs, and those of message types behind them. */
  readonly list: 'ipi' | 'message';
  readonly type: number;
  /** Name of the routine its pointer stands for. */
  readonly calls: string;
  readonly context: number;
  /** Of its irq_work: PENDING and BUSY; '' for a handler of a message type. */
  readonly work: string;
}

/** An instance as one kernel has it, with where its parts lie. */
export interface InstanceRow extends InstanceView {
  /** Address of its shared area, 0 for none. */
  readonly area: number;
  readonly dtb: number;
  /** Whether /sys/fs/multikernel/instances shows it. */
  readonly listed: boolean;
}

export interface HeapObject {
  readonly addr: number;
  readonly kind: string;
  readonly bytes: number;
  readonly live: boolean;
}

/** A kernel's heap. Bytes are those of the allocator's classes, not those asked for. */
export interface HeapRow {
  readonly kernel: string;
  readonly used: number;
  readonly size: number;
  readonly objects: readonly HeapObject[];
  /** Objects that were left out: there were too many. */
  readonly left: number;
}

/** One time that harm was done. */
export interface HazardTime {
  readonly step: number;
  readonly timeNs: number;
  readonly cpu: number;
  readonly detail: number;
  /** Address it was about, 0 for none. */
  readonly addr: number;
}

export interface HazardRow {
  readonly id: number;
  readonly key: string;
  readonly facts: readonly string[];
  readonly text: string;
  readonly count: number;
  /** The first and the last ones the trace still has. */
  readonly times: readonly HazardTime[];
}

/** What became of a message. */
export type Fate =
  'delivered' | 'overwritten' | 'merged' | 'torn' | 'phantom' | 'dropped' | 'twice' | 'waiting';

/** A message, decoded, with what became of it and why. */
export interface MessageRow {
  /** Serial; 0 for one that nobody sent. */
  readonly id: number;
  readonly fromCpu: number;
  readonly fromKernel: string;
  readonly to: string;
  readonly type: number;
  readonly subtype: number;
  readonly bytes: number;
  /** The payload in words, as far as it is remembered. */
  readonly payload: string;
  readonly sentNs: number;
  readonly fate: Fate;
  readonly why: string;
  /** Step at which it was decided, -1 while it is not. */
  readonly step: number;
}

/** Who wrote a byte last. */
export interface Writer {
  readonly cpu: number;
  /** Name of the kernel the CPU belonged to then, '' for nobody's. */
  readonly kernel: string;
  readonly timeNs: number;
  /** Steps of the run before the one that wrote it. */
  readonly step: number;
  /** Program counter of that step, -1 when the step is not over. */
  readonly pc: number;
  /** All bytes that were written with it. */
  readonly addr: number;
  readonly bytes: number;
  /** The interrupt that told of it, undefined for none. */
  readonly ipi:
    | {
        readonly serial: number;
        readonly vector: number;
        readonly apicId: number;
        readonly timeNs: number;
        readonly step: number;
      }
    | undefined;
}

export interface Folder {
  readonly path: string;
  /** Directories end in `/`; undefined for a file. */
  readonly names: readonly string[] | undefined;
  /** The first bytes of a file. */
  readonly bytes: Uint8Array | undefined;
  readonly size: number;
  /** Why there is neither, as `ENOENT`; '' when there is. */
  readonly error: string;
}

/** What the tabs of the inspector ask for. All of it only looks. */
export interface Inspections {
  handlers: { ask: { readonly kernel: string }; answer: readonly HandlerRow[] };
  instances: { ask: { readonly kernel: string }; answer: readonly InstanceRow[] };
  heap: { ask: { readonly kernel: string }; answer: HeapRow };
  hazards: { ask: object; answer: readonly HazardRow[] };
  /** The newest messages whose words contain the text, newest first. */
  messages: {
    ask: { readonly find: string; readonly most: number };
    answer: { readonly rows: readonly MessageRow[]; readonly found: number };
  };
  /** A directory or a file of a kernel. */
  folder: { ask: { readonly kernel: string; readonly path: string }; answer: Folder };
  /** Of the whole run when `since` is 0; else nothing was found from that step on. */
  writer: {
    ask: { readonly addr: number };
    answer: { readonly writer: Writer | undefined; readonly since: number };
  };
}
