/**
 * Where a kernel keeps what the published code has in global variables, as offsets from the start
 * of its data area in simulated memory. Pointers are 64-bit physical addresses.
 *
 * Model: the real globals are spread over .data and .bss of several files; ours lie together.
 */
export const K = {
  mk_handlers: 0x000,
  mk_msg_type_handlers: 0x008,
  mk_this_kernel_ipi_data: 0x010,
  mk_ipi_shared_phys_addr: 0x018,
  /** kho_in.fdt_phys */
  kho_fdt_phys: 0x020,
  /** First entry of mk_instance_list; entries link by their `list` field. */
  mk_instance_list: 0x028,
  /** 0 free, else 1 + the CPU that holds it. */
  mk_instance_mutex: 0x030,
  kexec_mutex: 0x034,
  /** Taken by senders in turn where the design has such a lock: 0 free, else 1 + the CPU that holds it. */
  sender_lock: 0x038,
  heap_brk: 0x040,
  heap_end: 0x048,
  heap_live: 0x050,
  /** The n-th next allocation fails while this is n > 0; likewise mappings. */
  fail_alloc: 0x054,
  fail_memremap: 0x058,
  /** Scans registered for doorbells. */
  doorbell_scans: 0x05c,
  heap_free: 0x060,
  /** Log records ever written, and where the ring of them is. */
  log_count: 0x0c0,
  nr_cpu_ids: 0x0c4,
  /** The observer's: handler calls on this kernel, messages it sent. */
  handled: 0x0c8,
  sent: 0x0cc,
  /** As heap_free, for objects that take whole orders of pages. */
  heap_free_large: 0x0d0,
  /** mk_instance_ipi_map[256] */
  mk_instance_ipi_map: 0x100,
  /** The IDR: {@link IDR_ENTRIES} of id + 1 (32 bits), a gap, a pointer. */
  mk_instance_idr: 0x1000,
  /** First irq_work of each CPU's list, by logical number. */
  irq_work_list: 0x3000,
  /** x86_cpu_to_apicid by logical number, 32 bits each. */
  cpu_to_apicid: 0x5000,
  /** Per CPU (logical number modulo 128) 64 bytes that stand for its stack. */
  stack: 0x6000,
  log_ring: 0x8000,
  heap: 0x18000,
} as const;

export const IDR_ENTRIES = 512;
/** Bytes of a spawned kernel's data area, all that follows {@link K.log_ring} included. */
export const KERNEL_DATA_BYTES = 262144;
/** The host's: it keeps the objects of all instances. */
export const HOST_DATA_BYTES = 16 * 262144;
/** CPUs a kernel can number. */
export const KERNEL_CPUS_MAX = 1024;

/** A log record: time (double), event number, logical CPU, then up to six doubles. */
export const LOG = { time: 0, event: 8, cpu: 12, args: 16, size: 64, records: 1024 } as const;
