import { Refused } from '../base/assert.ts';
import { ORDERINGS } from '../machine/ordering.ts';
import { GIB, MIB, PAGE_SIZE, parseSize, roundDown } from '../base/units.ts';
import { partsOf, RING_SLOTS } from '../world/design-switches.ts';
import { Fields, flagOf, integerOf, scalarOf, textOf, wordOf } from './fields.ts';
import { FRONT_MATTER_KEYS, MACHINE_KEYS } from './grammar.ts';
import { LIMITS } from './limits.ts';
import { GLUE, PROFILES, type Level, type MachineSettings, type Scenario } from './scenario.ts';
import { lineAt, placeOf, type Source } from './source.ts';
import { readYamlMap, type YamlNode } from './yaml.ts';

/** What stands above the lesson. */
export type Header = Omit<Scenario, 'file' | 'stops'>;

/** The least a kernel boots in, and the most that simulated physical addresses are tried with. */
const MEMORY_MIN = 16 * MIB;
const MEMORY_MAX = 64 * GIB;
const MEMORY_DEFAULT = 4 * GIB;
const CPUS_DEFAULT = 8;
const SEED_DEFAULT = 1;
const SEED_MAX = 2 ** 32 - 1;
/** The world has room for 1024 CPUs, and slots are indexed by APIC id. */
const APIC_ID_MAX = 1023;

/** Reads the front matter, which ends before line `end`. */
export function readFrontMatter(source: Source, end: number): Header {
  const lines = Array.from({ length: end - 2 }, (_, index) => ({
    line: index + 2,
    indent: 0,
    text: lineAt(source, index + 2),
  }));
  const map = readYamlMap(source, lines, placeOf(source, 1));
  const fields = new Fields(map, 'front matter', Object.keys(FRONT_MATTER_KEYS));
  const title = fields.get('title');
  if (!title) throw new Refused('front matter needs a title:', placeOf(source, 1));
  const summary = fields.get('summary');
  const level = fields.get('level');
  const profile = fields.get('profile');
  const glue = fields.get('glue');
  const seed = fields.get('seed');
  const design = fields.get('design');
  const named = profile ? wordOf(profile, 'profile', PROFILES) : 'rfc-v2';
  return {
    title: textOf(title, 'title'),
    summary: summary ? textOf(summary, 'summary') : '',
    level: level ? levelOf(level) : 1,
    profile: named,
    glue: glue ? readGlue(glue) : {},
    ...(design && readDesign(design, named)),
    machine: readMachine(fields.get('machine')),
    seed: seed ? integerOf(seed, 'seed', 0, SEED_MAX) : SEED_DEFAULT,
  };
}

function levelOf(node: YamlNode): Level {
  const level = integerOf(node, 'level', 1, 3);
  return level === 1 ? 1 : level === 2 ? 2 : 3;
}

/** `[two-way]` switches on; `{ two-way: true, ipi-param: false }` says which way. */
function readGlue(node: YamlNode): Header['glue'] {
  const glue: Partial<Record<(typeof GLUE)[number], boolean>> = {};
  if (node.kind === 'list') {
    for (const item of node.items) {
      const name = wordOf(item, 'glue', GLUE);
      if (name in glue) throw new Refused(`glue: names "${name}" twice`, item.place);
      glue[name] = true;
    }
    return glue;
  }
  if (node.kind !== 'map')
    throw new Refused('glue: must be a list such as [two-way] or { two-way: true }', node.place);
  const fields = new Fields(node, 'glue', GLUE);
  for (const name of GLUE) {
    const value = fields.get(name);
    if (value) glue[name] = flagOf(value, name);
  }
  return glue;
}

/** `{ sender-lock: true, slots: 4 }`: parts the profile has or could have, and the slots of its ring. */
function readDesign(node: YamlNode, profile: string): Pick<Scenario, 'design' | 'ringSlots'> {
  const known = partsOf(profile).map(({ name }) => name);
  const hasRing = known.includes('drain-loop');
  if (known.length === 0)
    throw new Refused(`design: ${profile} has no parts to switch`, node.place);
  if (node.kind !== 'map')
    throw new Refused(`design: must be a mapping such as { ${known[0]}: true }`, node.place);
  const fields = new Fields(node, `design of ${profile}`, [
    ...known,
    ...(hasRing ? ['slots'] : []),
  ]);
  const flags = known.flatMap((name) => {
    const value = fields.get(name);
    return value ? [[name, flagOf(value, name)] as const] : [];
  });
  const slots = fields.get('slots');
  return {
    ...(flags.length > 0 && { design: Object.fromEntries(flags) }),
    ...(slots && { ringSlots: slotsOf(slots) }),
  };
}

