const EVERY_MS = 500;

/** Pictures a second, averaged over half a second. */
export class FrameRate {
  perSecond = 0;
  #since = 0;
  #count = 0;

  /** One picture more; true when the average is a new one. */
  tick(now: number): boolean {
    this.#count++;
    const elapsed = now - this.#since;
    if (elapsed < EVERY_MS) return false;
    this.perSecond = this.#since === 0 ? 0 : Math.round((this.#count * 1000) / elapsed);
    this.#since = now;
    this.#count = 0;
    return true;
  }
}
