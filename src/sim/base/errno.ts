/**
 * Linux error numbers the modelled code returns (include/uapi/asm-generic/errno-base.h and
 * errno.h). Kernel routines return them negated, as the C code does.
 */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  ERANGE: 34,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  EADDRNOTAVAIL: 99,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
  ETIMEDOUT: 110,
} as const;

export type ErrnoName = keyof typeof ERRNO;

const nameOf = new Map<number, string>(
  Object.entries(ERRNO).map(([name, number]) => [number, name]),
);

/** `-EINVAL` for -22; the number itself for a code that has no name here (a libfdt code, say). */
export function errnoName(code: number): string {
  const name = nameOf.get(Math.abs(code));
  return name === undefined ? String(code) : `${code < 0 ? '-' : ''}${name}`;
}
