import type { KernelContext } from '../context.ts';
import { HOST_DATA_BYTES, KERNEL_DATA_BYTES } from '../kernel.layout.ts';

/** Whether an address lies in the running kernel's own data, where no slot belongs. */
export function isOwnData(x: KernelContext, address: number): boolean {
  const within = address - x.k;
  return within >= 0 && within < (x.kernel === 0 ? HOST_DATA_BYTES : KERNEL_DATA_BYTES);
}
