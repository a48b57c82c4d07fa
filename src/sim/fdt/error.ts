/**
 * What may go wrong with a blob, in libfdt's numbers (libfdt.h, "Error codes"). Functions of this
 * folder return them negated, as libfdt does, and never throw for a bad blob.
 *
 * | asked for what is not there | NOTFOUND EXISTS NOSPACE |
 * | wrong question              | BADOFFSET BADPATH BADPHANDLE BADSTATE BADFLAGS ALIGNMENT |
 * | bad blob                    | TRUNCATED BADMAGIC BADVERSION BADSTRUCTURE BADLAYOUT |
 * | bad content                 | BADNCELLS BADVALUE BADOVERLAY NOPHANDLES |
 * | our own bug                 | INTERNAL |
 */
export const FDT_ERR = {
  NOTFOUND: 1,
  EXISTS: 2,
  NOSPACE: 3,
  BADOFFSET: 4,
  BADPATH: 5,
  BADPHANDLE: 6,
  BADSTATE: 7,
  TRUNCATED: 8,
  BADMAGIC: 9,
  BADVERSION: 10,
  BADSTRUCTURE: 11,
  BADLAYOUT: 12,
  INTERNAL: 13,
  BADNCELLS: 14,
  BADVALUE: 15,
  BADOVERLAY: 16,
  NOPHANDLES: 17,
  BADFLAGS: 18,
  ALIGNMENT: 19,
} as const;

const nameOf = new Map<number, string>(
  Object.entries(FDT_ERR).map(([name, number]) => [number, `FDT_ERR_${name}`]),
);

/**
 * `FDT_ERR_NOSPACE` for -3; `no error` for 0. The 1.6.1 library has no name for 19, we do.
 * Source: libfdt, fdt_strerror.c, `fdt_strerror`.
 */
export function fdtStrerror(code: number): string {
  if (code === 0) return 'no error';
  return nameOf.get(-code) ?? (code > 0 ? 'valid offset or length' : `unknown error ${code}`);
}
