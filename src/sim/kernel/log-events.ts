import { errnoName } from '../base/errno.ts';
import { hex } from '../base/hex.ts';

/** Levels of the kernel log, most urgent first, as `dmesg -l` names them. */
export const LOG_LEVELS = ['err', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Every event a kernel can log: level, then our sentence. `{name}` stands for an argument, in the
 * order the arguments are given to `log`; `:x` shows it in hexadecimal, `:e` as an errno, `:s` is
 * text. The published code's own wording is not used anywhere.
 */
const EVENTS = {
  'ipi.created': ['info', 'ipi: area of instance {instance} ({name:s}) is ready, {size} bytes'],
  'ipi.create_no_pool': ['err', 'ipi: instance {instance} has no memory for an area'],
  'ipi.create_alloc_failed': ['err', 'ipi: no room for the area of instance {instance}'],
  'ipi.create_exists': ['err', 'ipi: instance {instance} has an area already'],
  'ipi.destroying': ['debug', 'ipi: giving back the area of instance {instance}'],
  'ipi.no_shared_memory': ['debug', 'ipi: instance {instance} has no area to send to'],
  'ipi.no_valid_data': ['debug', 'ipi: interrupt on cpu {cpu}, but its slot holds no message'],
  'ipi.received': [
    'info',
    'ipi: interrupt on cpu {cpu} (apic {physical_id}), slot from cpu {sender_cpu}, type {type:x}',
  ],
  'ipi.buffer_alloc_failed': ['err', 'ipi: cannot allocate {size} bytes'],
  'ipi.buffer_map_failed': ['err', 'ipi: cannot map {phys:x}'],
  'ipi.buffer_allocated': ['debug', 'ipi: {size} bytes allocated at {phys:x}', ['phys', 'size']],
  'ipi.buffer_freed': ['debug', 'ipi: {size} bytes freed at {phys:x}', ['phys', 'size']],
  'ipi.bad_shared_param': ['err', 'ipi: mk_ipi_shared={param:s} is no address'],
  'ipi.shared_param': ['info', 'ipi: receive area announced at {phys:x}'],
  'ipi.shared_map_failed': ['err', 'ipi: cannot map the receive area at {phys:x}'],
  'ipi.initialized': ['info', 'ipi: receive area at {phys:x} is mapped'],
  'msg.too_large': ['err', 'msg: {size} bytes are more than the {max} a slot holds'],
  'msg.send_failed': ['err', 'msg: send failed with {errno:e}'],
  'msg.sent': [
    'debug',
    'msg: sent type {type:x} subtype {subtype:x}, {len} bytes, to instance {instance}',
  ],
  'msg.type_mismatch': ['warn', 'msg: handler of type {expected:x} finds type {got:x} in the slot'],
  'msg.no_handler': ['warn', 'msg: callback without a handler'],
  'msg.too_small': ['warn', 'msg: {size} bytes are too few for a header'],
  'msg.bad_payload_len': ['warn', 'msg: header claims {len} bytes, the slot has {max}'],
  'msg.received': [
    'debug',
    'msg: received type {type:x} subtype {subtype:x}, {len} bytes, from cpu {sender_cpu}',
  ],
  'msg.register_exists': ['warn', 'msg: type {type:x} has a handler already'],
  'msg.register_failed': ['err', 'msg: no IPI handler for type {type:x}'],
  'msg.registered': ['debug', 'msg: handler for type {type:x} registered'],
  'msg.unregistered': ['debug', 'msg: handler for type {type:x} unregistered'],
  'msg.initialized': ['info', 'msg: messaging layer ready'],
  'msg.cleaned_up': ['info', 'msg: messaging layer taken down'],
  'kho.setup_multikernel': ['info', 'kho: setup data announces the multikernel hand-over page'],
  'kho.setup_regular': ['info', 'kho: setup data announces a regular hand-over'],
  'kho.populating': ['info', 'kho: hand-over tree announced at {phys:x}, {size} bytes'],
  'kho.populate_map_failed': ['warn', 'kho: cannot map the hand-over tree at {phys:x}'],
  'kho.invalid_fdt': ['warn', 'kho: no device tree at {phys:x} (libfdt {code})'],
  'kho.incompatible': [
    'warn',
    'kho: tree at {phys:x} is not compatible with {compatible:s} (libfdt {code})',
  ],
  'kho.disabled': ['warn', 'kho: hand-over is given up'],
  'kho.populated': ['info', 'kho: hand-over tree accepted'],
  'kho.notifier_registered': ['info', 'kho: kexec notifier registered'],
  'kho.notifier_unregistered': ['debug', 'kho: kexec notifier unregistered'],
  'kho.notifier_register_failed': ['warn', 'kho: kexec notifier refused: {errno:e}'],
  'kho.notifier_failed': ['err', 'kho: a kexec notifier failed with {errno:e}'],
  'kho.nothing_to_restore': ['info', 'kho: no hand-over tree, nothing to restore'],
  'kho.restoring': ['info', 'kho: reading the hand-over tree at {phys:x}'],
  'kho.fdt_map_failed': ['err', 'kho: cannot map {phys:x}'],
  'kho.no_multikernel_node': ['info', 'kho: the tree has no multikernel node'],
  'kho.no_dtb_data': ['info', 'kho: the multikernel node has no dtb-data'],
  'kho.dtb_found': ['info', 'kho: found a device tree of {size} bytes'],
  'kho.bad_dtb_header': ['err', 'kho: dtb-data is no device tree (libfdt {code})'],
  'kho.dtb_too_large': ['err', 'kho: dtb-data has {size} bytes, too many'],
  'kho.dtb_copy_alloc_failed': ['err', 'kho: no memory for a copy of the device tree'],
  'kho.no_instances_node': ['err', 'kho: the device tree has no /instances'],
  'kho.no_instance': ['err', 'kho: /instances has no child'],
  'kho.no_instance_name': ['err', 'kho: the instance node has no name'],
  'kho.no_id_property': ['err', 'kho: no {property:s} in instance {name:s}'],
  'kho.extract_failed': ['err', 'kho: cannot tell who this kernel is: {errno:e}'],
  'kho.dtb_instance': ['info', 'kho: this kernel is instance {instance} ({name:s})'],
  'kho.parse_failed': ['err', 'kho: device tree refused: {errno:e}'],
  'kho.instance_alloc_failed': ['err', 'kho: no memory for the instance'],
  'kho.dtb_alloc_failed': ['err', 'kho: no memory for {size} bytes of device tree'],
  'kho.reserve_failed': ['err', 'kho: resources refused: {errno:e}'],
  'kho.restored': ['info', 'kho: instance {instance} ({name:s}) restored from {size} bytes'],
  'kho.restore_failed': ['warn', 'kho: restore failed with {errno:e}'],
  'kho.preserving': ['info', 'kho: preserving instance {instance}'],
  'kho.target_not_found': ['err', 'kho: instance {instance} does not exist'],
  'kho.target_has_no_dtb': ['err', 'kho: instance {instance} has no device tree'],
  'kho.add_dtb_failed': [
    'err',
    'kho: device tree of instance {instance} not added (libfdt {code})',
  ],
  'kho.dtb_preserved': ['info', 'kho: device tree of instance {instance} added, {size} bytes'],
  'kho.finalize_bad_target': ['warn', 'kho: finalize without a multikernel target'],
  'kho.no_fdt_page': ['err', 'kho: the image has no hand-over page'],
  'kho.fdt_create_failed': ['err', 'kho: hand-over tree not begun (libfdt {code})'],
  'kho.fdt_finish_failed': ['err', 'kho: hand-over tree not finished (libfdt {code})'],
  'kho.fdt_too_large': ['err', 'kho: hand-over tree of {size} bytes, limit {max}'],
  'kho.finalized': ['info', 'kho: hand-over tree of instance {instance} has {size} bytes'],
  'kho.init_failed': ['warn', 'kho: init failed with {errno:e}'],
  'inst.upload': ['info', 'mk: device tree written, {size} bytes'],
  'inst.bad_header': ['err', 'mk: what was written is no device tree (libfdt {code})'],
  'inst.no_instances_node': ['err', 'mk: the device tree has no /instances'],
  'inst.child_no_name': ['err', 'mk: an instance without a name is skipped'],
  'inst.child_no_id': ['err', 'mk: instance {name:s} has no id, skipped'],
  'inst.exists': ['info', 'mk: instance {name:s} exists, nothing is changed'],
  'inst.create_failed': ['err', 'mk: instance {name:s} not created: {errno:e}'],
  'inst.upload_done': ['info', 'mk: device tree processed'],
  'inst.extract_failed': ['err', 'mk: no device tree of its own for {name:s} (libfdt {code})'],
  'inst.created': ['info', 'mk: instance {name:s} has id {instance}'],
  'inst.state': ['debug', 'mk: instance {instance} ({name:s}) goes from {old:s} to {new:s}'],
  'inst.no_memory': ['info', 'mk: instance {name:s} asks for no memory'],
  'inst.pool_failed': ['err', 'mk: no pool of {size} bytes for instance {instance}'],
  'inst.memory': ['info', 'mk: instance {name:s} has {count} region(s), {size} bytes'],
  'inst.cpus': ['info', 'mk: instance {name:s} takes {count} cpu(s): {list:s}'],
  'inst.cpus_invalid': ['warn', 'mk: instance {name:s} has no cpu mask'],
  'inst.cpu_offline': ['debug', 'mk: cpu {cpu} is offline already'],
  'inst.cpu_removed': ['info', 'mk: cpu {cpu} taken from this kernel'],
  'inst.cpu_remove_failed': ['err', 'mk: cpu {cpu} cannot be taken: {errno:e}'],
  'inst.cpus_partial': ['warn', 'mk: {failed} of {count} cpu(s) could not be taken'],
  'inst.cpu_reserve_failed': ['err', 'mk: cpus of {name:s}: {errno:e}'],
  'inst.cpu_reserve_ignored': ['warn', 'mk: going on without them'],
  'inst.id_taken': ['err', 'mk: no number for instance {name:s} (id {instance}): {errno:e}'],
  'inst.mkdir_refused': ['err', 'mk: directories are not made by hand here'],
  'inst.rmdir_busy': ['err', 'mk: instance {name:s} is {state:s}, not removed'],
  'inst.rmdir_not_instance': ['err', 'mk: this directory is no instance'],
  'inst.removed': ['info', 'mk: instance {name:s} removed'],
  'dt.bad_memory': ['err', 'mk: memory-bytes is refused: {errno:e}'],
  'dt.bad_cpus': ['err', 'mk: cpus is refused (cpu {cpu}): {errno:e}'],
  'dt.no_resources': ['err', 'mk: the instance has no resources node'],
  'pool.disabled': ['info', 'mk: no memory pool'],
  'pool.ready': ['info', 'mk: memory pool of {size} bytes at {phys:x}'],
  'pool.no_global': ['err', 'mk: there is no memory pool to take from'],
  'pool.chunk_failed': [
    'err',
    'mk: chunk {chunk} of instance {instance}: {left} bytes are missing',
  ],
  'pool.created': ['info', 'mk: pool of instance {instance}: {chunks} chunk(s), {size} bytes'],
  'kexec.flags': ['info', 'kexec: multikernel load, flags {flags:x}, id {instance}'],
  'kexec.bad_id': ['err', 'kexec: id {instance} is not one to load'],
  'kexec.no_instance': ['err', 'kexec: no instance {instance}'],
  'kexec.busy': ['err', 'kexec: instance {instance} has an image already'],
  'kexec.associated': ['info', 'kexec: image belongs to instance {instance}, now loading'],
  'kexec.no_page': ['err', 'kexec: no page for the hand-over tree'],
  'kexec.segment': ['info', 'kexec: segment {segment} at {phys:x}, {size} bytes'],
  'kexec.fallthrough': ['info', 'kexec: instance pool refuses segment {segment} ({errno:e})'],
  'kexec.loaded': ['info', 'kexec: image of instance {instance} starts at {phys:x}'],
  'kexec.freed': ['info', 'kexec: image of instance {instance} freed'],
  'kexec.no_image': ['err', 'kexec: instance {instance} has no image'],
  'kexec.no_cpus': ['err', 'kexec: instance {instance} has no cpu to start'],
  'kexec.cpu_chosen': ['info', 'kexec: instance {instance} starts on cpu {cpu} of {list:s}'],
  'kexec.cpu_online': ['err', 'kexec: cpu {cpu} still belongs to this kernel'],
  'kexec.finalize_failed': ['warn', 'kexec: hand-over failed with {code}, starting all the same'],
  'kexec.finalize_ok': ['info', 'kexec: hand-over tree is complete'],
  'kexec.starting': ['info', 'kexec: starting instance {instance} at {phys:x} on cpu {cpu}'],
  'smp.bad_apic': ['err', 'smp: cpu {cpu} has no usable apic id'],
  'smp.kick': ['info', 'smp: waking apic {apic} (cpu {cpu}) at {phys:x}'],
  'smp.kicked': ['info', 'smp: wake-up of apic {apic} sent'],
  'smp.kick_failed': ['err', 'smp: wake-up failed with {errno:e}'],
  'smp.offline': ['info', 'smp: cpu {cpu} is now offline'],
  'smp.online': ['info', 'smp: cpu {cpu} (apic {apic}) is online'],
  'boot.start': ['info', 'boot: kernel at {phys:x} on apic {apic}'],
  'boot.cmdline': ['info', 'boot: command line: {text:s}'],
  'boot.no_memory': ['err', 'boot: no memory below {phys:x} for a trampoline'],
  'boot.mk_ready': ['info', 'mk: multikernel support ready'],
  'boot.done': ['info', 'boot: idle loop reached'],
  'irq.unexpected': ['err', 'irq: vector {vector:x} on cpu {cpu} has no handler'],
  'ipi.no_area': ['err', 'ipi: interrupt on cpu {cpu}, but no shared memory is mapped'],
  'ipi.ring_ready': ['info', 'ipi: ring of instance {instance} at {phys:x} is remembered'],
  'ipi.ring_full': ['warn', 'ipi: ring of instance {instance} is full, head {head} tail {tail}'],
  'ipi.ring_skipped': ['debug', 'ipi: slot {slot} skipped, {size} bytes'],
  'ipi.ring_entry': [
    'debug',
    'ipi: cpu {cpu} takes a message of cpu {sender_cpu} from slot {slot}, type {type:x}',
  ],
  'ipi.ring_bad_size': ['warn', 'ipi: slot {slot} claims {size} bytes'],
  'ipi.ring_none': ['err', 'ipi: instance {instance} has no ring'],
  'ipi.ring_no_cpu': ['err', 'ipi: instance {instance} has no cpu'],
  'ipi.ring_dropped': ['info', 'ipi: {count} waiting message(s) dropped'],
  'ipi.bell': ['info', 'ipi: doorbells heard on cpu {cpu}: queues {queues:x}'],
  'inst.mkdir_outside': ['err', 'mk: no directory can be made outside instances'],
} as const satisfies Record<string, readonly [LogLevel, string, (readonly string[])?]>;

export type LogKey = keyof typeof EVENTS;

/** How an argument is shown: plain number, hexadecimal, errno name, text. */
export type LogArgKind = 'number' | 'hex' | 'errno' | 'text';
export interface LogEvent {
  readonly key: LogKey;
  readonly level: LogLevel;
  readonly args: readonly { readonly name: string; readonly kind: LogArgKind }[];
  readonly sentence: string;
}

const KINDS: Readonly<Record<string, LogArgKind>> = { x: 'hex', e: 'errno', s: 'text' };

function parseEvent(key: LogKey): LogEvent {
  const [level, sentence, order] = EVENTS[key] as readonly [LogLevel, string, (readonly string[])?];
  const found = [...sentence.matchAll(/\{(\w+)(?::(\w))?\}/g)].map((match) => ({
    name: match[1]!,
    kind: KINDS[match[2] ?? ''] ?? ('number' as const),
  }));
  const args = order ? order.map((name) => found.find((arg) => arg.name === name)!) : found;
  return { key, level, args, sentence };
}

/** All events; an event's number is its place here. */
export const LOG_EVENTS: readonly LogEvent[] = (Object.keys(EVENTS) as LogKey[]).map(parseEvent);

const numberOf = new Map<LogKey, number>(LOG_EVENTS.map((event, i) => [event.key, i]));
/** The number under which records store an event. */
export const logEventNumber = (key: LogKey): number => numberOf.get(key)!;

/** A log record read back: when, where, what. Text arguments are strings, all others numbers. */
export interface LogRecord {
  /** Its number in that kernel, from 0. */
  readonly number: number;
  readonly time: number;
  readonly cpu: number;
  readonly event: LogEvent;
  readonly args: readonly (number | string)[];
}

/** The record as a sentence, without its time. */
export function logSentence({ event, args }: Pick<LogRecord, 'event' | 'args'>): string {
  return event.sentence.replace(/\{(\w+)(?::\w)?\}/g, (_, name: string) => {
    const i = event.args.findIndex((arg) => arg.name === name);
    const value = args[i] ?? '';
    if (typeof value === 'string') return value;
    const kind = event.args[i]!.kind;
    return kind === 'hex' ? hex(value) : kind === 'errno' ? errnoName(value) : String(value);
  });
}
