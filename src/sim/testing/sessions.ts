import { Refused } from '../base/assert.ts';
import { nextRandom, seedRandom } from '../base/rng.ts';
import { choicesOf } from '../scenarios/chosen.ts';
import { engineVersion, type Recorded } from '../scenarios/record.ts';
import { parseScenario } from '../scenarios/parse.ts';
import { Run } from '../scenarios/run.ts';
import { block, BOOT } from './lesson.ts';
import { ready } from './world.ts';

const LINES = [
  ['host', 'mk send web user 7 0x0102'],
  ['host', 'mk send web user 8 0xa1a1a1a1 --cpu 1 --hold'],
  ['host', 'mk send web system heartbeat 0xb2b2 --cpu 6 --hold'],
  ['host', 'mk flood web --count 7'],
  ['host', 'cat /proc/interrupts'],
  ['web', 'dmesg'],
  ['web', 'mk listen io'],
  ['host', 'no-such-command'],
] as const;

const TEXT = `---\ntitle: T\n---\n${BOOT('user', 'system')}# Two\n${block('console host', 'mk send web user 1 0x01')}`;
const DEEDS_MAX = 14;
const FILE = 'session.md';

/** A session somebody might have had: seeks, lines and choices, all drawn from a seed. */
export function randomSession(seed: number): { readonly run: Run; readonly recorded: Recorded } {
  let state = seedRandom(seed);
  const draw = (below: number): number => {
    state = nextRandom(state);
    return (state >>> 8) % below;
  };
  const run = ready(new Run(parseScenario(TEXT, FILE), { seed: draw(1000), trace: draw(4) === 0 }));
  while (run.advance({ through: draw(2) === 0 }) === 'stop' && draw(3) > 0);
  for (let left = 1 + draw(DEEDS_MAX); left > 0; left--) tried(run, draw);
  const { inputs, spot, profile } = run;
  const source = { kind: 'text', text: TEXT, file: FILE } as const;
  const made = { seed: run.seed, profile, glue: {}, own: [], inputs, spot, hash: run.hash() };
  return { run, recorded: { source, ...made, engine: engineVersion() } };
}

/** What is refused must not change the run: its recording has no trace of it. */
function tried(run: Run, draw: (below: number) => number): void {
  try {
    deed(run, draw);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

function deed(run: Run, draw: (below: number) => number): void {
  const choices = run.state.picks ? choicesOf(run.world) : [];
  const choice = choices[draw(Math.max(1, choices.length))];
  switch (draw(8)) {
    case 0:
      run.advance({ steps: draw(120), through: true });
      return;
    case 1:
      run.seek(Math.max(0, run.step - draw(60)));
      return;
    case 2:
      if (run.world.machine.flights.count === 0 && !run.state.schedule)
        run.do({ kind: 'chosen', on: !run.state.picks });
      return;
    case 3:
      run.undo();
      return;
    case 4:
    case 5:
      for (let n = draw(12); n > 0 && run.state.picks; n--) {
        const [next] = choicesOf(run.world);
        if (next) run.do({ kind: 'choose', cpu: next.cpu, take: next.pc < 0 });
      }
      if (choice) choose(run, choice, draw(2) === 0);
      return;
    default: {
      const [kernel, line] = LINES[draw(LINES.length)]!;
      if (run.state.typing !== null || !run.world.isRunning(kernel)) return;
      run.type(kernel, line);
      if (draw(3) > 0) run.advance({ steps: 1 + draw(900), through: true });
    }
  }
}

function choose(run: Run, { cpu, vector }: { cpu: number; vector: number }, take: boolean): void {
  const now = choicesOf(run.world).find((each) => each.cpu === cpu);
  if (now) run.do({ kind: 'choose', cpu, take: take && vector >= 0 && now.vector >= 0 });
}

/** The run that a recording describes, at its moment. */
export function reopened({ source, seed, profile, inputs, spot }: Recorded): Run {
  if (source.kind !== 'text') throw new Error('a session of a test brings its text');
  const scenario = parseScenario(source.text, source.file);
  const run = ready(new Run(scenario, { seed, profile, inputs, trace: false }));
  run.goTo(spot);
  return run;
}
