import { Refused } from '../../sim/base/assert.ts';
import { WorkerBug, WorkerDied } from '../../worker/client.ts';

/** What the page tells its visitor: one sentence, where it happened, and perhaps what to do. */
export interface Notice {
  readonly id: number;
  /** The visitor's doing, our bug, or simply news. */
  readonly kind: 'refused' | 'bug' | 'news';
  readonly text: string;
  /** Stack of a bug of ours; '' else. */
  readonly stack: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const NOTICES_MAX = 3;
/** A sentence can be read in this time; our own faults stay until they are closed. */
const STAY_MS = 12_000;

/** The notices on the page, newest last. */
export class Notices {
  list: readonly Notice[] = $state.raw([]);
  #last = 0;

  add(kind: Notice['kind'], text: string, extra: Partial<Pick<Notice, 'stack' | 'action'>> = {}) {
    const notice: Notice = { id: ++this.#last, kind, text, stack: '', ...extra };
    const others = this.list.filter((other) => other.text !== text);
    this.list = [...others, notice].slice(-NOTICES_MAX);
    if (kind !== 'bug') setTimeout(() => this.dismiss(notice.id), STAY_MS);
  }

  /** Tells of anything that was thrown. */
  tell(error: unknown): void {
    if (error instanceof WorkerDied) return; // The session says so itself, and acts.
    if (error instanceof Refused) this.add('refused', error.located);
    else if (error instanceof WorkerBug) this.add('bug', error.message, { stack: error.where });
    else if (error instanceof Error) this.add('bug', error.message, { stack: error.stack ?? '' });
    else this.add('bug', String(error));
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}
