import { ERRNO } from '../base/errno.ts';

/** Most bytes of one file, and of files in one kernel's tree. */
export const FILE_BYTES_MAX = 64 * 1024 * 1024;
const FILES_MAX = 100_000;

/**
 * The plain files of one kernel: a value, operations answer with the tree as it is afterwards or a
 * negative errno. Paths are absolute and without `.` and `..`.
 */
export class FileTree {
  /** Bytes by path; null for a directory. */
  readonly entries: ReadonlyMap<string, Uint8Array | null>;

  constructor(entries: ReadonlyMap<string, Uint8Array | null> = START) {
    this.entries = entries;
  }

  read(path: string): Uint8Array | number {
    const entry = this.entries.get(path);
    if (entry === undefined) return -ERRNO.ENOENT;
    return entry ?? -ERRNO.EISDIR;
  }

  stat(path: string): 'file' | 'directory' | number {
    const entry = this.entries.get(path);
    if (entry === undefined) return -ERRNO.ENOENT;
    return entry === null ? 'directory' : 'file';
  }

  /** Names in a directory, sorted; directories end in `/`. */
  list(path: string): readonly string[] | number {
    const kind = this.stat(path);
    if (typeof kind === 'number') return kind;
    if (kind === 'file') return -ERRNO.ENOTDIR;
    const prefix = path === '/' ? '/' : `${path}/`;
    const names: string[] = path === '/' ? ['boot/', 'dev/', 'proc/', 'sys/'] : [];
    for (const [at, entry] of this.entries) {
      const rest = at.startsWith(prefix) ? at.slice(prefix.length) : '';
      if (rest !== '' && !rest.includes('/')) names.push(entry === null ? `${rest}/` : rest);
    }
    return [...new Set(names)].sort();
  }

  write(path: string, bytes: Uint8Array, append: boolean): FileTree | number {
    const parent = this.stat(parentOf(path));
    if (typeof parent === 'number') return parent;
    if (parent === 'file') return -ERRNO.ENOTDIR;
    const old = this.entries.get(path);
    if (old === null) return -ERRNO.EISDIR;
    const whole = append && old ? joined(old, bytes) : bytes;
    if (whole.length > FILE_BYTES_MAX) return -ERRNO.EFBIG;
    if (old === undefined && this.entries.size >= FILES_MAX) return -ERRNO.ENOSPC;
    return new FileTree(new Map(this.entries).set(path, whole));
  }

  mkdir(path: string): FileTree | number {
    if (this.entries.has(path)) return -ERRNO.EEXIST;
    const parent = this.stat(parentOf(path));
    if (typeof parent === 'number') return parent;
    if (parent === 'file') return -ERRNO.ENOTDIR;
    if (this.entries.size >= FILES_MAX) return -ERRNO.ENOSPC;
    return new FileTree(new Map(this.entries).set(path, null));
  }

  rmdir(path: string): FileTree | number {
    const names = this.list(path);
    if (typeof names === 'number') return names;
    return names.length > 0 ? -ERRNO.ENOTEMPTY : this.#without(path);
  }

  unlink(path: string): FileTree | number {
    const kind = this.stat(path);
    if (typeof kind === 'number') return kind;
    return kind === 'directory' ? -ERRNO.EISDIR : this.#without(path);
  }

  #without(path: string): FileTree {
    const entries = new Map(this.entries);
    entries.delete(path);
    return new FileTree(entries);
  }
}

const START: ReadonlyMap<string, null> = new Map(
  ['/', '/boot', '/dev', '/etc', '/home', '/root', '/tmp'].map((path) => [path, null]),
);

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
