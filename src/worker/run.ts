import { Refused } from '../sim/base/assert.ts';
import { buildFrame, legendOf } from '../sim/scenarios/build-frame.ts';
import { consoleOf } from '../sim/scenarios/run-state.ts';
import type { Tree } from '../sim/scenarios/branches.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { Reason } from '../sim/scenarios/run-parts.ts';
import type { Recorded } from '../sim/scenarios/record.ts';
import { scheduleOf } from '../sim/scenarios/chosen.ts';
import type { Frame } from '../sim/world/frame.ts';
import type { Tell } from './host.ts';
import { failureOf } from './host.ts';
import { branchHandlers, type Change } from './branch-handlers.ts';
import type { Branches, Grower } from './branch-part.ts';
import type { Breaking } from './breaking.ts';
import { lookHandlers } from './looking.ts';
import { filesOf, makeRun, type Made } from './make-run.ts';
import { Playback } from './playback.ts';
import type { Calls, Handlers, Loaded, Reopened, Rows } from './protocol.ts';
import { reopen } from './reopen.ts';
import type { Services } from './services.ts';
import { Travel, type Came } from './travel.ts';

/** Rows of the trace one answer may hold. */
const ROWS_MAX = 200_000;

/** The handlers of one worker: a run, and the playing of it. */
export function makeHandlers(tell: Tell, services: Services): Handlers {
  return new Session(tell, services).handlers;
}

class Session {
  #run: Run | undefined;
  #paused = '';
  /** What the run was loaded from. */
  #asked: Pick<Recorded, 'source' | 'own' | 'glue'> | undefined;
  #line: Promise<unknown> = Promise.resolve();
  /** Raised by `pause` and `load`: whatever runs for long stops. */
  #generation = 0;
  /** What it was when the present call was asked: a pause is for all that was asked before it. */
  #since = 0;
  readonly #services: Services;
  readonly #tell: Tell;
  readonly #playback: Playback;
  readonly #travel: Travel;
  /** There once a breakpoint was set, or looked for. */
  #breaking: Breaking | undefined;
  /** The futures of the run, once anybody cares: their part is loaded then. */
  #branches: Branches | undefined;
  readonly #grower: Grower;
  readonly handlers: Handlers;

