import { Refused } from '../sim/base/assert.ts';
import { buildFrame, legendOf } from '../sim/scenarios/build-frame.ts';
import { consoleOf } from '../sim/scenarios/run-state.ts';
import type { Settings, Tree } from '../sim/scenarios/branches.ts';
import type { Input } from '../sim/scenarios/inputs.ts';
import { Run } from '../sim/scenarios/run.ts';
import type { OwnFile, Reason } from '../sim/scenarios/run-parts.ts';
import type { Scenario } from '../sim/scenarios/scenario.ts';
import type { Recorded } from '../sim/scenarios/record.ts';
import { scheduleOf } from '../sim/scenarios/chosen.ts';
import { utf8Encode } from '../sim/base/text.ts';
import type { Frame } from '../sim/world/frame.ts';
import type { Tell } from './host.ts';
import { failureOf } from './host.ts';
import { branchHandlers, type Change } from './branch-handlers.ts';
import type { Branches, Grower } from './branch-part.ts';
import type { Breaking } from './breaking.ts';
import { lookHandlers } from './looking.ts';
import { Playback } from './playback.ts';
import type { Calls, Handlers, Loaded, Reopened, Rows } from './protocol.ts';
import { reopen } from './reopen.ts';
import type { Services } from './services.ts';

/** Steps a call may run before others get a word in. */
const SLICE_STEPS = 20_000;
/** Real time a call may run before others get a word in, in ms. */
const BEAT_MS = 100;
/** Steps `runUntil` takes when it is not told. */
const UNTIL_STEPS = 1_000_000;
/** Rows of the trace one answer may hold. */
const ROWS_MAX = 200_000;

/** A long run tells of itself after so much time, or so many rows. */
const PROGRESS_MS = 100;
const PROGRESS_ROWS = 100_000;

