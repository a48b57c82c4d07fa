import { Refused } from '../../sim/base/assert.ts';
import type { Calls } from '../../worker/protocol.ts';
import type { Session } from './session.svelte.ts';

/** Longest link that is read, and longest recording that may come out of it, in characters. */
const LINK_MAX = 256 * 1024;
const TEXT_MAX = 8 * 1024 * 1024;
const KEY = 'run';

/** A recording as the part of an address behind `#`. */
export async function toLink(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const word = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `#${KEY}=${word}`;
}

/** The recording in an address, undefined when there is none; a broken one is refused. */
export async function fromLink(hash: string): Promise<string | undefined> {
  if (!hash.startsWith(`#${KEY}=`)) return undefined;
  const word = hash.slice(KEY.length + 2);
  if (word.length > LINK_MAX) throw new Refused('this link is longer than the playground takes');
  try {
    const binary = atob(word.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return await unpack(bytes);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused('this link is broken: it may have been cut short on its way');
  }
}

async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
    // A few bytes can unpack to gigabytes.
    if (text.length > TEXT_MAX) {
      await reader.cancel();
      throw new Refused('this link holds more than the playground takes');
    }
  }
}

/** Opens a recording in the place of what runs; says in a sentence what came of it. */
export async function openRecording(session: Session, text: string): Promise<void> {
  const { breakpoints, watches, ...opened } = await session.ask('reopen', { text });
  await show(session, opened);
  await session.breakpoints.take({
    ...(breakpoints && { breakpoints }),
    ...(watches && { watches }),
  });
}

/** Runs another branch of the tree, to its end; says in a sentence what came of it. */
export async function switchTo(session: Session, branch: number): Promise<void> {
  await show(session, await session.ask('switchTo', { branch }));
}

/** The branch of a name. */
export async function branchNamed(session: Session, name: string): Promise<number> {
  const { branches } = await session.ask('branches', {});
  const found = branches.find((each) => each.name === name);
  if (found) return found.id;
  throw new Refused(
    `there is no branch ${name}; there is ${branches.map((each) => each.name).join(', ')}`,
  );
}

/** As {@link switchTo}, by name. */
export const switchToNamed = async (session: Session, name: string): Promise<void> =>
  switchTo(session, await branchNamed(session, name));

async function show(session: Session, opened: Calls['switchTo']['answer']): Promise<void> {
  const { source, glue, ...loaded } = opened;
  const { seed, profile } = loaded;
  const own = loaded.files.filter((file) => file.own);
  await session.adopt({ source, seed, profile, own, ...(glue && { glue }) }, loaded);
  if (loaded.reopened) session.notices.add('news', verdict(loaded.reopened, loaded.frame.step));
}

function verdict(came: NonNullable<Calls['load']['answer']['reopened']>, step: number): string {
  const engine = came.sameEngine ? '' : ' It was recorded with another version of the playground.';
  if (came.matches) return `Replayed to step ${step}: the state is the one recorded.${engine}`;
  if (came.why !== '') return `This session did not replay: ${came.why}.${engine}`;
  return `Replayed to step ${step}, but the state is not the one recorded.${engine}`;
}

/** The address of this very moment, and whether anything in it was done by hand. */
export async function linkHere(
  session: Session,
): Promise<{ readonly link: string; readonly byHand: boolean }> {
  const text = await session.ask('record', {});
  const { inputs, own, glue } = JSON.parse(text) as Readonly<Record<string, object>>;
  const byHand = [inputs, own, glue].some((part) => Object.keys(part ?? {}).length > 0);
  return { link: new URL(await toLink(text), location.href).href, byHand };
}

/** The address of this very moment, on the clipboard. */
export async function copyLink(session: Session): Promise<void> {
  const link = await toLink(await session.ask('record', session.breakpoints.kept));
  history.replaceState(null, '', link);
  await copy(
    session,
    location.href,
    'The link to this moment is copied; it is in the address bar.',
  );
}

/** The choices made so far as a `schedule` block, on the clipboard. */
export async function copySchedule(session: Session): Promise<void> {
  const lines = await session.ask('schedule', {});
  const block = ['```schedule', ...lines, '```', ''].join('\n');
  await copy(session, block, `The schedule is copied: ${lines.length} lines.`);
}

async function copy(session: Session, text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    session.notices.add('news', said);
  } catch {
    session.notices.add('refused', 'the browser does not let the page use the clipboard');
  }
}

/** Saves the session, with all its branches, as a file that can be dropped on the page. */
export async function saveFile(session: Session): Promise<void> {
  const text = await session.ask('record', { ...session.breakpoints.kept, branches: true });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = `${nameOf(session)}.session.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Under this name the run of a lesson is kept. */
export const nameOf = ({ source }: Pick<Session, 'source'>): string =>
  source?.kind === 'bundled' ? source.name : 'own';

const keyOf = (lesson: string): string => `session ${lesson}`;

/** Keeps what was done in a lesson for the next visit. Where nothing can be kept, nothing is. */
export async function keep(session: Session): Promise<void> {
  const lesson = nameOf(session);
  try {
    const text = await session.ask('record', { ...session.breakpoints.kept, branches: true });
    const { set } = await import('idb-keyval');
    await set(keyOf(lesson), text);
  } catch {
    // Private windows and full stores: only the comfort of the next visit is lost.
  }
}

/** Goes on where the last visit left a lesson; false when there is nothing kept, or it is no use. */
export async function resume(session: Session, lesson: string): Promise<boolean> {
  try {
    const { get } = await import('idb-keyval');
    const text: unknown = await get(keyOf(lesson));
    if (typeof text !== 'string') return false;
    await openRecording(session, text);
    return true;
  } catch {
    return false;
  }
}
