import type { KernelContext } from '../kernel/context.ts';
import { K, LOG } from '../kernel/kernel.layout.ts';
import { LOG_EVENTS, type LogRecord } from '../kernel/log-events.ts';

/** Log records of the kernel the context looks at, oldest first; at most the last `most`. */
export function readLog(x: KernelContext, most: number = LOG.records): LogRecord[] {
  const { mem } = x;
  const count = mem.peek32(x.k + K.log_count);
  const first = Math.max(0, count - Math.min(most, LOG.records));
  const records: LogRecord[] = [];
  for (let n = first; n < count; n++) records.push(logAt(x, n));
  return records;
}

/** Record number `n` of the kernel the context looks at; it must still be in the ring. */
export function logAt(x: KernelContext, n: number): LogRecord {
  const { mem } = x;
  const addr = x.k + K.log_ring + (n % LOG.records) * LOG.size;
  const word = mem.word(addr);
  const event = LOG_EVENTS[mem.M[word + 2]!]!;
  const double = word >>> 1;
  return {
    number: n,
    time: mem.F[double]!,
    cpu: mem.M[word + 3]!,
    event,
    args: event.args.map((arg, i) => {
      const value = mem.F[double + 2 + i]!;
      return arg.kind === 'text' ? x.sys.text(value) : value;
    }),
  };
}
