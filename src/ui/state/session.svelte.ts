import { createContext } from 'svelte';
import type { Frame } from '../../sim/world/frame.ts';
import { errorOf, type Ask } from '../../worker/client.ts';
import type { BranchList } from '../../worker/branch-calls.ts';
import type { Calls, Jump, Loaded, Push, Rows, Source } from '../../worker/protocol.ts';
import { Breakpoints } from './breakpoints.svelte.ts';
import { EMPTY_FRAME, EMPTY_LEGEND } from './empty-frame.ts';
import { Notices } from './notices.svelte.ts';
import { RowStore } from './rows.svelte.ts';
import { SPEED_AT_FIRST, SPEEDS, speedNamed } from './speeds.ts';
import { SafeCopy, WorkerPost, type Worked } from './worker-post.ts';

/** The step from one moment to the next. */
export interface News {
  /** Rows `[from, to)` that have just happened; they are in `rows` already. Empty after a jump. */
  readonly from: number;
  readonly to: number;
  /** Time did not simply go on: nothing is to be animated. */
  readonly jumped: boolean;
  readonly before: Frame;
  readonly after: Frame;
}

const NOTHING: News = { from: 0, to: 0, jumped: true, before: EMPTY_FRAME, after: EMPTY_FRAME };
const ANEW = { again: true, branch: true };
/** Restarts in a row without an answer; then the page gives up and says so. */
const RESTARTS_MAX = 2;

/**
 * The page's side of a run. The worker holds the truth; this holds the latest frame of it.
 *
 * Everything that changes is a rune: read `session.frame` in markup or `$derived`. Actions never
 * throw: what goes wrong becomes a notice. Whoever needs an answer, or the error, uses `ask`.
 */
export class Session {
  /** The moment shown. Never changed, only replaced; {@link EMPTY_FRAME} before the first load. */
  #frame: Frame = $state.raw(EMPTY_FRAME);
  #loaded: Loaded | undefined = $state.raw();
  /** Where the lesson came from. */
  source: Source | undefined = $state.raw();
  /** What has just happened, while time goes forward: what flashes and flies. */
  news: News = $state.raw(NOTHING);
  /** Trace rows known so far, for timelines and for how IPIs end. */
  readonly rows = new RowStore();
  readonly notices = new Notices();
  readonly breakpoints: Breakpoints;
  /** Notch of {@link SPEEDS}. */
  speed = $state(SPEED_AT_FIRST);
  /** Actions that wait for the worker. */
  #waiting = $state(0);
  /** Grows with every load: a key for what must be built anew. */
  run = $state(0);
  /** What came of the last {@link switchModel}; undefined after any other load. */
  again: Loaded['again'] = $state.raw();
  /** How far the run is on a way that takes long; undefined when it is on none. */
  jump: Jump | undefined = $state.raw();
  /** Where a search has got to on its way back, while one is under way. */
  looking: { readonly step: number; readonly of: number } | undefined = $state.raw();
  /** The futures of this lesson that were tried. */
  branches: BranchList = $state.raw({ branches: [], current: 0 });
  /** Set while a dead worker is being replaced. */
  recovering = $state(false);
  /** Set when no worker can be started any more. */
  dead = $state(false);

  readonly #post: WorkerPost;
  readonly #safe: SafeCopy;
  #ask: Calls['load']['ask'] | undefined;
  #restarts = 0;
  /** The present moment was jumped to, and not as a stop of the lesson. */
  sought = false;
  #toStop = false;
  #seekNext: number | undefined;
  #seeking: Promise<void> | undefined;