/** The first bytes of a device tree blob. */
const DTB_MAGIC = [0xd0, 0x0d, 0xfe, 0xed];

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

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
  readonly #services: Services;
  readonly #tell: Tell;
  readonly #playback: Playback;
  /** There once a breakpoint was set, or looked for. */
  #breaking: Breaking | undefined;
  /** The futures of the run, once anybody cares: their part is loaded then. */
  #branches: Branches | undefined;
  readonly #grower: Grower;
  readonly handlers: Handlers;

  constructor(tell: Tell, services: Services) {
    this.#services = services;
    this.#tell = tell;
    this.#playback = new Playback({
      tick: (advance) => this.#tick(advance),
      advance: (run, limit) => this.#go(run, limit),
      failed: (error) => {
        tell({ push: 'failure', failure: failureOf(error) });
      },
    });
    this.#grower = {
      ...{ tell, records: () => services.records() },
      open: async (recorded, run, adopt) => {
        const made = await this.#make(recorded, recorded.inputs);
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
    const next = this.#line.then(work, work);
    this.#line = next.catch(() => undefined);
    return next;
  }

  #frame(): Frame {
    const { playing, stepsPerSecond } = this.#playback;
    const { hits = [], why = '' } = this.#breaking ?? {};
    const paused = why === '' ? this.#paused : why;
    return buildFrame(this.run, { playing, paused, stepsPerSecond, hits });
  }

  /** As `run.advance`, to a breakpoint at most. */
  #go(run: Run, limit?: Parameters<Run['advance']>[0]): Reason {
    return this.#breaking?.advance(run, limit) ?? run.advance(limit);
  }

  /** A breakpoint has stopped the run here. */
  get #stopped(): boolean {
    return (this.#breaking?.hits.length ?? 0) > 0;
  }

  async #breaks(): Promise<Breaking> {
    const { Breaking } = await this.#services.breaking();
    this.#breaking ??= new Breaking({
      ...{ run: () => this.run, tell: this.#tell, generation: () => this.#generation },
    });
    return this.#breaking;
  }

  /** Advances, and loads the parts that turn out to be needed. */
  async #advance(limit: Parameters<Run['advance']>[0]): Promise<Reason> {
    const { run } = this;
    const end = run.step + (limit?.steps ?? Infinity);
    for (let beat = performance.now(); ;) {
      // What was run before a part was missed counts; with breakpoints a stretch may be short.
      const reason = this.#go(run, { ...limit, steps: end - run.step });
      if (!(await this.#bring(reason)) && (reason !== 'steps' || run.step >= end)) return reason;
      if (performance.now() - beat < BEAT_MS) continue;
      await breathe();
      beat = performance.now();
    }
  }

  /** Loads the part a run asked for; false when it asked for none. */
  async #bring(reason: Reason): Promise<boolean> {
    const { run } = this;
    if (reason === 'evaluator') run.evaluator = (await this.#services.evaluator()).newEvaluator();
    else if (reason === 'consoles') run.consoles = (await this.#services.consoles()).CONSOLE_WORK;
    else return false;
    return true;
  }

  /** Playback's beat. Answers false when playing is over. */
  #tick(advance: (run: Run) => Reason): Promise<boolean> {
    return this.#inLine(async () => {
      const { run } = this;
      const first = run.world.trace?.head ?? 0;
      let reason = advance(run);
      if (await this.#bring(reason)) reason = 'steps';
      const over = OVER.has(reason);
      if (over) {
        this.#playback.stop();
        this.#paused = PAUSED[reason] ?? '';
      }
      const head = run.world.trace?.head ?? 0;
      const from = Math.max(Math.min(first, head), head - ROWS_MAX);
      this.#tell({ push: 'frame', frame: this.#frame(), rows: this.#rows(from, head) });
      return !over;
    });
  }

  #rows(from: number, to: number): Rows {
    const { trace } = this.run.world;
    if (!trace) throw new Refused('this run keeps no trace');
    return trace.slice(Math.max(0, from), Math.min(to, from + ROWS_MAX));
  }

  async #load(ask: Calls['load']['ask'], recorded?: Recorded): Promise<Loaded> {
    this.#generation++;
    this.#playback.stop();
    const tree = recorded?.branches;
    const running = tree?.branches.find(({ id }) => id === tree.current);
    const made = await this.#make(ask, (running ?? recorded)?.inputs);
    const { run, settings } = made;
    const before = this.#run;
    const isAgain = ask.again === true && before !== undefined;
    if (isAgain) {
      await this.#bring('evaluator');
      await this.#bring('consoles');
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

  /** A run of a lesson, at its beginning. */
  async #make(ask: Calls['load']['ask'], inputs: readonly Input[] = []): Promise<Made> {
    const { source, seed, profile, glue = {}, own } = ask;
    const scenario =
      source.kind === 'bundled'
        ? await this.#services.bundled(source.name)
        : await this.#services.parse(source.text, source.file);
    if (!scenario)
      throw new Refused(`there is no lesson ${source.kind === 'bundled' ? source.name : ''}`);
    const mine = await Promise.all((own ?? []).map((file) => this.#asSource(file)));
    const options = {
      ...(seed === undefined ? {} : { seed }),
      ...(profile === undefined ? {} : { profile }),
      ...{ glue, own: mine, inputs, trace: true },
    };
    const run = new Run(scenario, options);
    const settings = { seed: run.seed, profile: run.profile, glue, own: mine };
    return { scenario, run, source, settings };
  }

  /** Makes a run the one of the session, and goes to where it was recorded. */
  async #take({ scenario, run, source, settings }: Made, recorded?: Recorded): Promise<Loaded> {
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
      files: filesOf(scenario, own),
    };
  }

  async #reopen(recorded: Recorded): Promise<Reopened> {
    const { engineVersion } = await this.#services.records();
    return reopen(this.run, recorded, engineVersion(), (reason) => this.#bring(reason));
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
      reopen: ({ text }: Calls['reopen']['ask']) =>
        this.#inLine(async () => {
          const recorded = (await this.#services.records()).readRecord(text);
          const { source, glue, breakpoints, watches } = recorded;
          const loaded = await this.#load(recorded, recorded);
          return {
            ...{ ...loaded, source, glue },
            ...(breakpoints && { breakpoints }),
            ...(watches && { watches }),
          };
        }),
    };
  }

  /** A blob in the place of a source: the lesson compiles that file, so it gets the blob's source. */
  async #asSource(file: OwnFile): Promise<OwnFile> {
    const blob = DTB_MAGIC.every((byte, i) => file.bytes[i] === byte);
    if (!file.name.endsWith('.dts') || !blob) return file;
    const { decompile } = await this.#services.compiler();
    const { text } = decompile(file.bytes, file.name);
    if (text === undefined) throw new Refused(`${file.name}: this blob is no device tree`);
    return { ...file, bytes: Uint8Array.from(text, (char) => char.charCodeAt(0)) };
  }

  /** Runs until a reason is one of `ends`, in slices, so that a pause gets through. */
  async #runTo(ends: readonly Reason[], through: boolean): Promise<Reason> {
    const generation = this.#generation;
    const told = { at: performance.now(), head: this.run.world.trace?.head ?? 0 };
    for (;;) {
      const reason = await this.#advance({ steps: SLICE_STEPS, through });
      this.#tellProgress(told);
      if (reason !== 'steps' || generation !== this.#generation) {
        if (reason === 'steps' || ends.includes(reason) || this.#stopped) return reason;
      }
      await breathe();
      if (generation !== this.#generation) return reason;
    }
  }

  /** What takes long is shown while it goes on, with every row of it. */
  #tellProgress(told: { at: number; head: number }): void {
    const head = this.run.world.trace?.head ?? 0;
    const now = performance.now();
    if (now - told.at < PROGRESS_MS && head - told.head < PROGRESS_ROWS) return;
    this.#tell({ push: 'frame', frame: this.#frame(), rows: this.#rows(told.head, head) });
    Object.assign(told, { at: now, head });
  }

  async #type({ kernel, line }: Calls['type']['ask']): Promise<Calls['type']['answer']> {
    const { run } = this;
    await this.#bring('consoles');
    (await this.#grove()).do({ kind: 'line', kernel, line });
    await this.#runTo(['typed', 'ended', 'chosen'], true);
    const { status, output } = consoleOf(run.state, kernel);
    this.#tell({ push: 'frame', frame: this.#frame(), rows: this.#rows(0, 0) });
    return { status: status ?? 0, output };
  }

  async #runUntil({ claim, maxSteps }: Calls['runUntil']['ask']) {
    const { run } = this;
    const { compileExpression } = await this.#services.expressions();
    const expression = compileExpression(claim, { file: 'claim', line: 1, column: 1 });
    const generation = this.#generation;
    const most = maxSteps ?? UNTIL_STEPS;
    let reached = expression.happens(run.answers);
    for (let n = 0; !reached && n < most && generation === this.#generation; n++) {
      const reason = await this.#advance({ steps: 1, through: true });
      if (reason === 'ended' || reason === 'chosen' || this.#stopped) break;
      reached = expression.happens(run.answers);
      if (n % 500 === 499) await breathe();
    }
    return { reached, frame: this.#frame() };
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
      load: (ask) => this.#inLine(() => this.#load(ask)),
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
        await this.#advance({ steps: count, through: true });
        return this.#frame();
      }),
      seek: change(async ({ step }: Calls['seek']['ask']) => {
        while (await this.#bring(this.run.seek(step)));
        return this.#frame();
      }),
      finishStop: change(async () => {
        const reason = await this.#runTo(['stop', 'ended', 'break', 'chosen'], false);
        this.#paused = PAUSED[reason] ?? '';
        return this.#frame();
      }),
      goToStop: change(async ({ stop }: Calls['goToStop']['ask']) => {
        while (await this.#bring(this.run.goToStop(stop)));
        return this.#frame();
      }),
      runUntil: change((ask: Calls['runUntil']['ask']) => this.#runUntil(ask)),
      type: change((ask: Calls['type']['ask']) => this.#type(ask)),
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

/** A run that was made, and what of. */
interface Made {
  readonly scenario: Scenario;
  readonly run: Run;
  readonly source: Recorded['source'];
  readonly settings: Settings;
}

/** What ends playing. */
const OVER: ReadonlySet<Reason> = new Set(['stop', 'ended', 'break', 'chosen']);

const PAUSED: Readonly<Partial<Record<Reason, string>>> = {
  stop: 'This stop is done; the next one waits.',
  ended: 'The lesson is over.',
  chosen: 'You choose: nothing moves until you take a step.',
};

/** Files the lesson puts into the host's file system, with the user's own in their place. */
function filesOf(scenario: Scenario, own: readonly OwnFile[]): Loaded['files'] {
  return scenario.stops.flatMap(({ items }) =>
    items.flatMap((item) => {
      if (item.kind !== 'dts' && item.kind !== 'file') return [];
      const mine = own.find(({ name }) => name === item.name);
      const bytes = mine?.bytes ?? utf8Encode(item.text);
      return [{ name: item.name, bytes, own: mine !== undefined }];
    }),
  );
}
