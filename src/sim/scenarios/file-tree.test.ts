import { describe, expect, it } from 'vitest';
import { FILE_BYTES_MAX, FileTree } from './file-tree.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** The tree an operation leads to. */
function done(result: FileTree | number): FileTree {
  if (typeof result === 'number') throw new Error(`refused with ${result}`);
  return result;
}
const written = (path: string, text: string, tree = new FileTree()): FileTree =>
  done(tree.write(path, bytes(text), false));

describe('a tree of files', () => {
  it('begins with the usual directories, and no file', () => {
    expect(new FileTree().list('/')).toEqual([
      'boot/',
      'dev/',
      'etc/',
      'home/',
      'proc/',
      'root/',
      'sys/',
      'tmp/',
    ]);
    expect(new FileTree().list('/tmp')).toEqual([]);
  });

  it('reads what was written, and is not changed itself', () => {
    const before = new FileTree();
    const after = written('/tmp/a', 'one', before);
    expect(after.read('/tmp/a')).toEqual(bytes('one'));
    expect(before.read('/tmp/a')).toBe(-2);
  });

  it('adds to a file, or replaces it', () => {
    const tree = written('/a', 'one');
    expect(done(tree.write('/a', bytes('two'), true)).read('/a')).toEqual(bytes('onetwo'));
    expect(done(tree.write('/a', bytes('two'), false)).read('/a')).toEqual(bytes('two'));
    expect(done(tree.write('/new', bytes('x'), true)).read('/new')).toEqual(bytes('x'));
  });

  it('lists one level, sorted, directories with a slash', () => {
    let tree = written('/tmp/b', '1');
    tree = written('/tmp/a', '2', tree);
    tree = done(tree.mkdir('/tmp/z'));
    tree = written('/tmp/z/deep', '3', tree);
    expect(tree.list('/tmp')).toEqual(['a', 'b', 'z/']);
    expect(tree.list('/tmp/z')).toEqual(['deep']);
    expect(tree.stat('/tmp/z')).toBe('directory');
    expect(tree.stat('/tmp/a')).toBe('file');
  });

  it('does not take /tmpx for a file in /tmp', () => {
    expect(written('/tmpx', '1').list('/tmp')).toEqual([]);
  });

  it.each([
    ['reading nothing', (tree: FileTree) => tree.read('/none'), -2],
    ['reading a directory', (tree: FileTree) => tree.read('/tmp'), -21],
    ['writing below nothing', (tree: FileTree) => tree.write('/no/file', bytes(''), false), -2],
    ['writing below a file', (tree: FileTree) => tree.write('/a/file', bytes(''), false), -20],
    ['writing to a directory', (tree: FileTree) => tree.write('/tmp', bytes(''), false), -21],
    ['listing a file', (tree: FileTree) => tree.list('/a'), -20],
    ['making what is there', (tree: FileTree) => tree.mkdir('/tmp'), -17],
    ['making below nothing', (tree: FileTree) => tree.mkdir('/no/dir'), -2],
    ['making below a file', (tree: FileTree) => tree.mkdir('/a/dir'), -20],
    ['removing a directory that is not empty', (tree: FileTree) => tree.rmdir('/home'), -39],
    ['removing a file as a directory', (tree: FileTree) => tree.rmdir('/a'), -20],
    ['removing a directory as a file', (tree: FileTree) => tree.unlink('/tmp'), -21],
    ['removing nothing', (tree: FileTree) => tree.unlink('/none'), -2],
    [
      'a file that is too large',
      (tree: FileTree) => tree.write('/big', new Uint8Array(FILE_BYTES_MAX + 1), false),
      -27,
    ],
  ])('refuses %s', (_, work, errno) => {
    const tree = written('/home/me', 'x', written('/a', 'file'));
    expect(work(tree)).toBe(errno);
  });

  it('removes files and empty directories', () => {
    const tree = done(written('/a', 'file').unlink('/a'));
    expect(tree.stat('/a')).toBe(-2);
    expect(done(tree.rmdir('/tmp')).stat('/tmp')).toBe(-2);
  });
});
