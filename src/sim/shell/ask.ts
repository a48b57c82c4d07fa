/**
 * What a command may ask of the kernel it runs on. A command is a generator: it yields an ask and is
 * resumed with the answer, at once or after simulated time. The world answers; the shell knows
 * neither schedulers nor terminals.
 *
 * Every answer is kept until the line is over, so that a half-finished command can be rebuilt after
 * going back in time: the generator is run again and fed the same answers. Commands therefore learn
 * everything through asks, and depend on nothing else.
 */
export type Ask =
  /** Whole content of a file, real or generated (/proc, /sys). */
  | { readonly call: 'read'; readonly path: string }
  /** Creates or replaces a plain file, or adds to it. Files the kernel makes go through its routines. */
  | {
      readonly call: 'write';
      readonly path: string;
      readonly bytes: Uint8Array;
      readonly append: boolean;
    }
  | { readonly call: 'list'; readonly path: string }
  | { readonly call: 'stat'; readonly path: string }
  | { readonly call: 'mkdir' | 'rmdir' | 'unlink'; readonly path: string }
  | {
      readonly call: 'mount';
      readonly type: string;
      readonly source: string;
      readonly path: string;
    }
  | { readonly call: 'umount'; readonly path: string }
  /** kexec_file_load(2): flags as the caller composed them; the kernel checks them. */
  | {
      readonly call: 'kexec_file_load';
      readonly kernel: Uint8Array;
      readonly initrd: Uint8Array | null;
      readonly cmdline: string;
      readonly flags: number;
    }
  /** reboot(2) with LINUX_REBOOT_CMD_MULTIKERNEL (0x4D4B4C49) or another command. */
  | { readonly call: 'reboot'; readonly cmd: number; readonly id: number }
  /** mk_send_message; `payload` null with a length sends zeros. `hold` queues it for a schedule. */
  | {
      readonly call: 'send';
      readonly id: number;
      readonly type: number;
      readonly subtype: number;
      readonly payload: Uint8Array | null;
      readonly length: number;
      readonly cpu: number | null;
      readonly hold: boolean;
    }
  /** mk_send_message `count` times without payload, `gapNs` before each. Answers how many went out. */
  | {
      readonly call: 'flood';
      readonly id: number;
      readonly type: number;
      /** Subtype of the first; they count up. */
      readonly first: number;
      readonly count: number;
      readonly gapNs: number;
      readonly cpu: number | null;
    }
  /** mk_send_pfn. */
  | {
      readonly call: 'send_pfn';
      readonly id: number;
      readonly pfn: number;
      readonly cpu: number | null;
      readonly hold: boolean;
    }
  /** Rings a doorbell of an instance; -ENOSYS where the design has none. */
  | {
      readonly call: 'bell';
      readonly id: number;
      readonly queue: number;
      readonly cpu: number | null;
      readonly hold: boolean;
    }
  /** multikernel_send_ipi_data: bytes without a message; null with a length has no data. */
  | {
      readonly call: 'send_raw';
      readonly id: number;
      readonly type: number;
      readonly bytes: Uint8Array | null;
      readonly length: number;
      readonly cpu: number | null;
      readonly hold: boolean;
    }
  /**
   * Registers our listening handler: a message type, or 'pfn' for raw PFN IPIs. `as` says what it
   * does besides listening; `id` is whom it answers.
   */
  | {
      readonly call: 'listen';
      readonly type: number | 'pfn';
      readonly as?: 'once' | 'reply' | 'keep' | 'trust';
      readonly id?: number;
      readonly cpu?: number;
      readonly hold?: boolean;
    }
  /** Removes it. */
  | { readonly call: 'unlisten'; readonly type: number | 'pfn' }
  /** Nothing for that many simulated nanoseconds. */
  | { readonly call: 'sleep'; readonly ns: number }
  /** What the world knows that no file shows. */
  | { readonly call: 'about' };

/** 0 or positive: fine; negative: -errno. */
export interface Answer {
  readonly ret: number;
  /** Content, for `read`. */
  readonly bytes?: Uint8Array;
  /** Names, for `list`: directories end in `/`. */
  readonly names?: readonly string[];
  /** For `stat`. */
  readonly kind?: 'file' | 'directory';
  readonly about?: About;
}

export interface About {
  /** Name of this kernel: `host` or the instance's. */
  readonly kernel: string;
  readonly isHost: boolean;
  readonly timeNs: number;
  readonly profile: string;
  readonly glue: readonly string[];
  /** Instances this kernel knows, by its own list: the host's are all of them. */
  readonly instances: readonly {
    readonly id: number;
    readonly name: string;
    readonly state: string;
    readonly cpus: readonly number[];
    readonly memoryBytes: number;
    readonly refcount: number;
    /** Whether an image is loaded for it. */
    readonly loaded: boolean;
  }[];
  /** The kernel's log, oldest first. */
  readonly log: readonly {
    readonly timeNs: number;
    readonly cpu: number;
    readonly level: 'err' | 'warn' | 'info' | 'debug';
    readonly key: string;
    readonly text: string;
  }[];
  readonly handlers: readonly { readonly type: number; readonly what: string }[];
  readonly stats: Readonly<Record<string, number>>;
  /** Receive areas this kernel knows: its own and, on the host, those of the instances. */
  readonly areas: readonly {
    readonly instance: string;
    readonly start: number;
    readonly slots: readonly { readonly slot: number; readonly bytes: Uint8Array }[];
  }[];
  readonly cpus: readonly {
    readonly id: number;
    readonly apicId: number;
    readonly online: boolean;
    readonly calls: number;
    readonly irqWork: number;
  }[];
}
