import { describe, expect, it } from 'vitest';
import { K } from './kernel.layout.ts';
import { LOG_EVENTS, type LogKey } from './log-events.ts';
import events from './fixtures/events.json' with { type: 'json' };
import type { Run } from '../scenarios/run.ts';
import { block, BOOT, lessonRun, playOut } from '../testing/lesson.ts';
import {
  bootedRun,
  createdRun,
  hostRun,
  logKeys,
  MIB,
  treeOf,
  typeAll,
  typed,
  upload,
  WEB,
  type Wish,
} from '../testing/world.ts';

const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const FS = '/sys/fs/multikernel';

/** A host on which a user has typed these lines, whatever they came to. */
function after(run: Run, kernel: string, ...lines: readonly string[]): Run {
  for (const line of lines) typed(run, kernel, line);
  return run;
}
const fails = (call: 'alloc' | 'memremap', n: number): string => `sysctl sim.fail_${call}=${n}`;

/** The host loads and starts `one` with these words on the command line. */
const started = (words: string, board: Parameters<typeof createdRun>[1] = {}): Run =>
  after(
    createdRun([ONE], board),
    'host',
    `kerf load --kernel=/boot/vmlinuz --id=1 --cmdline="${words}"`,
    'kerf exec --id=1',
  );
const padded = (bytes: number): Run => {
  const run = hostRun();
  upload(run, treeOf(ONE).replace('id = <1>;', `id = <1>; pad = [${'00'.repeat(bytes)}];`));
  return after(run, 'host', 'kerf load --kernel=/boot/vmlinuz --id=1', 'kerf exec --id=1');
};
/** `one` boots with its N-th allocation failing: what a memory shortage of its own would do. */
function starved(call: 'alloc' | 'memremap', n: number): Run {
  const run = after(createdRun([ONE]), 'host', 'kerf load --kernel=/boot/vmlinuz --id=1');
  run.type('host', 'kerf exec --id=1');
  while (run.world.kernelNamed('one') < 0) run.advance({ steps: 1, through: true });
  // Model of a console: at this moment the new kernel has none yet.
  const at = call === 'alloc' ? K.fail_alloc : K.fail_memremap;
  run.world.mem.poke32(run.world.machine.kernelBase[1]! + at, n);
  while (run.advance({ through: true }) !== 'typed');
  return run;
}
const raced = (b: string, picture: readonly string[], listen: readonly string[]): Run =>
  playOut(
    lessonRun(
      BOOT(...listen) +
        block(
          'console host',
          'mk send web system heartbeat 0xa1a1a1a1 --cpu 1 --hold',
          `${b} --cpu 6 --hold`,
        ) +
        block('schedule', ...picture),
    ),
  );