  constructor(tell: Tell, services: Services) {
    this.#services = services;
    this.#tell = tell;
    this.#travel = new Travel({
      ...{ run: () => this.run, services, tell, breaking: () => this.#breaking },
      ...{ isLeft: () => this.#generation !== this.#since, show: (from) => this.#show(from) },
    });
    this.#playback = new Playback({
      tick: (advance) => this.#tick(advance),
      advance: (run, limit) => this.#travel.go(run, limit),
      failed: (error) => {
        tell({ push: 'failure', failure: failureOf(error) });
      },
    });
    this.#grower = {
      ...{ tell, records: () => services.records() },
      open: async (recorded, run, adopt) => {
        const made = await makeRun(services, recorded, recorded.inputs);
        if (!run) adopt(made.run);
        return this.#take({ ...made, run: run ?? made.run }, recorded);
      },
    };
    this.handlers = this.#makeHandlers();
  }

  get run(): Run {
    if (!this.#run) throw new Refused('nothing is loaded yet');
    return this.#run;
  }

  /** One after the other: a call that changes the run waits for the one before. */
  #inLine<T>(work: () => T | Promise<T>): Promise<T> {
    const asked = this.#generation;
    const begin = (): T | Promise<T> => {
      this.#since = asked;
      return work();
    };
    const next = this.#line.then(begin, begin);
    this.#line = next.catch(() => undefined);
    return next;
  }

  #frame(): Frame {
    const { playing, stepsPerSecond } = this.#playback;
    const { hits = [], why = '' } = this.#breaking ?? {};
    const paused = why === '' ? this.#paused : why;
    return buildFrame(this.run, { playing, paused, stepsPerSecond, hits });
  }

  /** The moment a jump has come to, and whether that is where it was going. */
  #arrived(came: Came): Frame {
    if (came === 'left') this.#paused = PAUSED.left ?? '';
    return this.#frame();
  }

  async #breaks(): Promise<Breaking> {
    const { Breaking } = await this.#services.breaking();
    this.#breaking ??= new Breaking({
      ...{ run: () => this.run, tell: this.#tell, generation: () => this.#generation },
    });
    return this.#breaking;
  }

  /** Playback's beat. Answers false when playing is over. */
  #tick(advance: (run: Run) => Reason): Promise<boolean> {
    return this.#inLine(async () => {
      const { run } = this;
      const first = run.world.trace?.head ?? 0;
      let reason = advance(run);
      if (await this.#travel.bring(reason)) reason = 'steps';
      const over = OVER.has(reason);
      if (over) {
        this.#playback.stop();
        this.#paused = PAUSED[reason] ?? '';
      }
      const head = run.world.trace?.head ?? 0;
      this.#show(Math.max(Math.min(first, head), head - ROWS_MAX));
      return !over;
    });
  }

  /** Shows the moment, with the rows from one on. */
  #show(from: number): void {
    const { head } = this.run.world.trace ?? { head: from };
    this.#tell({ push: 'frame', frame: this.#frame(), rows: this.#rows(from, head) });
  }

  #rows(from: number, to: number): Rows {
    const { trace } = this.run.world;
    if (!trace) throw new Refused('this run keeps no trace');
    return trace.slice(Math.max(0, from), Math.min(to, from + ROWS_MAX));
  }

  async #load(ask: Calls['load']['ask'], recorded?: Recorded): Promise<Loaded> {
    this.#playback.stop();
    const tree = recorded?.branches;
    const running = tree?.branches.find(({ id }) => id === tree.current);
    const made = await makeRun(this.#services, ask, (running ?? recorded)?.inputs);
    const { run, settings } = made;
    const before = this.#run;
    const isAgain = ask.again === true && before !== undefined;
    if (isAgain) {
      await this.#travel.bring('evaluator');
      await this.#travel.bring('consoles');
    }
    const again = isAgain ? (await this.#services.models()).startAgain(before, run) : undefined;
    if (ask.branch === true && before) (await this.#grove()).restart(run, settings);
    else {
      this.#branches = undefined;
      this.#tell({ push: 'branches', branches: { branches: [], current: 0 } });
      if (tree) await this.#grove(made, tree);
    }
    return { ...(again && { again }), ...(await this.#take(made, recorded)) };
  }

  /** The branches of the run, or of one that is about to take its place. */
  async #grove(made?: Pick<Made, 'run' | 'settings' | 'source'>, tree?: Tree): Promise<Branches> {
    const { Branches } = await this.#services.branches();
    if (!this.#branches) {
      const { run } = made ?? this;
      const { source, own, glue } = made ? { ...made, ...made.settings } : this.#asked!;
      const settings = { seed: run.seed, profile: run.profile, glue, own };
      this.#branches = new Branches(this.#grower, run, settings, source, tree);
    }
    return this.#branches;
  }

  /** Makes a run the one of the session, and goes to where it was recorded. */
  async #take(made: Made, recorded?: Recorded): Promise<Loaded> {
    const { scenario, run, source, settings } = made;
    const { own, glue } = settings;
    this.#run = run;
    this.#asked = { source, own, glue };
    this.#stopPlaying();
    const reopened = recorded && (await this.#reopen(recorded));
    return {
      ...(reopened && { reopened }),
      scenario,
      legend: legendOf(run.world),
      seed: run.seed,
      profile: run.profile,
      frame: this.#frame(),
      files: filesOf(made),
    };
  }

  async #reopen(recorded: Recorded): Promise<Reopened> {
    const { engineVersion } = await this.#services.records();
    return reopen(this.run, recorded, engineVersion(), this.#travel);
  }

  /** Calls of who chooses each step, sets breakpoints, keeps a run to open it again. */
  #deeds(change: Change) {
    return {
      chosen: change(async ({ on }: Calls['chosen']['ask']) => {
        (await this.#grove()).do({ kind: 'chosen', on });
        return this.#frame();
      }),
      choose: change(async ({ cpu, take, drain }: Calls['choose']['ask']) => {
        (await this.#grove()).do({ kind: 'choose', cpu, take, ...(drain && { drain }) });
        return this.#frame();
      }),
      undo: change(() => {
        this.run.undo();
        return this.#frame();
      }),
      breakpoints: ({ lines }: Calls['breakpoints']['ask']) =>
        this.#inLine(async () =>
          lines.length > 0 || this.#breaking ? (await this.#breaks()).set(lines) : [],
        ),
      runBack: change(async ({ lines }: Calls['runBack']['ask']) => {
        const came = await (await this.#breaks()).back(lines);
        return { came, frame: this.#frame() };
      }),
      lastWriter: change(async ({ addr }: Calls['lastWriter']['ask']) =>
        (await this.#breaks()).writer(addr),
      ),
      schedule: () => this.#inLine(() => scheduleOf(this.run.world, this.run.state.picks ?? [])),
      record: async ({ branches, ...kept }: Calls['record']['ask']) => {
        const { writeRecord, engineVersion } = await this.#services.records();
        return this.#inLine(async () => {
          const { seed, profile, inputs, spot } = this.run;
          const made = { seed, profile, inputs, spot, hash: this.run.hash() };
          const tree = branches === true ? { branches: (await this.#grove()).grow() } : {};
          const engine = engineVersion();
          return writeRecord({ ...this.#asked!, ...made, ...tree, engine, ...kept });
        });
      },
      ...branchHandlers(
        (work) => this.#inLine(async () => work(await this.#grove())),
        () => this.#stopPlaying(),
      ),
      reopen: ({ text }: Calls['reopen']['ask']) => {
        this.#generation++;
        return this.#inLine(async () => {
          const recorded = (await this.#services.records()).readRecord(text);
          const { source, glue, breakpoints, watches } = recorded;
          const loaded = await this.#load(recorded, recorded);
          return {
            ...{ ...loaded, source, glue },
            ...(breakpoints && { breakpoints }),
            ...(watches && { watches }),
          };
        });
      },
    };
  }

  async #type({ kernel, line }: Calls['type']['ask']): Promise<Calls['type']['answer']> {
    const { run } = this;
    await this.#travel.bring('consoles');
    (await this.#grove()).do({ kind: 'line', kernel, line });
    const came = await this.#travel.runTo(TYPED, true);
    const { status, output } = consoleOf(run.state, kernel);
    this.#tell({ push: 'frame', frame: this.#frame(), rows: this.#rows(0, 0) });
    return { status: status ?? 0, output, ...(came === 'left' && { left: true as const }) };
  }

  /** Ctrl-C: nobody waits any longer, and then the command is ended. */
  #interrupt({ kernel }: Calls['interrupt']['ask']): Promise<Frame> {
    this.#generation++;
    this.#stopPlaying();
    return this.#inLine(async () => {
      const { run } = this;
      await this.#travel.bring('consoles');
      if (consoleOf(run.state, kernel).job === null)
        throw new Refused(`no command runs on ${kernel}`);
      (await this.#grove()).do({ kind: 'interrupt', kernel });
      if (run.state.typing === kernel) await this.#travel.runTo(TYPED, true);
      return this.#frame();
    });
  }

  #stopPlaying(why = ''): void {
    this.#playback.stop();
    this.#paused = why;
    if (this.#breaking) this.#breaking.hits = [];
  }

  #makeHandlers(): Handlers {
    /** A change of the run that ends playing. */
    const change =
      <Ask, Answer>(work: (ask: Ask) => Answer | Promise<Answer>) =>
      (ask: Ask): Promise<Answer> => {
        this.#stopPlaying();
        return this.#inLine(() => work(ask));
      };
    return {
      load: (ask) => {
        // Nobody waits for the end of a long jump to see another lesson.
        this.#generation++;
        return this.#inLine(() => this.#load(ask));
      },
      play: ({ speed }) =>
        this.#inLine(() => {
          this.#paused = '';
          if (this.#breaking) this.#breaking.hits = [];
          this.#playback.start(speed, this.run);
          return this.#frame();
        }),
      pause: () => {
        this.#generation++;
        this.#stopPlaying();
        return this.#inLine(() => this.#frame());
      },
      ping: () => null,
      step: change(async ({ count }: Calls['step']['ask']) => {
        return this.#arrived(await this.#travel.step(count));
      }),
      seek: change(async ({ step }: Calls['seek']['ask']) => {
        return this.#arrived(await this.#travel.seek(step));
      }),
      finishStop: change(async () => {
        const came = await this.#travel.runTo(['stop', 'ended', 'break', 'chosen'], false);
        this.#paused = PAUSED[came] ?? '';
        return this.#frame();
      }),
      goToStop: change(async ({ stop }: Calls['goToStop']['ask']) => {
        return this.#arrived(await this.#travel.goToStop(stop));
      }),
      runUntil: change(async (ask: Calls['runUntil']['ask']) => {
        const reached = await this.#travel.runUntil(ask);
        return { reached, frame: this.#frame() };
      }),
      type: change((ask: Calls['type']['ask']) => this.#type(ask)),
      interrupt: (ask) => this.#interrupt(ask),
      ...this.#deeds(change),
      ...lookHandlers({
        run: () => this.run,
        inLine: (work) => this.#inLine(work),
        rows: (from, to) => this.#rows(from, to),
        services: this.#services,
      }),
    };
  }
}

/** What ends waiting for a line that was typed. */
const TYPED: readonly Reason[] = ['typed', 'ended', 'chosen'];

/** What ends playing. */
const OVER: ReadonlySet<Reason> = new Set(['stop', 'ended', 'break', 'chosen']);

const PAUSED: Readonly<Partial<Record<Came, string>>> = {
  left: 'Stopped on the way.',
  stop: 'This stop is done; the next one waits.',
  ended: 'The lesson is over.',
  chosen: 'You choose: nothing moves until you take a step.',
};
