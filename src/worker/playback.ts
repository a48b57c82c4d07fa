import type { Run } from '../sim/scenarios/run.ts';
import type { Reason } from '../sim/scenarios/run-parts.ts';
import type { Speed } from './protocol.ts';

/** Real time between frames, in ms: one a screen refresh. */
const BEAT_MS = 16;
/** Real time a beat may compute, so that questions of the page are answered in between. */
const BUSY_MS = 10;
/** Steps between looks at the clock while running as fast as it goes. */
const SLICE_STEPS = 20_000;
/** A stretch in which nothing happens is cut to this much real time, in seconds. */
const FOLD_SECONDS = 0.2;
/** A beat that comes late (a hidden tab) makes up for at most this much, in ms. */
const LATE_MS = 100;

interface Player {
  /** Runs `advance` on the run and shows the result; false when playing is over. */
  tick(advance: (run: Run) => Reason): Promise<boolean>;
  /** Runs on, as `Run.advance` does. */
  advance(run: Run, limit: NonNullable<Parameters<Run['advance']>[0]>): Reason;
  failed(error: unknown): void;
}

/** Turns real time into steps or simulated time, beat by beat. */
export class Playback {
  readonly #player: Player;
  #speed: Speed | null = null;
  #clock = 0;
  #owed = 0;
  #last = 0;
  #round = 0;
  stepsPerSecond = 0;

  constructor(player: Player) {
    this.#player = player;
  }

  get playing(): boolean {
    return this.#speed !== null;
  }

  start(speed: Speed, run: Run): void {
    const going = this.playing;
    this.#speed = speed;
    this.#clock = run.world.machine.now;
    this.#owed = 0;
    if (going) return;
    this.#last = performance.now();
    const round = ++this.#round;
    setTimeout(() => void this.#beat(round), 0);
  }

  stop(): void {
    this.#speed = null;
    this.stepsPerSecond = 0;
    this.#round++;
  }

  async #beat(round: number): Promise<void> {
    if (round !== this.#round) return;
    const began = performance.now();
    const elapsed = Math.min(LATE_MS, began - this.#last);
    this.#last = began;
    let goOn: boolean;
    try {
      goOn = await this.#player.tick((run) => this.#advance(run, elapsed / 1000, began));
    } catch (error) {
      this.stop();
      this.#player.failed(error);
      return;
    }
    if (!goOn || round !== this.#round) return;
    const rest = Math.max(0, BEAT_MS - (performance.now() - began));
    setTimeout(() => void this.#beat(round), rest);
  }

  #advance(run: Run, seconds: number, began: number): Reason {
    const speed = this.#speed;
    if (!speed) return 'steps';
    const before = run.step;
    const reason = this.#by(run, speed, seconds, began);
    const rate = (run.step - before) / Math.max(seconds, 0.001);
    this.stepsPerSecond += (rate - this.stepsPerSecond) * 0.2;
    return reason;
  }

  #by(run: Run, speed: Speed, seconds: number, began: number): Reason {
    switch (speed.kind) {
      case 'steps': {
        this.#owed += speed.perSecond * seconds;
        const count = Math.floor(this.#owed);
        this.#owed -= count;
        return count > 0 ? this.#player.advance(run, { steps: count }) : 'steps';
      }
      case 'time':
        return this.#byTime(run, speed.nsPerSecond, seconds);
      case 'max': {
        let reason: Reason = 'steps';
        while (reason === 'steps' && performance.now() - began < BUSY_MS)
          reason = this.#player.advance(run, { steps: SLICE_STEPS });
        return reason;
      }
    }
  }

  #byTime(run: Run, nsPerSecond: number, seconds: number): Reason {
    const { machine } = run.world;
    this.#clock = Math.max(this.#clock, machine.now) + nsPerSecond * seconds;
    const reason = this.#player.advance(run, { until: this.#clock, steps: SLICE_STEPS });
    const next = machine.nextAt;
    const gap = nsPerSecond * FOLD_SECONDS;
    if (reason === 'time' && next !== Infinity && next > this.#clock + gap)
      this.#clock = next - gap;
    return reason;
  }
}
