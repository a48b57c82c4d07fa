import { compileDts } from '../fdt/compile.ts';
import type { KernelContext } from '../kernel/context.ts';
import type { Routine } from '../machine/routine.ts';
import { CONSOLE_WORK } from '../scenarios/consoles.ts';
import { newEvaluator } from '../scenarios/evaluator.ts';
import { consoleOf, filesOf, withFiles } from '../scenarios/run-state.ts';
import { Run } from '../scenarios/run.ts';
import type { MachineSettings, ProfileName, Scenario } from '../scenarios/scenario.ts';
import { serve } from '../scenarios/serve.ts';
import type { Ask } from '../shell/ask.ts';
import { utf8Encode } from '../base/text.ts';
import { readLog } from '../world/log-read.ts';

/** An instance as a test asks for it. */
export interface Wish {
  readonly name: string;
  readonly id: number;
  /** Logical CPUs of the host; none leaves the property out. */
  readonly cpus?: readonly number[];
  /** Bytes; 0 leaves the property out. */
  readonly memory?: number;
}

/** What a test may want different from the default machine: 8 CPUs, 1 GiB at 2 GiB in the pool. */
export interface Board {
  readonly machine?: Partial<MachineSettings>;
  readonly profile?: ProfileName;
  readonly glue?: Scenario['glue'];
  readonly seed?: number;
  readonly trace?: boolean;
}

export const MIB = 1024 * 1024;
const POOL = { size: 1024 * MIB, base: 2048 * MIB };
export const WEB: Wish = { name: 'web', id: 2, cpus: [4, 5], memory: 256 * MIB };

/** Device tree source that asks for these instances. */
export function treeOf(...wishes: readonly Wish[]): string {
  const nodes = wishes.map(({ name, id, cpus = [], memory = 0 }) => {
    const cells = cpus.length > 0 ? `cpus = <${cpus.join(' ')}>; ` : '';
    const bytes = memory > 0 ? `memory-bytes = <${memory}>; ` : '';
    return `${name} { id = <${id}>; resources { ${cells}${bytes}}; };`;
  });
  return `/dts-v1/; / { compatible = "multikernel-v1"; instances { ${nodes.join(' ')} }; };`;
}

/** The blob of a source that must be right. */
export function blobOf(source: string): Uint8Array {
  const { blob, problems } = compileDts(utf8Encode(source), { file: 'test.dts' });
  if (!blob) throw new Error(JSON.stringify(problems));
  return blob;
}

/** A host that has booted and waits; no lesson. */
export function hostRun({ machine, profile, glue, seed, trace }: Board = {}): Run {
  const scenario: Scenario = {
    ...{ file: 'test.md', title: 'Test', summary: '', level: 1, seed: seed ?? 1 },
    profile: profile ?? 'rfc-v2',
    glue: glue ?? {},
    machine: { cpus: 8, memory: 4096 * MIB, pool: POOL, apic: null, ...machine },
    stops: [{ title: 'Test', line: 1, items: [] }],
  };
  return ready(new Run(scenario, { trace: trace ?? true }));
}

/** The run with all parts that are otherwise loaded when needed. */
export function ready(run: Run): Run {
  run.evaluator = newEvaluator();
  run.consoles = CONSOLE_WORK;
  return run;
}

/** Types a line and lets everything come to rest. */
export function typed(run: Run, kernel: string, line: string): { status: number; output: string } {
  run.type(kernel, line);
  while (run.advance({ through: true }) !== 'typed');
  const { status, output } = consoleOf(run.state, kernel);
  return { status: status ?? -1, output };
}

/** Types lines that must all succeed; answers what the last one printed. */
export function typeAll(run: Run, kernel: string, lines: readonly string[]): string {
  let last = '';
  for (const line of lines) {
    const { status, output } = typed(run, kernel, line);
    if (status !== 0) throw new Error(`${line}: ${status}: ${output}`);
    last = output;
  }
  return last;
}

/** Puts a file on a kernel's disk. */
function putFile(run: Run, path: string, bytes: Uint8Array): void {
  const tree = filesOf(run.state, 'host').write(path, bytes, false);
  if (typeof tree === 'number') throw new Error(`${path}: ${tree}`);
  run.state = withFiles(run.state, 'host', tree);
}

