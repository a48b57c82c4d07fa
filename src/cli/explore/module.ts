export { serve } from './thread.ts';

/** Where this module is: a thread imports it from there. */
export const MODULE = import.meta.url;
