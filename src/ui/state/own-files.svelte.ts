import { createContext } from 'svelte';
import { Refused } from '../../sim/base/assert.ts';
import { MIB } from '../../sim/base/units.ts';
import type { OwnFile, Source } from '../../worker/protocol.ts';
import { deviceTreesFor, kindOf, type FileKind } from './file-kinds.ts';
import { keepBytes, dropBytes, keptBytes, keptNames } from './kept-files.ts';
import { recall, remember } from './panes.svelte.ts';
import type { Session } from './session.svelte.ts';

/** Larger files are refused before they are read. */
const FILE_BYTES_MAX = 1 * MIB;
/** Under this name a lesson of the visitor's is kept, and loaded again. */
const OWN_LESSON = 'own';
const OWN_TEXT = 'lesson.md';
/** Name of the lesson whose session is kept; read at once, so that nobody else pays for a database. */
const KEPT = 'multikernel-playground.session';
/** Longer sessions would make the next visit begin with a wait. */
const KEPT_STEPS_MAX = 2_000_000;

/** A file that could replace several of the lesson's: the visitor chooses. */
export interface Choice {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly replaces: readonly string[];
}

/** What the visitor brings along: dropped, picked or edited; kept until it is taken back. */
export class OwnFiles {
  /** Set while the page asks which file to replace. */
  choice: Choice | undefined = $state.raw();
  /** Name of the file that is open in the editor, '' for none. */
  editing = $state('');
  readonly #session: Session;
  #lesson = 'boot';

  constructor(session: Session) {
    this.#session = session;
  }

