import { formatSize } from '../../base/units.ts';
import { errnoText, readArguments, show, wholeNumber, type Arguments } from '../arguments.ts';
import type { About } from '../ask.ts';
import { WrongUsage, type Io, type Steps, type Verb } from '../command.ts';
import { askAbout } from '../instances.ts';
import { chooseCpus, poolLeft, whyCpusRefused } from '../kerf-resources.ts';
import {
  firstWithoutPlace,
  ID_MAX,
  ID_MIN,
  isMounted,
  KERF,
  MULTIKERNEL_FS,
  readCpus,
  readMemory,
} from '../kerf-options.ts';
import { instanceTree, type InstanceWish } from '../v2-tree.ts';

/** Options the v2 device tree has no property for. */
const NO_PLACE = {
  'memory-base': 'B',
  'memory-policy': 'p',
  'numa-nodes': 'n',
  devices: 'd',
  'enable-host-kcore': 'K',
  uring: 'u',
  'uring-sq-entries': 'q',
  'uring-cq-entries': 'Q',
  'uring-shim-pages': 's',
} as const;
const AFFINITIES = ['compact', 'spread', 'local'];
/** Node names. Source: Devicetree Specification, *Node Names*. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9,._+-]{0,30}$/;
/** `memory-bytes` of v2 has 32 bits. */
const MEMORY_MAX = 0xffff_ffff;

/** `kerf create`: an instance, through a device tree of its own. */
export const kerfCreate: Verb = {
  name: 'create',
  summary: 'make an instance',
  usage: `kerf create NAME [--id=N] --cpus=LIST|--cpu-count=N --memory=SIZE
                   [--cpu-affinity=compact|spread|local] [--dry-run] [-v]`,
  more: `  LIST  CPUs such as 4-7 or 4,6      SIZE  bytes, or with KB, MB, GB
v2 has no place for --memory-base, --devices, NUMA and uring options.`,
  options: ['--id=', '--cpus=', '--cpu-count=', '--memory=', '--dry-run', '--verbose'],
  *run(args, io) {
    const given = readArguments(args, 'N:c:m:#:a:tvB:p:n:d:Kuq:Q:s:', {
      id: 'N',
      cpus: 'c',
      'cpu-count': '#',
      'cpu-affinity': 'a',
      memory: 'm',
      'dry-run': 't',
      verbose: 'v',
      ...NO_PLACE,
    });
    const read = readWish(given);
    const absent = firstWithoutPlace(given, NO_PLACE);
    if (absent !== undefined) {
      io.err(`kerf: create: the device tree of v2 has no place for --${absent}`);
      return KERF.failed;
    }
    if (!(yield* isMounted(io, 'create'))) return KERF.failed;
    const about = yield* askAbout();
    const wish = complete(read, about);
    const refusal = typeof wish === 'string' ? wish : yield* whyNot(wish, about);
    if (typeof wish === 'string' || refusal !== undefined) {
      io.err(`kerf: create: ${refusal ?? ''}`);
      return KERF.failed;
    }
    if (given.has('t') || given.has('v')) io.out(describe(wish));
    return given.has('t') ? KERF.done : yield* create(wish, io);
  },
  complete: () => [],
};

/** What was typed, checked by itself. */
interface Read {
  readonly name: string;
  readonly id: number | undefined;
  readonly cpus: readonly number[] | undefined;
  readonly count: number;
  readonly memoryBytes: number;
  readonly affinity: string;
}

function readWish(given: Arguments): Read {
  const [name, extra] = given.words;
  if (name === undefined) throw new WrongUsage('NAME is missing');
  if (extra !== undefined) throw new WrongUsage(`what is ${show(extra)} for?`);
  if (!NAME.test(name))
    throw new WrongUsage(`${show(name)} cannot be a node's name: letters, digits and ,._+- only`);
  const id = given.value('N');
  const cpus = given.value('c');
  const count = given.value('#');
  const memory = given.value('m');
  if ((cpus === undefined) === (count === undefined))
    throw new WrongUsage('either --cpus or --cpu-count is needed');
  if (memory === undefined) throw new WrongUsage('--memory is needed');
  const affinity = given.value('a') ?? 'compact';
  if (!AFFINITIES.includes(affinity))
    throw new WrongUsage(`--cpu-affinity is ${AFFINITIES.join(', ')}, not ${show(affinity)}`);
  return {
    name,
    id: id === undefined ? undefined : wholeNumber(id, '--id', ID_MIN, ID_MAX),
    cpus: cpus === undefined ? undefined : readCpus(cpus),
    count: count === undefined ? 0 : wholeNumber(count, '--cpu-count', 1, 65_535),
    memoryBytes: readMemory(memory),
    affinity,
  };
}

/** Fills in an id and CPUs that were not named, or says why it cannot. */
function complete(read: Read, { instances, cpus: known }: About): InstanceWish | string {
  const taken = new Set(instances.map(({ id }) => id));
  let id = read.id ?? ID_MIN;
  if (read.id === undefined) while (taken.has(id)) id++;
  if (id > ID_MAX) return `all ids from ${ID_MIN} to ${ID_MAX} are taken`;
  if (read.affinity === 'local') return 'this machine tells no topology to be local in';
  const cpus = read.cpus ?? chooseCpus(read.count, known, instances);
  if (!cpus) return `there are not ${read.count} CPUs left to give`;
  return { name: read.name, id, cpus, memoryBytes: read.memoryBytes };
}

/** kerf's own rules, before the kernel sees anything. */
function* whyNot(wish: InstanceWish, about: About): Steps<string | undefined> {
  const { name, id, cpus, memoryBytes } = wish;
  const sameName = about.instances.find((one) => one.name === name);
  if (sameName) return `there is an instance ${name} already (id ${sameName.id})`;
  const sameId = about.instances.find((one) => one.id === id);
  if (sameId) return `id ${id} belongs to ${sameId.name}`;
  const wrong = whyCpusRefused(cpus, about);
  if (wrong !== undefined) return wrong;
  if (memoryBytes > MEMORY_MAX)
    return `memory-bytes of v2 has 32 bits, ${formatSize(memoryBytes)} do not fit`;
  const left = yield* poolLeft(about);
  if (left !== undefined && memoryBytes > left)
    return `the pool has ${formatSize(left)} left, not ${formatSize(memoryBytes)}`;
  return undefined;
}

const describe = ({ name, id, cpus, memoryBytes }: InstanceWish): string =>
  `${name}: id ${id}, cpus ${cpus.join(',')}, memory ${formatSize(memoryBytes)}\n`;

/** v2 takes any tree with good bones; whether there is an instance then is a question of its own. */
function* create(wish: InstanceWish, io: Io): Steps<number> {
  const path = `${MULTIKERNEL_FS}/device_tree`;
  const { ret } = yield { call: 'write', path, bytes: instanceTree(wish), append: false };
  if (ret < 0) {
    io.err(`kerf: create ${wish.name}: ${errnoText(ret)}`);
    return KERF.failed;
  }
  const { instances } = yield* askAbout();
  if (instances.some(({ name }) => name === wish.name)) {
    io.out(`${wish.name} (id ${wish.id}): created\n`);
    return KERF.done;
  }
  io.err(`kerf: create ${wish.name}: the kernel took the tree and made no instance; see dmesg`);
  return KERF.failed;
}
