import { layout } from '../base/layout.ts';

/**
 * Structs and constants of include/linux/multikernel.h and kernel/multikernel/{ipi,messaging}.c of
 * v2, laid out for x86-64. Checked against what a C compiler says of them.
 */
export const MULTIKERNEL_VECTOR = 0xea;
export const IRQ_WORK_VECTOR = 0xf6;
/** Payload bytes a slot holds. */
export const MK_MAX_DATA_SIZE = 256;
export const MK_MAX_INSTANCES = 256;
export const MK_PFN_IPI_TYPE = 0x80000001;

/** One slot of the shared area. */
export const MK_IPI_DATA = layout('mk_ipi_data', 272, [
  ['sender_cpu', 0, 4, 'int'],
  ['type', 4, 4, 'hex'],
  ['data_size', 8, 8, 'uint'],
  ['buffer', 16, 256, 'bytes'],
]);

/** Host-private: where the area of an instance is. */
export const MK_INSTANCE_IPI_DATA = layout('mk_instance_ipi_data', 24, [
  ['instance_pool', 0, 8, 'pointer'],
  ['shared_mem', 8, 8, 'pointer'],
  ['shared_mem_size', 16, 8, 'uint'],
]);

export const MK_IPI_HANDLER = layout('mk_ipi_handler', 72, [
  ['callback', 0, 8, 'pointer'],
  ['context', 8, 8, 'pointer'],
  ['ipi_type', 16, 4, 'hex'],
  ['next', 24, 8, 'pointer'],
  ['saved_data', 32, 8, 'pointer'],
  ['work', 40, 32, 'struct'],
]);

/** struct irq_work of include/linux/irq_work_types.h; `flags` lies inside `node`. */
export const IRQ_WORK = layout('irq_work', 32, [
  ['llist', 0, 8, 'pointer'],
  ['flags', 8, 4, 'hex'],
  ['src', 12, 2, 'uint'],
  ['dst', 14, 2, 'uint'],
  ['func', 16, 8, 'pointer'],
  ['irqwait', 24, 8, 'pointer'],
]);
export const IRQ_WORK_PENDING = 1;
export const IRQ_WORK_BUSY = 2;

export const MK_MESSAGE = layout('mk_message', 24, [
  ['msg_type', 0, 4, 'hex'],
  ['msg_subtype', 4, 4, 'hex'],
  ['msg_id', 8, 8, 'uint'],
  ['payload_len', 16, 4, 'uint'],
  ['payload', 20, 0, 'bytes'],
]);

export const MK_MSG_TYPE_HANDLER = layout('mk_msg_type_handler', 40, [
  ['msg_type', 0, 4, 'hex'],
  ['ipi_handler', 8, 8, 'pointer'],
  ['msg_handler', 16, 8, 'pointer'],
  ['context', 24, 8, 'pointer'],
  ['next', 32, 8, 'pointer'],
]);

export const MK_IO_IRQ_PAYLOAD = layout('mk_io_irq_payload', 16, [
  ['irq_number', 0, 4, 'uint'],
  ['vector', 4, 4, 'hex'],
  ['device_id', 8, 4, 'hex'],
  ['flags', 12, 4, 'hex'],
]);
export const MK_CPU_RESOURCE_PAYLOAD = layout('mk_cpu_resource_payload', 12, [
  ['cpu_id', 0, 4, 'uint'],
  ['numa_node', 4, 4, 'uint'],
  ['flags', 8, 4, 'hex'],
]);
export const MK_MEM_RESOURCE_PAYLOAD = layout('mk_mem_resource_payload', 24, [
  ['start_pfn', 0, 8, 'hex'],
  ['nr_pages', 8, 8, 'uint'],
  ['numa_node', 16, 4, 'uint'],
  ['mem_type', 20, 4, 'hex'],
]);

/** struct mk_instance; `cpus` is the mask itself while NR_CPUS ≤ 64, else a pointer to one. */
export const MK_INSTANCE = layout('mk_instance', 136, [
  ['id', 0, 4, 'int'],
  ['name', 8, 8, 'pointer'],
  ['state', 16, 4, 'uint'],
  ['memory_regions', 24, 16, 'pointer'],
  ['region_count', 40, 4, 'uint'],
  ['instance_pool', 48, 8, 'pointer'],
  ['pool_size', 56, 8, 'uint'],
  ['cpus', 64, 8, 'hex'],
  ['cpus_valid', 72, 1, 'uint'],
  ['dtb_data', 80, 8, 'pointer'],
  ['dtb_size', 88, 8, 'uint'],
  ['kimage', 96, 8, 'pointer'],
  ['kn', 104, 8, 'pointer'],
  ['list', 112, 16, 'pointer'],
  ['refcount', 128, 4, 'uint'],
]);

export const MK_STATE = { EMPTY: 0, READY: 1, LOADING: 2, ACTIVE: 3, FAILED: 4 } as const;
/** Strings of the states as `status` files show them. */
export const MK_STATE_NAMES = ['empty', 'ready', 'loading', 'active', 'failed'] as const;

export const MK_MSG = { IO: 0x1000, RESOURCE: 0x2000, SYSTEM: 0x3000, USER: 0x4000 } as const;

/** Subtypes by the word a console uses, with their category. */
export const MK_SUBTYPES = {
  'irq-forward': 0x1001,
  'irq-balance': 0x1002,
  'irq-mask': 0x1003,
  'irq-unmask': 0x1004,
  'cpu-add': 0x2001,
  'cpu-remove': 0x2002,
  'mem-add': 0x2003,
  'mem-remove': 0x2004,
  query: 0x2005,
  heartbeat: 0x3001,
  shutdown: 0x3002,
} as const;

/** Flags and memory types that payloads carry. */
export const MK_FLAGS = {
  MK_IRQ_HIGH_PRIORITY: 1,
  MK_IRQ_LOW_LATENCY: 2,
  MK_IRQ_EDGE_TRIGGERED: 4,
  MK_IRQ_LEVEL_TRIGGERED: 8,
  MK_CPU_HAS_AVX512: 1,
  MK_CPU_HAS_TSX: 2,
  MK_CPU_HYPERTHREAD: 4,
  MK_MEM_NORMAL: 1,
  MK_MEM_DMA: 2,
  MK_MEM_DMA32: 4,
  MK_MEM_HIGHMEM: 8,
} as const;

/** Largest payload of `mk_send_message`: a slot's buffer less sizeof(struct mk_message). */
export const MAX_PAYLOAD = MK_MAX_DATA_SIZE - MK_MESSAGE.size;
