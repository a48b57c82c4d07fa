import type { Scenario } from '../../sim/scenarios/scenario.ts';
import type { Frame } from '../../sim/world/frame.ts';
import { serve, type Tell } from '../../worker/host.ts';
import type { Calls, Handlers, Rows } from '../../worker/protocol.ts';
import type { Worked } from '../state/worker-post.ts';
import { FILM_LEGEND, shootFilm, type Film } from './film.ts';
import { rowsOf } from './rows.ts';

const SCENARIO: Scenario = {
  ...{ file: 'film.md', title: 'A made-up run', summary: 'For tests only.', level: 1, glue: {} },
  ...{ profile: 'rfc-v2', machine: { cpus: 8, memory: 2 ** 32, pool: null, apic: null }, seed: 42 },
  stops: [{ title: 'A made-up run', line: 1, items: [] }],
};

/** A worker that shows a film instead of simulating, in the page's own thread. */
export function hireFake(cpus = 8): Worked {
  const { port1, port2 } = new MessageChannel();
  serve(port2, (tell) => handlers(shootFilm(cpus), tell));
  port1.start();
  port2.start();
  return { port: port1, onend: () => undefined, close: () => port1.close() };
}

const none = () => Promise.reject(new Error('not in the film'));

/** Looks behind the scene: a film has nothing there. */
const LOOKS = {
  designs: none,
  design: none,
  diagram: none,
  races: none,
  ...{ switchTo: none, renameBranch: none, removeBranch: none, restoreBranch: none },
  ...{ recordBranch: none, branches: () => ({ branches: [], current: 0 }) },
  handlers: () => [],
  instances: () => [],
  heap: ({ kernel }: Calls['heap']['ask']) => ({ kernel, used: 0, size: 0, objects: [], left: 0 }),
  hazards: () => [],
  messages: () => ({ rows: [], found: 0 }),
  folder: ({ path }: Calls['folder']['ask']) => ({
    path,
    names: [],
    bytes: undefined,
    size: 0,
    error: '',
  }),
  writer: () => ({ writer: undefined, since: 0 }),
  lastWriter: () => ({ writer: undefined, left: false }),
  breakpoints: () => [],
  watches: ({ lines }: Calls['watches']['ask']) => lines.map(() => ({ kind: 'absent' as const })),
} satisfies Partial<Handlers>;

function handlers(film: Film, tell: Tell): Handlers {
  let now = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const last = film.frames.length - 1;
  const frame = () => ({
    ...film.frames[now]!,
    ...{
      stepEnd: last,
      timeEndNs: film.frames[last]!.timeNs,
      playing: timer !== undefined,
      traceEnd: film.rows.length,
    },
  });
  const rows = (from: number, to: number): Rows => rowsOf(film.rows.slice(from, to), from);
  const go = (step: number) => {
    now = Math.min(Math.max(step, 0), last);
    return frame();
  };
  const pause = () => {
    clearInterval(timer);
    timer = undefined;
    return frame();
  };
  return {
    entryEnds: () => [],
    load: () => {
      now = 0;
      const loaded = { scenario: SCENARIO, legend: FILM_LEGEND, seed: 42, profile: 'rfc-v2' };
      return { ...loaded, frame: frame(), files: [] };
    },
    play: ({ speed }) => {
      pause();
      const perSecond = speed.kind === 'steps' ? speed.perSecond : 30;
      timer = setInterval(() => {
        const from = film.frames[now]!.traceHead;
        go(now === last ? 0 : now + 1);
        const pushed = now === 0 ? rows(0, 0) : rows(from, film.frames[now]!.traceHead);
        tell({ push: 'frame', frame: { ...frame(), stepsPerSecond: perSecond }, rows: pushed });
      }, 1000 / perSecond);
      return frame();
    },
    pause,
    ping: () => null,
    step: ({ count }) => go(now + count),
    seek: ({ step }) => go(step),
    ...choices(frame),
    finishStop: () => go(last),
    goToStop: () => go(0),
    runUntil: () => ({ reached: true, frame: go(last) }),
    evaluate: none,
    type: () => ({ status: 0, output: '' }),
    interrupt: frame,
    console: ({ kernel }) => ({ text: `${kernel}# ` }),
    complete: ({ line }) => ({ from: line.length, words: [] }),
    hash: () => '0000000000000000',
    state: () => ({ time_ns: 0, step: now, cpus: [], kernels: [], messages: [] }),
    memory: ({ bytes }) => new Uint8Array(bytes),
    rows: ({ from, to }) => rows(from, to),
    ...LOOKS,
    log: () => [],
    trees: () => [],
    treeFile: none,
    compileTree: none,
    mapTree: none,
  };
}

/** Nobody chooses in a film, and nobody keeps it. */
const choices = (frame: () => Frame) => ({
  chosen: frame,
  choose: frame,
  undo: frame,
  runBack: () => ({ came: 'none' as const, frame: frame() }),
  schedule: () => [],
  record: () => '',
  reopen: none,
});
