import { ERRNO } from '../base/errno.ts';
import { utf8Decode, utf8Encode } from '../base/text.ts';
import type { About, Answer, Ask } from './ask.ts';
import { resume, start, type Progress } from './shell.ts';
import { newShell, type ShellState } from './state.ts';

/** A kernel for tests: files in memory, and a note of everything that was asked. */
export interface FakeWorld {
  readonly files: Map<string, Uint8Array>;
  readonly folders: Set<string>;
  readonly asked: Ask[];
  /** What to answer to asks that change a kernel; 0 when it says nothing. */
  readonly rets: Partial<Record<Ask['call'], number>>;
  /** Errno of writes to a path. */
  readonly writeRets: Map<string, number>;
  about: About;
}

const FOLDERS = ['/', '/boot', '/proc', '/sys', '/sys/fs', '/sys/fs/multikernel'];
const INSTANCES = '/sys/fs/multikernel/instances';

/** An instance as the tests' kernels know it. */
export const WEB_SERVER: About['instances'][number] = {
  id: 2,
  name: 'web-server',
  state: 'ready',
  cpus: [4, 5],
  memoryBytes: 256 * 1024 * 1024,
  refcount: 1,
  loaded: false,
};

/** A host with eight CPUs and one instance, all glue on. */
export const HOST: About = {
  kernel: 'host',
  isHost: true,
  timeNs: 1_500_000_000,
  profile: 'rfc-v2',
  glue: ['kerf-loading', 'load-ids'],
  instances: [WEB_SERVER],
  log: [
    { timeNs: 1000, cpu: 0, level: 'info', key: 'boot.done', text: 'boot: idle loop reached' },
    { timeNs: 2000, cpu: 0, level: 'debug', key: 'msg.sent', text: 'msg: sent' },
    { timeNs: 3000, cpu: 0, level: 'err', key: 'msg.send_failed', text: 'msg: send failed' },
    { timeNs: 4000, cpu: 1, level: 'warn', key: 'msg.too_small', text: 'msg: too few bytes' },
  ],
  handlers: [],
  stats: { sent: 3, handled: 2, lost: 1 },
  areas: [],
  cpus: Array.from({ length: 8 }, (_, id) => ({
    id,
    apicId: id,
    online: id !== 4 && id !== 5,
    calls: id,
    irqWork: 0,
  })),
};

/** A world with these files besides its folders. The multikernel files are mounted. */
export function fakeWorld(files: Readonly<Record<string, string | Uint8Array>> = {}): FakeWorld {
  const world: FakeWorld = {
    files: new Map([['/boot/vmlinuz', utf8Encode('kernel')]]),
    folders: new Set([...FOLDERS, INSTANCES]),
    asked: [],
    rets: {},
    writeRets: new Map(),
    about: HOST,
  };
  for (const [path, content] of Object.entries(files)) {
    world.files.set(path, typeof content === 'string' ? utf8Encode(content) : content);
    world.folders.add(parentOf(path));
  }
  return world;
}

/** The same world before the multikernel files are mounted. */
export function unmountedWorld(): FakeWorld {
  const world = fakeWorld();
  world.folders.delete(INSTANCES);
  return world;
}

const fail = (name: keyof typeof ERRNO): Answer => ({ ret: -ERRNO[name] });
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** Answers as a small kernel would. */
export function answer(world: FakeWorld, ask: Ask): Answer {
  world.asked.push(ask);
  switch (ask.call) {
    case 'read': {
      const bytes = world.files.get(ask.path);
      if (bytes) return { ret: bytes.length, bytes };
      return fail(world.folders.has(ask.path) ? 'EISDIR' : 'ENOENT');
    }
    case 'write':
      return write(world, ask);
    case 'list':
      return list(world, ask.path);
    case 'stat':
      if (world.files.has(ask.path)) return { ret: 0, kind: 'file' };
      return world.folders.has(ask.path) ? { ret: 0, kind: 'directory' } : fail('ENOENT');
    case 'unlink':
      return world.files.delete(ask.path) ? { ret: 0 } : fail('ENOENT');
    case 'mkdir':
      if (world.files.has(ask.path) || world.folders.has(ask.path)) return fail('EEXIST');
      if (!world.folders.has(parentOf(ask.path))) return fail('ENOENT');
      world.folders.add(ask.path);
      return { ret: world.rets.mkdir ?? 0 };
    case 'rmdir':
      if (world.rets.rmdir !== undefined) return { ret: world.rets.rmdir };
      return world.folders.delete(ask.path) ? { ret: 0 } : fail('ENOENT');
    case 'mount':
      world.folders.add(INSTANCES);
      return { ret: world.rets.mount ?? 0 };
    case 'about':
      return { ret: 0, about: world.about };
    case 'flood':
      return { ret: world.rets.flood ?? ask.count };
    default:
      return { ret: world.rets[ask.call] ?? 0 };
  }
}

function write(world: FakeWorld, ask: Extract<Ask, { call: 'write' }>): Answer {
  const ret = world.writeRets.get(ask.path);
  if (ret !== undefined) return { ret };
  if (world.folders.has(ask.path)) return fail('EISDIR');
  if (!world.folders.has(parentOf(ask.path))) return fail('ENOENT');
  const before = ask.append ? (world.files.get(ask.path) ?? new Uint8Array(0)) : new Uint8Array(0);
  world.files.set(ask.path, Uint8Array.from([...before, ...ask.bytes]));
  return { ret: ask.bytes.length };
}

function list(world: FakeWorld, path: string): Answer {
  if (!world.folders.has(path)) return fail(world.files.has(path) ? 'ENOTDIR' : 'ENOENT');
  const inside = (one: string): boolean => one !== '/' && parentOf(one) === path;
  const names = [
    ...[...world.folders].filter(inside).map((one) => `${one.slice(parentOf(one).length)}/`),
    ...[...world.files.keys()].filter(inside).map((one) => one.slice(parentOf(one).length)),
  ].map((name) => name.replace(/^\//, ''));
  return { ret: 0, names };
}

/** What a line came to. */
export interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly state: ShellState;
}

/** Asks after which a test gives up on a line. */
const PATIENCE = 5000;

/** Types a line and answers until it is over. */
export function type(world: FakeWorld, line: string, state = newShell('host')): Outcome {
  let progress: Progress = start(state, line);
  for (let i = 0; progress.kind === 'ask'; i++) {
    if (i > PATIENCE) throw new Error(`no end: ${line}`);
    progress = resume(progress.job, answer(world, progress.ask));
  }
  return progress;
}

/** Text of a file of the world, undefined when there is none. */
export function contentOf(world: FakeWorld, path: string): string | undefined {
  const bytes = world.files.get(path);
  return bytes && utf8Decode(bytes);
}

/** The asks of one kind, in order. */
export const asksOf = <Call extends Ask['call']>(
  world: FakeWorld,
  call: Call,
): Extract<Ask, { call: Call }>[] =>
  world.asked.filter((ask): ask is Extract<Ask, { call: Call }> => ask.call === call);