/** Mounts the files if need be, and writes a tree to `device_tree` as `cat` would. */
export function upload(run: Run, tree: string | Uint8Array): { status: number; output: string } {
  putFile(run, '/tmp/tree.dtb', typeof tree === 'string' ? blobOf(tree) : tree);
  if (!run.world.sys.kernels[0]!.mounted)
    typeAll(run, 'host', ['mount -t multikernel none /sys/fs/multikernel']);
  return typed(run, 'host', 'cat /tmp/tree.dtb > /sys/fs/multikernel/device_tree');
}

/** A host with these instances created, but nothing loaded. */
export function createdRun(wishes: readonly Wish[], board: Board = {}): Run {
  const run = hostRun(board);
  upload(run, treeOf(...wishes));
  return run;
}

/** A host and these instances, all of them running. */
export function bootedRun(wishes: readonly Wish[] = [WEB], board: Board = {}): Run {
  const run = createdRun(wishes, board);
  for (const { id } of wishes)
    typeAll(run, 'host', [`kerf load --kernel=/boot/vmlinuz --id=${id}`, `kerf exec --id=${id}`]);
  return run;
}

/** Runs until nothing moves. */
export function settle(run: Run): void {
  while (!run.world.quiet) run.world.run(100_000);
}

/** What the kernel answers to a system call, past all checks of the commands. */
export function ask(run: Run, kernel: string, what: Ask): number {
  const { world } = run;
  const served = serve(world, world.kernelNamed(kernel), filesOf(run.state, kernel), what);
  if ('answer' in served) return served.answer.ret;
  settle(run);
  return world.takeResult(served.task) ?? NaN;
}

/** Flags of kexec_file_load for an instance id (facts: 0x10, id shifted by 5). */
export const loadFlags = (id: number): number => 0x10 | (id << 5);

/** kexec_file_load of the image in /boot, or of other bytes. */
export function kexecLoad(run: Run, flags: number, kernel?: Uint8Array, cmdline = ''): number {
  const image = kernel ?? vmlinuz(run);
  return ask(run, 'host', { call: 'kexec_file_load', kernel: image, initrd: null, cmdline, flags });
}

export function vmlinuz(run: Run): Uint8Array {
  const path = '/boot/vmlinuz';
  const served = serve(run.world, 0, filesOf(run.state, 'host'), { call: 'read', path });
  return 'answer' in served ? served.answer.bytes! : new Uint8Array(0);
}

/** reboot(2) with LINUX_REBOOT_CMD_MULTIKERNEL. */
export const kexecExec = (run: Run, id: number): number =>
  ask(run, 'host', { call: 'reboot', cmd: 0x4d4b4c49, id });

/** Calls a kernel function on the boot CPU of a kernel and answers what it returned. */
export function callRoutine(
  run: Run,
  kernel: string,
  routine: Routine<KernelContext>,
  ...args: readonly number[]
): number {
  const { world } = run;
  const { bootCpu } = world.sys.kernels[world.kernelNamed(kernel)]!;
  const serial = world.startTask(bootCpu, routine, args, routine.name, false);
  settle(run);
  return world.takeResult(serial) ?? NaN;
}

/** A kernel's context, to look things up in its memory. */
export const lookAt = (run: Run, kernel: string): KernelContext =>
  run.world.lookAt(run.world.kernelNamed(kernel));

/** Keys of a kernel's log, oldest first. */
export const logKeys = (run: Run, kernel: string): string[] =>
  readLog(lookAt(run, kernel)).map(({ event }) => event.key);

/** Arguments of every record with that key, oldest first. */
export const logged = (run: Run, kernel: string, key: string): (number | string)[][] =>
  readLog(lookAt(run, kernel))
    .filter(({ event }) => event.key === key)
    .map(({ args }) => [...args]);

/** What was logged while `work` ran. */
export function logDuring(run: Run, kernel: string, work: () => void): string[] {
  const before = logKeys(run, kernel).length;
  work();
  return logKeys(run, kernel).slice(before);
}

/** Rows of the trace of one kind, oldest first. */
export function rowsOf(run: Run, kind: number, from = 0) {
  const { trace } = run.world;
  if (!trace) throw new Error('this run keeps no trace');
  const rows = [];
  for (let index = Math.max(from, trace.begin); index < trace.head; index++) {
    const row = trace.at(index)!;
    if (row.kind === kind) rows.push(row);
  }
  return rows;
}
