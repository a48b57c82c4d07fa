import { Refused } from '../../../sim/base/assert.ts';
import { formatSize, MIB } from '../../../sim/base/units.ts';
import { kindOf, deviceTreesFor } from '../../state/file-kinds.ts';
import type { OwnFiles } from '../../state/own-files.svelte.ts';
import type { Session } from '../../state/session.svelte.ts';
import type { TreeView } from './tree-view.svelte.ts';

/** Larger files are refused before they are read. */
const FILE_BYTES_MAX = 1 * MIB;

/** Shows a file of the visitor's, without using it in the lesson. */
export async function openFile(session: Session, view: TreeView, file: File): Promise<void> {
  try {
    if (file.size > FILE_BYTES_MAX)
      throw new Refused(
        `${file.name} has ${formatSize(file.size)}; device trees of up to ${formatSize(FILE_BYTES_MAX)} are shown`,
      );
    const content = new Uint8Array(await file.arrayBuffer());
    if (kindOf(file.name, content) === 'lesson')
      throw new Refused(`${file.name} is a lesson; drop it outside of the device tree to open it`);
    await view.open({ kind: 'opened', name: file.name, content });
  } catch (error) {
    session.notices.tell(error);
  }
}

/** `web` of `/tmp/web.dts`; words of people become one word. */
const baseOf = (name: string): string =>
  name
    .replace(/^.*\//, '')
    .replace(/\.[^.]+$/, '')
    .replace(/[^\w.-]+/g, '-');

/** Hands a file to the browser. */
export function download(view: TreeView, ending: 'dts' | 'dtb'): void {
  const content = ending === 'dts' ? view.text : new Uint8Array(view.bytes);
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${baseOf(view.origin?.name ?? 'tree')}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Files of the lesson the tree could take the place of. */
export const replaceable = (session: Session, view: TreeView): readonly string[] =>
  view.origin?.kind === 'lesson'
    ? [view.origin.name]
    : deviceTreesFor(view.origin?.name ?? '', session.files);

/** Puts the tree in the place of the lesson's, and starts the lesson over. True when it worked. */
export async function useInLesson(
  session: Session,
  files: OwnFiles,
  view: TreeView,
): Promise<boolean> {
  const names = replaceable(session, view);
  const source = new TextEncoder().encode(view.text);
  const bytesFor = (name: string): Uint8Array =>
    /\.dtbo?$/.test(name) ? new Uint8Array(view.bytes) : source;
  const [first] = names;
  if (first === undefined) return false;
  if (names.length > 1) {
    files.choice = { name: baseOf(view.origin?.name ?? ''), bytes: source, replaces: names };
    return false;
  }
  const bytes = bytesFor(first);
  view.used(bytes);
  return files.replace(first, bytes);
}