/** What a user does, and the events it must leave in some kernel's log. */
const DEEDS: readonly (readonly [what: string, run: () => Run, keys: readonly LogKey[]])[] = [
  [
    'creates, boots, listens, sends',
    () => {
      const run = bootedRun([ONE]);
      after(run, 'one', 'mk listen user', 'mk unlisten user', 'mk listen system');
      return after(run, 'host', 'mk send one system heartbeat 0x01');
    },
    [
      ...(['ipi.created', 'ipi.buffer_allocated', 'ipi.shared_param', 'ipi.initialized'] as const),
      ...(['ipi.received', 'msg.initialized', 'msg.registered', 'msg.unregistered'] as const),
      ...(['msg.sent', 'msg.received', 'kho.setup_multikernel', 'kho.populating'] as const),
      ...(['kho.populated', 'kho.notifier_registered', 'kho.restoring', 'kho.dtb_found'] as const),
      ...(['kho.dtb_instance', 'kho.restored', 'kho.preserving', 'kho.dtb_preserved'] as const),
      ...(['kho.finalized', 'kho.nothing_to_restore'] as const),
    ],
  ],
  [
    'sends too much',
    () => after(createdRun([WEB]), 'host', 'mk send web user 1 --len 233'),
    ['msg.too_large'],
  ],
  ['sends to nobody', () => after(hostRun(), 'host', 'mk send 9 user 1'), ['msg.send_failed']],
  [
    'sends as posted',
    () => after(createdRun([ONE], { profile: 'rfc-v2-as-posted' }), 'host', 'mk send one user 1'),
    ['ipi.no_shared_memory'],
  ],
  [
    'sends where numbers and APIC ids differ',
    () => {
      const run = bootedRun([ONE], { machine: { apic: [0, 1, 2, 3, 6, 5, 4, 7] } });
      return after(run, 'host', 'mk send one user 1');
    },
    ['ipi.no_valid_data'],
  ],
  [
    'asks for an area without memory',
    () => createdRun([{ ...ONE, memory: 0 }]),
    ['ipi.create_no_pool'],
  ],
  [
    'asks for an area in too little memory',
    () => createdRun([{ ...ONE, memory: 4096 }], { machine: { cpus: 64 } }),
    ['ipi.create_alloc_failed', 'ipi.buffer_alloc_failed'],
  ],
  [
    'makes an instance again',
    () => {
      const run = after(createdRun([ONE]), 'host', `rmdir ${FS}/instances/one`);
      upload(run, treeOf(ONE));
      return run;
    },
    ['ipi.create_exists', 'ipi.buffer_freed'],
  ],
  [
    'has a mapping fail',
    () => {
      const run = after(hostRun(), 'host', fails('memremap', 1));
      upload(run, treeOf(ONE));
      return run;
    },
    ['ipi.buffer_map_failed'],
  ],
  [
    'names an area that is no address',
    () => started('mk_ipi_shared=x', { glue: { 'ipi-param': false } }),
    ['ipi.bad_shared_param'],
  ],
  [
    'names an area outside of memory',
    () => started('mk_ipi_shared=1T', { glue: { 'ipi-param': false } }),
    ['ipi.shared_map_failed'],
  ],
  [
    'registers twice',
    () => after(bootedRun([ONE]), 'one', 'mk listen io', 'mk listen io'),
    ['msg.register_exists'],
  ],
  [
    'registers without memory',
    () => after(bootedRun([ONE]), 'one', fails('alloc', 2), 'mk listen io'),
    ['msg.register_failed'],
  ],
  [
    'sends bytes that are no message',
    () => {
      const run = after(bootedRun([ONE]), 'one', 'mk listen io');
      const long = `0x00100000${'00'.repeat(12)}ff000000${'00'.repeat(4)}`;
      return after(run, 'host', 'mk raw one io 0x01020304', `mk raw one io ${long}`);
    },
    ['msg.too_small', 'msg.bad_payload_len'],
  ],
  [
    'sends two kinds at once',
    () =>
      raced(
        'mk send web io irq-forward 0xb2',
        [
          'cpu1 to end',
          'cpu4 take 0xea',
          'cpu4 until unlock',
          'cpu6 until slot.type',
          'cpu4 to end',
        ],
        ['system', 'io'],
      ),
    ['msg.type_mismatch'],
  ],
  [
    'hands over a tree that just does not fit',
    () => padded(3940 - 252),
    ['kho.fdt_finish_failed', 'kho.invalid_fdt', 'kho.disabled'],
  ],
  [
    'hands over a tree that is far too large',
    () => padded(3800),
    ['kho.add_dtb_failed', 'kho.notifier_failed', 'kho.no_dtb_data'],
  ],
  [
    'boots as posted: no pool of its own',
    () => bootedRun([ONE], { profile: 'rfc-v2-as-posted', glue: { 'kerf-loading': true } }),
    ['kho.reserve_failed', 'kho.restore_failed'],
  ],
  ['boots without a mapping (1)', () => starved('memremap', 1), ['kho.populate_map_failed']],
  ['boots without a mapping (2)', () => starved('memremap', 2), ['kho.fdt_map_failed']],
  ['boots without memory (1)', () => starved('alloc', 1), ['kho.dtb_alloc_failed']],
  ['boots without memory (2)', () => starved('alloc', 2), ['kho.instance_alloc_failed']],
  ['boots without memory (4)', () => starved('alloc', 4), ['kho.dtb_copy_alloc_failed']],
];

/** Events that the published code can log and no user of a console can bring about. */
const NOT_BY_USERS: Readonly<Record<string, string>> = {
  'ipi.destroying': 'nothing in the series calls mk_instance_ipi_destroy',
  'msg.cleaned_up': 'called only when the file system cannot be made at boot',
  'kho.notifier_unregistered': 'nothing in the series calls mk_kho_cleanup',
  'kho.notifier_register_failed': 'a kernel registers its notifier once',
  'kho.finalize_bad_target': 'only images with an id are finalized',
  'kho.no_fdt_page': 'a multikernel image always has its page',
  'kho.target_not_found': 'the state loading keeps the instance while it has an image',
  'kho.target_has_no_dtb': 'an instance always has its device tree',
  'kho.incompatible': 'the host writes the compatible string itself',
  'kho.bad_dtb_header': 'the inner tree was made by the host, and is whole',
  'kho.extract_failed': 'the inner tree was made by the host, with its node and id',
  'kho.no_instances_node': 'as kho.extract_failed',
  'kho.no_instance': 'as kho.extract_failed',
  'kho.no_id_property': 'as kho.extract_failed',
  'kho.parse_failed': 'the host has parsed the same tree before',
  'kho.no_multikernel_node': 'needs a notifier that stops, and none does for a user',
};

describe('log events', () => {
  const caused = new Set<string>();

  it.each(DEEDS)('a user who %s', (_what, deed, keys) => {
    const run = deed();
    const found = new Set(run.world.sys.kernels.flatMap(({ name }) => logKeys(run, name)));
    for (const key of found) caused.add(key);
    for (const key of keys) expect(found).toContain(key);
  });

  it('of the recorded C code are all caused by somebody, or nobody can', () => {
    for (const key of Object.keys(events))
      expect([key, caused.has(key) || key in NOT_BY_USERS]).toEqual([key, true]);
  });

  it('that nobody can cause are events all the same, and not caused', () => {
    const known = LOG_EVENTS.map(({ key }): string => key);
    for (const key of Object.keys(NOT_BY_USERS)) {
      expect(known).toContain(key);
      expect([key, caused.has(key)]).toEqual([key, false]);
    }
  });

  it('can be read on a console', () => {
    const run = bootedRun([ONE]);
    expect(typeAll(run, 'one', ['dmesg'])).toContain('kho:');
  });
});
