/** Lines a history remembers. */
export const HISTORY_MAX = 200;

/** The part of `localStorage` a history needs. */
export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Lines typed on one console, newest last, kept over visits. */
export class LineHistory {
  readonly #store: Store | undefined;
  readonly #key: string;
  readonly #lines: string[];
  /** The line shown: an index, or `#lines.length` for the one being written. */
  #at: number;
  #draft = '';

  constructor(key: string, store?: Store) {
    this.#key = `history.${key}`;
    this.#store = store;
    this.#lines = this.#load();
    this.#at = this.#lines.length;
  }

  add(line: string): void {
    if (line.trim() !== '' && line !== this.#lines.at(-1)) {
      this.#lines.push(line);
      if (this.#lines.length > HISTORY_MAX) this.#lines.shift();
      this.#save();
    }
    this.#at = this.#lines.length;
    this.#draft = '';
  }

  /** The line before the one shown, or the same when there is none. */
  older(shown: string): string {
    if (this.#at === this.#lines.length) this.#draft = shown;
    this.#at = Math.max(0, this.#at - 1);
    return this.#lines[this.#at] ?? shown;
  }

  /** The line after the one shown; after the newest comes what was being written. */
  newer(shown: string): string {
    if (this.#at === this.#lines.length) return shown;
    this.#at++;
    return this.#lines[this.#at] ?? this.#draft;
  }

  #load(): string[] {
    try {
      const stored: unknown = JSON.parse(this.#store?.getItem(this.#key) ?? '[]');
      if (!Array.isArray(stored)) return [];
      return stored.filter((line) => typeof line === 'string').slice(-HISTORY_MAX);
    } catch {
      return []; // Storage is blocked or holds something else: history starts anew.
    }
  }

  #save(): void {
    try {
      this.#store?.setItem(this.#key, JSON.stringify(this.#lines));
    } catch {
      // Storage is full or blocked: the history of this visit still works.
    }
  }
}
