import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { assert } from '../../sim/base/assert.ts';
import { flood } from '../../sim/kernel/flood.ts';
import { heapKind, kmalloc } from '../../sim/kernel/heap.ts';
import { MK_MSG } from '../../sim/kernel/mk.layout.ts';
import { STAT } from '../../sim/kernel/observer.ts';
import { CONSOLE_WORK } from '../../sim/scenarios/consoles.ts';
import { Run } from '../../sim/scenarios/run.ts';
import { parseScenario } from '../../sim/scenarios/parse.ts';
import { WrongUsage, type Io } from '../verb.ts';

const INSTANCES = 8;
const PAYLOAD_BYTES = 32;
const COUNT_DEFAULT = 1_000_000;
const COUNT_MAX = 1_000_000_000;
/** Messages sent before the clock starts, so that the engine has compiled what it will. */
const WARM_UP = 1_000_000;
const SLICE_STEPS = 1_000_000;

/**
 * `bench messages [--trace] [--count N]`: the host sends round robin to 8 instances of one CPU each,
 * started the way a lesson starts them; every message is taken before the next is sent.
 */
export function benchMessages(argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { trace: { type: 'boolean' }, count: { type: 'string' } },
  });
  const trace = values.trace === true;
  const count = Number(values.count ?? COUNT_DEFAULT);
  if (!Number.isInteger(count) || count < 1 || count > COUNT_MAX)
    throw new WrongUsage(`--count is a whole number from 1 to ${COUNT_MAX}`);
  const run = prepared(trace);
  send(run, WARM_UP);
  const began = performance.now();
  send(run, count);
  const seconds = (performance.now() - began) / 1000;
  const result = {
    bench: 'messages',
    trace,
    messages: count,
    seconds: Number(seconds.toFixed(4)),
    per_second: Math.round(count / seconds),
  };
  io.stdout(`${JSON.stringify(result)}\n`);
  return Promise.resolve(0);
}

/** Sends, and checks that every message was handled whole. */
function send(run: Run, count: number): void {
  const { world } = run;
  const before = world.observer.stat(STAT.whole);
  const x = world.lookAt(0);
  const payload = kmalloc(x, heapKind('buffer'), PAYLOAD_BYTES, true);
  const args = [count, 1, INSTANCES, MK_MSG.USER, payload, PAYLOAD_BYTES];
  const task = world.startTask(0, flood, args, 'flood', false);
  while (!world.quiet) world.run(SLICE_STEPS);
  assert(world.takeResult(task) === count, 'every message was sent');
  assert(world.observer.stat(STAT.whole) - before === count, 'every message was handled whole');
}

/** A host and eight instances that listen for user messages. */
function prepared(trace: boolean): Run {
  const ids = Array.from({ length: INSTANCES }, (_, i) => i + 1);
  const nodes = ids.map(
    (id) => `i${id} { id = <${id}>; resources { cpus = <${id}>; memory-bytes = <0x1000000>; }; };`,
  );
  const each = (line: (id: number) => string): string => ids.map(line).join('\n');
  const text = `---
title: Messages
machine: { cpus: 9, memory: 1GiB, pool: 512MiB@512MiB }
---
\`\`\`dts all.dts
/dts-v1/;
/ { compatible = "multikernel-v1"; instances { ${nodes.join('\n')} }; };
\`\`\`
\`\`\`console host
mount -t multikernel none /sys/fs/multikernel
dtc -I dts -O dtb -o all.dtb all.dts
cat all.dtb > /sys/fs/multikernel/device_tree
\`\`\`
${each((id) => `\`\`\`console host\nkerf load --kernel=/boot/vmlinuz --id=${id}\nkerf exec --id=${id}\n\`\`\``)}
${each((id) => `\`\`\`console i${id}\nmk listen user\n\`\`\``)}
`;
  const run = new Run(parseScenario(text, 'bench.md'), { trace });
  run.consoles = CONSOLE_WORK;
  while (run.advance({ through: true }) !== 'ended');
  return run;
}
