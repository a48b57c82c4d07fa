import { describe, expect, it } from 'vitest';
import { ERRNO } from '../base/errno.ts';
import type { Layout } from '../base/layout.ts';
import { PAGE_SIZE } from '../base/units.ts';
import events from './fixtures/events.json' with { type: 'json' };
import golden from './fixtures/layout.json' with { type: 'json' };
import { LOG_EVENTS, logSentence } from './log-events.ts';
import * as mk from './mk.layout.ts';

type Shape = { size: number; fields: Record<string, { offset: number; size: number }> };
const structs = golden.structs as Record<string, Shape>;

const LAYOUTS: readonly Layout<string>[] = [
  mk.MK_IPI_DATA,
  mk.MK_INSTANCE_IPI_DATA,
  mk.MK_IPI_HANDLER,
  mk.IRQ_WORK,
  mk.MK_MESSAGE,
  mk.MK_IO_IRQ_PAYLOAD,
  mk.MK_CPU_RESOURCE_PAYLOAD,
  mk.MK_MEM_RESOURCE_PAYLOAD,
  mk.MK_MSG_TYPE_HANDLER,
];

/** Fields we split: the compiler's `node` of irq_work is a pointer, flags and two numbers. */
const PARTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  irq_work: { node: ['llist', 'flags', 'src', 'dst'] },
};

describe('the structs', () => {
  it('are all the published headers have, but for the area, which is only an array', () => {
    const ours = LAYOUTS.map(({ name }) => name);
    expect([...ours, 'mk_shared_data'].sort()).toEqual(Object.keys(structs).sort());
    expect(structs.mk_shared_data!.size).toBe(mk.MK_IPI_DATA.size * golden.constants.NR_CPUS);
  });

  it.each(LAYOUTS.map((each) => [each.name, each] as const))(
    '%s is laid out as C has it',
    (name, ours) => {
      const theirs = structs[name]!;
      expect(ours.size).toBe(theirs.size);
      const covered = Object.entries(theirs.fields).flatMap(([field, { offset, size }]) => {
        const parts = PARTS[name]?.[field] ?? [field];
        const found = parts.map((part) => ours.fields.find((each) => each.name === part));
        expect(found.map((each) => each?.name)).toEqual(parts);
        expect(found[0]!.offset).toBe(offset);
        expect(found.reduce((sum, each) => sum + each!.size, 0)).toBe(size);
        return parts;
      });
      expect(ours.fields.map((each) => each.name)).toEqual(covered);
    },
  );

  it('gives a slot its place by its number', () => {
    expect(golden.slot_offset).toBe(`cpu_data[cpu] = ${mk.MK_IPI_DATA.size}*cpu`);
  });
});

const SUBTYPES: Readonly<Record<keyof typeof mk.MK_SUBTYPES, string>> = {
  'irq-forward': 'MK_IO_IRQ_FORWARD',
  'irq-balance': 'MK_IO_IRQ_BALANCE',
  'irq-mask': 'MK_IO_IRQ_MASK',
  'irq-unmask': 'MK_IO_IRQ_UNMASK',
  'cpu-add': 'MK_RES_CPU_ADD',
  'cpu-remove': 'MK_RES_CPU_REMOVE',
  'mem-add': 'MK_RES_MEM_ADD',
  'mem-remove': 'MK_RES_MEM_REMOVE',
  query: 'MK_RES_QUERY',
  heartbeat: 'MK_SYS_HEARTBEAT',
  shutdown: 'MK_SYS_SHUTDOWN',
};

describe('the constants', () => {
  const ours: Record<string, number> = {
    ...{ PAGE_SIZE, max_payload: mk.MAX_PAYLOAD },
    ...{ MK_MAX_DATA_SIZE: mk.MK_MAX_DATA_SIZE, MK_MAX_INSTANCES: mk.MK_MAX_INSTANCES },
    ...{ MULTIKERNEL_VECTOR: mk.MULTIKERNEL_VECTOR, IRQ_WORK_VECTOR: mk.IRQ_WORK_VECTOR },
    MK_PFN_IPI_TYPE: mk.MK_PFN_IPI_TYPE,
    ...Object.fromEntries(
      Object.entries(mk.MK_MSG).map(([name, value]) => [`MK_MSG_${name}`, value]),
    ),
    ...Object.fromEntries(
      Object.entries(SUBTYPES).map(([word, name]) => [
        name,
        mk.MK_SUBTYPES[word as keyof typeof SUBTYPES],
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(ERRNO).filter(([name]) => Object.hasOwn(golden.constants, name)),
    ),
  };

  it.each(Object.entries(ours))('%s is %d', (name, value) => {
    expect(golden.constants).toHaveProperty(name, value);
  });

  it('are all of them, but for NR_CPUS, which is a setting, and flags that nothing reads', () => {
    const flags = /^MK_(IRQ|CPU|MEM)_/;
    const missing = Object.keys(golden.constants).filter(
      (name) => !Object.hasOwn(ours, name) && !flags.test(name),
    );
    expect(missing).toEqual(['NR_CPUS']);
  });
});

describe('the log', () => {
  const byKey = new Map<string, (typeof LOG_EVENTS)[number]>(
    LOG_EVENTS.map((event) => [event.key, event]),
  );

  it.each(Object.entries(events))(
    'has %s with its level and its arguments in order',
    (key, { level, args }) => {
      const event = byKey.get(key);
      expect(event?.level).toBe(level);
      expect(event?.args.map(({ name }) => name)).toEqual(args);
    },
  );

  it('says every argument in its sentence, whatever the order', () => {
    for (const event of LOG_EVENTS) {
      const args = event.args.map(({ kind }, i) => (kind === 'text' ? `text${i}` : 1000 + i));
      const sentence = logSentence({ event, args });
      expect(sentence).not.toMatch(/[{}]|undefined|NaN/);
      event.args.forEach(({ kind }, i) => {
        const shown =
          kind === 'text' ? `text${i}` : kind === 'hex' ? (1000 + i).toString(16) : `${1000 + i}`;
        expect(sentence).toContain(shown);
      });
    }
  });
});
