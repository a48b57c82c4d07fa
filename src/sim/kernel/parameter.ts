import type { KernelContext } from './context.ts';

/** The value of the last `name=value` word of the running kernel's command line. */
export function parameter(x: KernelContext, name: string): string | undefined {
  const words = x.state.cmdline.split(' ');
  return words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}
