import { catalogue } from 'virtual:scenarios';
import { tick } from 'svelte';
import { Refused } from '../../sim/base/assert.ts';
import type { Calls, Source } from '../../worker/protocol.ts';
import type { Playground } from './playground.ts';
import type { Session } from './session.svelte.ts';

/** What `load` and `runUntil` take beside what they are about. */
const LOAD_OPTIONS = ['seed', 'profile'];
const UNTIL_OPTIONS = ['maxSteps'];

/** What scripts give is not checked by any compiler. */
function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Refused(`${what} is a text, not ${show(value)}`);
  return value;
}

function whole(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw new Refused(`${what} is a whole number from 0 on, not ${show(value)}`);
}

const show = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value);

function known(options: object, names: readonly string[]): void {
  const odd = Object.keys(options).find((name) => !names.includes(name));
  if (odd !== undefined)
    throw new Refused(`there is no option "${odd}"; known are ${names.join(', ')}`);
}

/** A bundled lesson when there is one of that name, else the text of a lesson. */
const sourceOf = (nameOrText: string): Source =>
  catalogue.some(({ name }) => name === nameOrText) || !nameOrText.includes('\n')
    ? { kind: 'bundled', name: nameOrText }
    : { kind: 'text', text: nameOrText, file: 'scenario.md' };

/** Only the message of an error reaches another process: the place goes into it. */
async function located<Answer>(work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused && error.place) throw new Refused(error.located);
    throw error;
  }
}

/** The part of `window.playground` that asks the worker. What means nothing is refused. */
export function driving(
  session: Session,
): Omit<Playground, 'ready' | 'breakpoints' | 'removeBreakpoint'> {
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
    load: (nameOrText, options = {}) =>
      located(async () => {
        const source = sourceOf(text(nameOrText, 'a lesson'));
        known(options, LOAD_OPTIONS);
        await session.loadOrThrow({ source, ...options });
        await tick();
      }),
    play: () => session.play().then(tick),
    pause: () => session.pause().then(tick),
    step: (count = 1) => shown(session.ask('step', { count })),
    seek: (step) => located(() => session.seek(whole(step, 'a step')).then(drawn)),
    runUntil: (claim, options = {}) =>
      located(async () => {
        known(options, UNTIL_OPTIONS);
        const ask = { claim: text(claim, 'a claim'), ...options };
        const { reached, frame } = await session.ask('runUntil', ask);
        await shown(Promise.resolve(frame));
        return reached;
      }),
    evaluate: (expression) =>
      located(() => session.ask('evaluate', { expression: text(expression, 'an expression') })),
    type: (kernel, line) =>
      located(() => session.type(text(kernel, 'a kernel'), text(line, 'a line'))),
    addBreakpoint: (line) =>
      located(async () => {
        const { id } = await session.breakpoints.add(text(line, 'a breakpoint'));
        await tick();
        return id;
      }),
    runBack: (line) =>
      located(async () => {
        const lines = line === undefined ? undefined : [text(line, 'a breakpoint')];
        const found = await session.runBackOrThrow(lines);
        await tick();
        return found;
      }),
    hash: () => session.ask('hash', {}),
    state: () => session.ask('state', {}),
    branches: () => session.ask('branches', {}),
    async switchTo(name) {
      const { switchToNamed } = await import('./recordings.ts');
      await switchToNamed(session, text(name, 'a branch')).then(tick);
    },
    async compare(a, b) {
      const { compareBranches } = await import('../views/Compare/compare-branches.ts');
      return compareBranches(session, text(a, 'a branch'), text(b, 'a branch'));
    },
  };
}
