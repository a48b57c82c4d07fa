import { show } from './arguments.ts';
import { WrongUsage } from './command.ts';

/** Nanoseconds of a time in seconds such as `2` or `0.5`; more than 0, at most `max` seconds. */
export function readSeconds(text: string, what: string, max: number): number {
  const ns = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1e9) : 0;
  if (ns > 0 && ns <= max * 1e9) return ns;
  throw new WrongUsage(
    `${what} is a time in seconds such as 0.5, at most ${max}, not ${show(text)}`,
  );
}
