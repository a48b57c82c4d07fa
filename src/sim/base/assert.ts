/** Our own bug: an invariant of the simulator does not hold. Shown with its stack. */
export class SimBug extends Error {
  override readonly name = 'SimBug';
}

/** Where a refused input goes wrong. Lines and columns count from 1, columns in bytes. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The user's doing: one sentence, worth showing as it is, with a place where there is one. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly place: Place | undefined;

  constructor(sentence: string, place?: Place) {
    super(sentence);
    this.place = place;
  }

  /** `FILE:LINE:COLUMN: sentence`, or the sentence alone. */
  get located(): string {
    const at = this.place;
    return at ? `${at.file}:${at.line}:${at.column}: ${this.message}` : this.message;
  }
}

/** Throws {@link SimBug} unless `condition` holds. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new SimBug(what);
}

/** The end of an exhaustive `switch`: fails to compile when a case is missing. */
export function unreachable(value: never): never {
  throw new SimBug(`unreachable: ${JSON.stringify(value)}`);
}
