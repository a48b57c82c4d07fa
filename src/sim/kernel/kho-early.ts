import type { KernelContext } from './context.ts';
import { khoPopulate } from './kho-spawn.ts';

/** What a SETUP_KEXEC_KHO node says. */
export interface KhoData {
  readonly fdtAddr: number;
  readonly fdtSize: number;
  readonly scratchAddr: number;
  readonly scratchSize: number;
}

/**
 * add_kho() as v2 16/16 leaves it (facts 04 §2): without scratch memory it is a multikernel
 * hand-over, which is looked at; a regular one is beyond this model. Called by a step as its last deed.
 */
export function addKho(x: KernelContext, data: KhoData): void {
  const isOurs = data.scratchAddr === 0 && data.scratchSize === 0;
  x.log(isOurs ? 'kho.setup_multikernel' : 'kho.setup_regular');
  if (isOurs) x.call(khoPopulate, data.fdtAddr, data.fdtSize);
}
