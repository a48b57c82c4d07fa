/** In which order others see a CPU's stores: as they are made, or when they leave its buffer. */
export const ORDERINGS = ['sc', 'tso'] as const;
export type Ordering = (typeof ORDERINGS)[number];
