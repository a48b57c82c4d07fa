import { catalogue } from 'virtual:scenarios';
import { tick } from 'svelte';
import { Refused } from '../../sim/base/assert.ts';
import type { Calls, Source } from '../../worker/protocol.ts';
import { nameOf, optionsOf, textOf, wholeOf } from './playground-arguments.ts';
import type { Playground, PlaygroundState } from './playground-types.ts';
import type { Session } from './session.svelte.ts';

const SEED_MAX = 2 ** 32 - 1;

/** What somebody's script passes, whatever its types say. */
type Loose<Call> = Call extends (...asked: never[]) => infer Answer
  ? (...asked: unknown[]) => Answer
  : never;

/** The members that answer later: all but what the page knows itself. */
export type Driven = Exclude<keyof Playground, 'ready' | 'removeBreakpoint' | 'breakpoints'>;
type DrivenLoosely = { readonly [Name in Driven]: Loose<Playground[Name]> };

/** A bundled lesson when there is one of that name, else the text of a lesson. */
function sourceOf(lesson: unknown): Source {
  const text = textOf('a lesson', lesson);
  return catalogue.some(({ name }) => name === text) || !text.includes('\n')
    ? { kind: 'bundled', name: nameOf('a lesson without a line break', text) }
    : { kind: 'text', text, file: 'scenario.md' };
}

function loadOf(lesson: unknown, options: unknown): Calls['load']['ask'] {
  const source = sourceOf(lesson);
  const { seed, profile } = optionsOf('load', options, ['seed', 'profile']);
  return {
    source,
    ...(seed !== undefined && { seed: wholeOf('a seed', seed, SEED_MAX) }),
    ...(profile !== undefined && { profile: nameOf('a profile', profile) }),
  };
}

/** The part of `window.playground` that asks the worker: by name, with what somebody passed. */
export function driving(session: Session): (name: Driven, asked: unknown[]) => Promise<unknown> {
  const calls = callsIn(session);
  return async (name, asked) => {
    try {
      return await calls[name](...asked);
    } catch (error) {
      // Only the message of an error reaches another process: the place goes into it.
      throw error instanceof Refused && error.place ? new Refused(error.located) : error;
    }
  };
}

/** What means nothing is refused before it acts. */
function callsIn(session: Session): DrivenLoosely {
  /** Whatever the page asks about a moment when it draws it is answered before the `ping` behind it. */
  const drawn = async (): Promise<void> => {
    await tick();
    await session.ask('ping', {});
    await tick();
  };
  const shown = async (frame: Promise<Calls['step']['answer']>): Promise<void> => {
    await session.show(await frame);
    await drawn();
  };
  return {
    load: async (lesson, options) => session.loadOrThrow(loadOf(lesson, options)).then(tick),
    play: () => session.play().then(tick),
    pause: () => session.pause().then(tick),
    step: async (count = 1) =>
      shown(session.ask('step', { count: wholeOf('a number of steps', count) })),
    seek: async (step) => session.seek(wholeOf('a step', step)).then(drawn),
    async runUntil(claim, options) {
      const asked = textOf('a claim', claim);
      const { maxSteps } = optionsOf('runUntil', options, ['maxSteps']);
      const most =
        maxSteps === undefined ? {} : { maxSteps: wholeOf('a number of steps', maxSteps) };
      const { reached, frame } = await session.ask('runUntil', { claim: asked, ...most });
      await shown(Promise.resolve(frame));
      return reached;
    },
    evaluate: async (expression) =>
      session.ask('evaluate', { expression: textOf('an expression', expression) }),
    async type(kernel, line) {
      const [on, typed] = [nameOf('a kernel', kernel), textOf('a line', line)];
      const { status, output, left } = await session.type(on, typed);
      if (left) throw new Refused(`the wait was ended before the command on ${on} was over`);
      return { status, output };
    },
    async interrupt(kernel) {
      const on = nameOf('a kernel', kernel);
      session.rows.cut(session.frame.traceHead);
      await shown(session.ask('interrupt', { kernel: on }));
    },
    async addBreakpoint(line) {
      const { id } = await session.breakpoints.add(textOf('a breakpoint', line));
      await tick();
      return id;
    },
    async runBack(line) {
      const lines = line === undefined ? undefined : [textOf('a breakpoint', line)];
      const found = await session.runBackOrThrow(lines);
      await tick();
      return found;
    },
    hash: () => session.ask('hash', {}),
    // Its CPUs are told as expressions tell them, field by field.
    state: () => session.ask('state', {}) as Promise<PlaygroundState>,
    branches: () => session.ask('branches', {}),
    async switchTo(name) {
      const branch = nameOf('a branch', name);
      const { switchToNamed } = await import('./recordings.ts');
      await switchToNamed(session, branch).then(tick);
    },
    async compare(a, b) {
      const [one, other] = [nameOf('a branch', a), nameOf('a branch', b)];
      const { compareBranches } = await import('../views/Compare/compare-branches.ts');
      return compareBranches(session, one, other);
    },
  };
}
