import { readWhole, show } from './arguments.ts';
import { WrongUsage } from './command.ts';

/** No machine here has a CPU with a larger number. */
const CPU_MAX = 65_535;

/** `4-7`, `4,6`, or both: CPUs in the order they were given. */
export function readNumbers(text: string, option: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first = '', last = first, ...rest] = part.trim().split('-');
    const from = readWhole(first, 0, CPU_MAX);
    const to = readWhole(last, 0, CPU_MAX);
    if (from === undefined || to === undefined || from > to || rest.length > 0)
      throw new WrongUsage(`${option} is a list such as 4-7 or 4,6, not ${show(text)}`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}