  /** Loads the lesson that the address names, with what was kept for it; the first lesson else. */
  async start(first: string): Promise<void> {
    if (location.hash.startsWith('#run=') && (await this.#openLink())) return;
    const named = lessonOf(location.hash) ?? first;
    if (recall(KEPT) === named && (await this.#resume(named))) return;
    if (named === OWN_LESSON && (await this.#loadOwnLesson())) return;
    if (named !== OWN_LESSON && (await this.loadBundled(named))) return;
    if (named !== first) await this.loadBundled(first);
  }

  /** Goes where the address leads now: somebody put another link into the same window. */
  async follow(): Promise<void> {
    if (location.hash.startsWith('#run=')) await this.#openLink();
    const named = lessonOf(location.hash);
    if (named === OWN_LESSON) await this.#loadOwnLesson();
    else if (named !== undefined) await this.loadBundled(named);
  }

  /** Opens the session that the address holds. A broken one is refused, and a lesson loaded instead. */
  async #openLink(): Promise<boolean> {
    try {
      const { fromLink, openRecording } = await import('./recordings.ts');
      const text = await fromLink(location.hash);
      if (text === undefined) return false;
      await openRecording(this.#session, text);
      return true;
    } catch (error) {
      this.#session.notices.tell(error);
      return false;
    }
  }

  async #resume(lesson: string): Promise<boolean> {
    const { resume } = await import('./recordings.ts');
    if (!(await resume(this.#session, lesson))) return false;
    this.#lesson = lesson;
    return true;
  }

  /** Keeps the session for the next visit, once something has happened in it. */
  async keepSession(): Promise<void> {
    const { step } = this.#session.frame;
    if (step > KEPT_STEPS_MAX) return;
    const isAlone = this.#session.branches.branches.length < 2;
    if (step === 0 && isAlone && this.#session.breakpoints.empty) {
      remember(KEPT, '');
      return;
    }
    const { keep, nameOf } = await import('./recordings.ts');
    await keep(this.#session);
    remember(KEPT, nameOf(this.#session));
  }

  /** Loads a bundled lesson, with the visitor's files for it. True when it worked. */
  async loadBundled(name: string): Promise<boolean> {
    const own = await this.#keptFor(name);
    return this.#load(name, { kind: 'bundled', name }, own);
  }

  /** Takes a file that was dropped or picked: a lesson, or a device tree for the present one. */
  async take(file: File): Promise<void> {
    try {
      if (file.size > FILE_BYTES_MAX)
        throw new Refused(
          `${file.name} has ${file.size} bytes; the playground takes files of up to ${FILE_BYTES_MAX}`,
        );
      const bytes = new Uint8Array(await contentOf(file));
      await this.#takeBytes(file.name, kindOf(file.name, bytes), bytes);
    } catch (error) {
      this.#session.notices.tell(error);
    }
  }

  /**
   * Puts the visitor's bytes, from a file of the name `called`, in the place of a file of the
   * lesson, and starts it over. True when it worked; a device tree with an error is refused.
   */
  async replace(name: string, bytes: Uint8Array, called = name): Promise<boolean> {
    this.choice = undefined;
    if (/\.dt[sb]o?$/.test(name)) {
      const { requireTree } = await import('./sound-tree.ts');
      await requireTree(this.#session.ask, called, bytes);
    }
    const others = this.#own().filter((own) => own.name !== name);
    if (!(await this.#session.reload({ own: [...others, { name, bytes }] }))) return false;
    await this.#keep(this.#lesson, name, bytes);
    return true;
  }

  /** Back to what the lesson brings. */
  async restore(name: string): Promise<boolean> {
    await dropBytes(this.#lesson, name);
    return this.#session.reload({ own: this.#own().filter((own) => own.name !== name) });
  }

  #own(): OwnFile[] {
    return this.#session.files.filter(({ own }) => own).map(({ name, bytes }) => ({ name, bytes }));
  }

  async #takeBytes(name: string, kind: FileKind, bytes: Uint8Array): Promise<void> {
    if (kind === 'lesson' || kind === 'dts') {
      const { textOfFile } = await import('../../sim/base/text-file.ts');
      textOfFile(name, bytes);
    }
    if (kind === 'session') {
      const { openRecording } = await import('./recordings.ts');
      await openRecording(this.#session, new TextDecoder().decode(bytes));
      return;
    }
    if (kind === 'lesson') {
      const text = new TextDecoder().decode(bytes);
      if (!(await this.#load(OWN_LESSON, { kind: 'text', text, file: name }, []))) return;
      await this.#keep(OWN_LESSON, OWN_TEXT, bytes);
      return;
    }
    const replaces = deviceTreesFor(name, this.#session.files);
    if (replaces.length === 0)
      throw new Refused(`${name} cannot be used here: this lesson has no device tree to replace`);
    if (replaces.length === 1) await this.replace(replaces[0]!, bytes, name);
    else this.choice = { name, bytes, replaces };
  }

  async #loadOwnLesson(): Promise<boolean> {
    const bytes = await keptBytes(OWN_LESSON, OWN_TEXT);
    if (!bytes) return false;
    const own = (await this.#keptFor(OWN_LESSON)).filter(({ name }) => name !== OWN_TEXT);
    const text = new TextDecoder().decode(bytes);
    return this.#load(OWN_LESSON, { kind: 'text', text, file: OWN_TEXT }, own);
  }

  async #load(lesson: string, source: Source, own: readonly OwnFile[]): Promise<boolean> {
    if (!(await this.#session.load({ source, own }))) return false;
    this.#lesson = lesson;
    history.replaceState(null, '', `#lesson=${encodeURIComponent(lesson)}`);
    return true;
  }

  async #keptFor(lesson: string): Promise<OwnFile[]> {
    const files = await Promise.all(
      keptNames(lesson).map(async (name) => ({ name, bytes: await keptBytes(lesson, name) })),
    );
    return files.flatMap(({ name, bytes }) => (bytes ? [{ name, bytes }] : []));
  }

  async #keep(lesson: string, name: string, bytes: Uint8Array): Promise<void> {
    if (await keepBytes(lesson, name, bytes)) return;
    this.#session.notices.add('news', `${name} is used, but this browser does not keep it.`);
  }
}

/** A folder looks like a file until somebody reads it. */
const contentOf = (file: File): Promise<ArrayBuffer> =>
  file.arrayBuffer().catch(() => {
    throw new Refused(`${file.name} cannot be read; if it is a folder, drop what is in it`);
  });

/** `boot` of `#lesson=boot`. */
function lessonOf(hash: string): string | undefined {
  // Decodes as addresses are decoded, and never throws.
  const named = new URLSearchParams(hash.slice(1)).get('lesson') ?? '';
  return named === '' ? undefined : named;
}

export const [getFiles, setFiles] = createContext<OwnFiles>();