  constructor(start: () => Worked) {
    this.#post = new WorkerPost(
      start,
      (push) => this.#onpush(push),
      (why) => {
        this.jump = undefined;
        void this.#recover(why);
      },
    );
    this.ask = this.#post.ask;
    this.#safe = new SafeCopy(this.ask);
    this.breakpoints = new Breakpoints(this);
    this.#post.hire();
  }

  get frame(): Frame {
    return this.#frame;
  }
  readonly loaded: boolean = $derived(this.#loaded !== undefined);
  readonly busy: boolean = $derived(this.#waiting > 0);
  readonly scenario = $derived(this.#loaded?.scenario);
  readonly legend = $derived(this.#loaded?.legend ?? EMPTY_LEGEND);
  /** Files the lesson puts into the host's file system: what they are now, and whose. */
  readonly files: Loaded['files'] = $derived(this.#loaded?.files ?? []);
  readonly seed = $derived(this.#loaded?.seed ?? 0);
  readonly profile = $derived(this.#loaded?.profile ?? '');
  /** Glue that was switched by hand. */
  get glue(): Readonly<Record<string, boolean>> {
    return this.#ask?.glue ?? {};
  }
  readonly stats = $derived(this.#frame.stats);
  readonly failedClaims = $derived(this.#frame.claims.filter(({ ok }) => !ok));

  /** Asks the worker anything; rejects with `Refused` when it is the visitor's doing. */
  readonly ask: Ask;

  /** Loads a lesson. What is running stays as it was when that is refused. True when it worked. */
  readonly load = (ask: Calls['load']['ask']): Promise<boolean> =>
    this.#act(() => this.loadOrThrow(ask));

  /** As {@link load}, for callers who want the error instead of a notice. */
  readonly loadOrThrow = async (ask: Calls['load']['ask']): Promise<void> => {
    await this.adopt(ask, await this.ask('load', ask));
  };

  /** Shows a run that was loaded: by {@link load}, or opened again from a recording. */
  readonly adopt = async (ask: Calls['load']['ask'], loaded: Loaded): Promise<void> => {
    this.#ask = ask;
    this.source = ask.source;
    this.#safe.text = '';
    // Before anything is done, a lesson is simply loaded again.
    if (loaded.reopened || ask.again === true) this.#safe.note();
    this.again = undefined;
    this.rows.clear();
    this.#loaded = loaded;
    this.#frame = loaded.frame;
    if (!this.breakpoints.empty) void this.breakpoints.send();
    this.run++;
    this.news = NOTHING;
    await this.rows.catchUp(this.ask, loaded.frame);
  };

  /** The same lesson with another seed, profile or own files. */
  readonly reload = (
    change: Partial<Omit<Calls['load']['ask'], 'source'>> = {},
  ): Promise<boolean> =>
    this.#ask ? this.load({ ...this.#ask, ...change, branch: true }) : Promise.resolve(false);

  /**
   * The same lesson with another model of the design: it goes on to where it is now, with what was
   * typed, and says where the two runs part.
   */
  readonly switchModel = async (
    change: Pick<Calls['load']['ask'], 'profile' | 'glue'>,
  ): Promise<void> => {
    if (!this.#ask || !(await this.load({ ...this.#ask, ...change, ...ANEW }))) return;
    this.#ask = { ...this.#ask, again: false };
    this.again = this.#loaded?.again;
  };

  readonly play = (): Promise<boolean> =>
    this.#show(() => this.ask('play', { speed: SPEEDS[this.speed]!.speed }));
  /** Ends playing, and whatever takes long: the run stays where it has got to. */
  readonly pause = (): Promise<boolean> => {
    this.#seekNext = undefined;
    return this.#show(() => this.ask('pause', {}), !this.jump);
  };
  /** The run goes on by itself: it is played, or on a long way. */
  get going(): boolean {
    return this.#frame.playing || this.jump !== undefined;
  }
  readonly toggle = (): Promise<boolean> => (this.going ? this.pause() : this.play());
  /** `count` steps on, whoever's they are. */
  readonly step = (count = 1): Promise<boolean> => this.#show(() => this.ask('step', { count }));
  readonly back = (count = 1): Promise<void> => this.seek(this.#frame.step - count);
  readonly first = (): Promise<void> => this.seek(0);
  /** To the end of what this run has reached; there, to the end of the lesson's present stop. */
  readonly last = (): Promise<unknown> =>
    this.#frame.step < this.#frame.stepEnd ? this.seek(this.#frame.stepEnd) : this.finishStop();
  /** Runs the present stop of the lesson to its end, and goes to the next. */
  readonly finishStop = (): Promise<boolean> => this.#show(() => this.ask('finishStop', {}));
  readonly goToStop = async (stop: number): Promise<boolean> => {
    this.#toStop = true;
    try {
      return await this.#show(() => this.ask('goToStop', { stop }), false);
    } finally {
      this.#toStop = false;
    }
  };

  /**
   * To any step. While one jump is under way only the newest wish is kept: drag as you like. One
   * that takes long is left for it.
   */
  readonly seek = (step: number): Promise<void> => {
    this.#seekNext = Math.max(0, Math.round(step));
    if (this.#seeking && this.jump) this.ask('pause', {}).catch(() => undefined);
    this.#seeking ??= this.#seekAll().finally(() => (this.#seeking = undefined));
    return this.#seeking;
  };

  /** Notch of {@link SPEEDS}; takes effect at once when playing. */
  readonly setSpeed = (notch: number): void => {
    this.speed = Math.min(Math.max(notch, 0), SPEEDS.length - 1);
    if (this.#frame.playing) void this.play();
  };

  /** Types a line on a kernel's console; the answer comes when the command is over. */
  readonly type = (kernel: string, line: string): Promise<Calls['type']['answer']> => {
    this.rows.cut(this.#frame.traceHead);
    return this.ask('type', { kernel, line }).finally(() => this.#safe.note());
  };

  /** From here on every step is chosen, or time decides again. */
  readonly choosing = (on: boolean): Promise<boolean> =>
    this.#deed(() => this.ask('chosen', { on }));
  /** In chosen mode: the next step of a CPU, or the interrupt that waits for it. */
  readonly choose = (cpu: number, take: boolean): Promise<boolean> =>
    this.#deed(() => this.ask('choose', { cpu, take }));
  /** Who chooses each step lets the oldest store of a CPU's buffer become visible. */
  readonly drain = (cpu: number): Promise<boolean> =>
    this.#deed(() => this.ask('choose', { cpu, take: false, drain: true }));
  /** Takes the last choice back. */
  readonly undo = (): Promise<boolean> =>
    this.#show(() => this.ask('undo', {}), false).finally(() => this.#safe.note());

  /**
   * Back to the last moment at which a breakpoint, or one of these lines, would have stopped the
   * run. {@link looking} tells how far the search is; {@link pause} ends it.
   */
  readonly runBack = (lines?: readonly string[]): Promise<boolean> =>
    this.#act(() => this.runBackOrThrow(lines).then(() => undefined));

  /** As {@link runBack}, for callers who want the error; true when there was such a moment. */
  readonly runBackOrThrow = async (lines?: readonly string[]): Promise<boolean> => {
    const { came, frame } = await this.#searching(this.ask('runBack', { ...(lines && { lines }) }));
    await this.#turnTo(frame, false);
    if (came === 'none')
      this.notices.add('news', 'It has not happened before this moment: nothing is changed.');
    return came === 'found';
  };

  /** Who wrote a byte last, through all of the run; undefined when the search was ended. */
  readonly lastWriter = (addr: number): Promise<Calls['lastWriter']['answer']> =>
    this.#searching(this.ask('lastWriter', { addr }));

  async #searching<Answer>(coming: Promise<Answer>): Promise<Answer> {
    try {
      return await coming;
    } finally {
      this.looking = undefined;
    }
  }

  /** Something is done at this moment: what lay ahead is void. */
  #deed(coming: () => Promise<Frame>): Promise<boolean> {
    return this.#show(async () => {
      const { traceHead } = this.#frame;
      const frame = await coming();
      this.rows.cut(traceHead);
      return frame;
    }).finally(() => this.#safe.note());
  }

  /** Shows a frame that was the answer to a question asked elsewhere. */
  readonly show = (frame: Frame): Promise<boolean> => this.#show(() => Promise.resolve(frame));

  close(): void {
    this.#safe.stop();
    this.#post.close();
  }

  async #seekAll(): Promise<void> {
    while (this.#seekNext !== undefined) {
      const step = this.#seekNext;
      this.#seekNext = undefined;
      await this.#show(() => this.ask('seek', { step }), false);
    }
  }

  /** Shows the frame that is coming. Unless `forward`, time may jump, and nothing is animated. */
  #show(coming: () => Promise<Frame>, forward = true): Promise<boolean> {
    return this.#act(async () => {
      await this.#turnTo(await coming(), forward);
    });
  }

  async #turnTo(coming: Frame, forward: boolean, rows?: Rows): Promise<void> {
    const before = this.#frame;
    // Frames are copies, so an unchanged wish of the lesson would look new each time.
    const asked = JSON.stringify(coming.view) === JSON.stringify(before.view);
    const frame = asked ? { ...coming, view: before.view } : coming;
    this.sought = !forward && !this.#toStop;
    this.#frame = frame;
    this.breakpoints.note(frame);
    const { speed } = frame.view;
    if (speed !== undefined && frame.view !== before.view) this.speed = speedNamed(speed);
    // Fewer rows than there were: something was done in the past, and all after it is void.
    if (frame.traceEnd < this.rows.end) this.rows.cut(Math.min(before.traceHead, frame.traceHead));
    const complete = rows && this.rows.push(rows) && this.rows.end >= frame.traceHead;
    if (!complete) await this.rows.catchUp(this.ask, frame);
    const onwards = forward && frame.step >= before.step && frame.traceHead >= before.traceHead;
    const from = onwards ? before.traceHead : frame.traceHead;
    this.news = { from, to: frame.traceHead, jumped: !onwards, before, after: frame };
  }

  async #act(work: () => Promise<void>): Promise<boolean> {
    this.#waiting++;
    try {
      await work();
      this.#restarts = 0;
      return true;
    } catch (error) {
      this.notices.tell(error);
      return false;
    } finally {
      this.#waiting--;
    }
  }

  #onpush(push: Push): void {
    if (push.push === 'failure') {
      this.notices.tell(errorOf(push.failure));
      void this.pause();
      return;
    }
    if (push.push === 'jump') {
      this.jump = push.jump ?? undefined;
      return;
    }
    if (push.push === 'looking') {
      this.looking = push;
      return;
    }
    if (push.push === 'branches') {
      this.branches = push.branches;
      if (push.branches.branches.length > 1) this.#safe.note();
      return;
    }
    if (isSameMoment(push.frame, this.#frame)) return;
    this.#turnTo(push.frame, true, push.rows).catch((error: unknown) => this.notices.tell(error));
  }

  async #again(ask: Calls['load']['ask'], text: string): Promise<void> {
    if (text === '') return this.loadOrThrow(ask);
    const loaded = await this.ask('reopen', { text });
    await this.adopt(ask, loaded);
    this.#safe.text = text;
  }

  /** Starts another worker and repeats what was done, up to the last moment that was shown. */
  async #recover(why: string): Promise<void> {
    const { step } = this.#frame;
    if (++this.#restarts > RESTARTS_MAX) {
      this.dead = true;
      this.notices.add('bug', `The simulation stopped again: ${why}. Reload the page to go on.`);
      return;
    }
    this.notices.add('bug', `The simulation stopped: ${why}. Starting another and replaying.`);
    this.recovering = true;
    try {
      this.#post.hire();
      const [ask, text] = [this.#ask, this.#safe.text];
      if (!ask || !(await this.#act(() => this.#again(ask, text)))) return;
      await this.seek(step);
      this.notices.add('news', `A new simulation is back at step ${step}.`);
    } finally {
      this.recovering = false;
    }
  }
}

/** While one step a second is played, most of the frames that come tell nothing new. */
const isSameMoment = (a: Frame, b: Frame): boolean =>
  a.step === b.step &&
  a.timeNs === b.timeNs &&
  a.playing === b.playing &&
  a.paused === b.paused &&
  a.hits.length === b.hits.length &&
  a.traceEnd === b.traceEnd &&
  a.kernels.every(
    ({ console, busy }, i) => b.kernels[i]?.console === console && b.kernels[i].busy === busy,
  ) &&
  a.tour.item === b.tour.item &&
  a.tour.stop === b.tour.stop &&
  a.claims.length === b.claims.length;

export const [getSession, setSession] = createContext<Session>();