function slotsOf(node: YamlNode): number {
  const slots = integerOf(node, 'slots', RING_SLOTS[0], RING_SLOTS.at(-1)!);
  if (RING_SLOTS.some((each) => each === slots)) return slots;
  throw new Refused(`slots: must be one of ${RING_SLOTS.join(', ')}`, node.place);
}

function readMachine(node: YamlNode | undefined): MachineSettings {
  if (node && node.kind !== 'map')
    throw new Refused('machine: must be a mapping such as { cpus: 8, memory: 4GiB }', node.place);
  const fields = node && new Fields(node, 'machine', Object.keys(MACHINE_KEYS));
  const cpusNode = fields?.get('cpus');
  const cpus = cpusNode ? integerOf(cpusNode, 'cpus', 1, LIMITS.cpus.max) : CPUS_DEFAULT;
  const memoryNode = fields?.get('memory');
  const memory = memoryNode ? readMemory(memoryNode) : MEMORY_DEFAULT;
  const pool = fields?.get('pool');
  const apic = fields?.get('apic');
  const ordering = fields?.get('ordering');
  return {
    cpus,
    memory,
    pool: pool ? readPool(pool, memory) : defaultPool(memory),
    apic: apic ? readApic(apic, cpus) : null,
    ...(ordering && { ordering: wordOf(ordering, 'ordering', ORDERINGS) }),
  };
}

function readMemory(node: YamlNode): number {
  const bytes = parseSize(scalarOf(node, 'memory').source);
  if (bytes === undefined) throw new Refused('memory: must be a size such as 4GiB', node.place);
  if (bytes < MEMORY_MIN || bytes > MEMORY_MAX)
    throw new Refused('memory: must be from 16MiB to 64GiB', node.place);
  if (bytes % PAGE_SIZE !== 0)
    throw new Refused(`memory: must be a multiple of ${PAGE_SIZE} bytes`, node.place);
  return bytes;
}

/** A quarter of memory in its middle: 1 GiB at 2 GiB of 4 GiB. */
const defaultPool = (memory: number): MachineSettings['pool'] => ({
  size: roundDown(memory / 4, PAGE_SIZE),
  base: roundDown(memory / 2, PAGE_SIZE),
});

/** `none`, or `SIZE[@BASE]` as in `mkkernel_pool=`. */
function readPool(node: YamlNode, memory: number): MachineSettings['pool'] {
  const text = scalarOf(node, 'pool').source;
  if (text === 'none') return null;
  const [sizeText = '', baseText, ...more] = text.split('@');
  const size = parseSize(sizeText);
  const base = baseText === undefined ? null : parseSize(baseText);
  if (size === undefined || base === undefined || more.length > 0)
    throw new Refused('pool: must be SIZE, SIZE@BASE or none, such as 1GiB@2GiB', node.place);
  if (size === 0 || size % PAGE_SIZE !== 0 || (base ?? 0) % PAGE_SIZE !== 0 || base === 0)
    throw new Refused(
      `pool: size and base must be multiples of ${PAGE_SIZE} bytes, not 0`,
      node.place,
    );
  if (size + (base ?? 0) > memory)
    throw new Refused('pool: must lie inside the memory of the machine', node.place);
  return { size, base };
}

function readApic(node: YamlNode, cpus: number): readonly number[] {
  if (node.kind !== 'list')
    throw new Refused('apic: must be a list with the APIC id of each CPU', node.place);
  const ids = new Set<number>();
  for (const item of node.items) {
    const id = integerOf(item, 'apic', 0, APIC_ID_MAX);
    if (ids.has(id)) throw new Refused(`apic: has the id ${id} twice`, item.place);
    ids.add(id);
  }
  if (ids.size !== cpus)
    throw new Refused(`apic: has ${ids.size} ids for ${cpus} CPUs`, node.place);
  return [...ids];
}
