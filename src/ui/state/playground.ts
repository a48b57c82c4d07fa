import type { Compared } from '../../worker/compare-protocol.ts';
import type { Calls } from '../../worker/protocol.ts';
import { tick } from 'svelte';
import type { Breakpoint } from './breakpoints.svelte.ts';
import type { Session } from './session.svelte.ts';

/** What `load` takes besides the lesson. */
interface LoadOptions {
  readonly seed?: number;
  readonly profile?: string;
}

/** `window.playground`: lets a test, a teacher's script or the console drive the page. */
export interface Playground {
  /** Resolves once the first lesson is loaded, drawn and paused. */
  readonly ready: Promise<void>;
  /** A bundled lesson by name, or the text of one. Rejects when it is refused. */
  load(nameOrText: string, options?: LoadOptions): Promise<void>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** So many steps on; resolves when they are done, or where `pause` or a breakpoint ends them. */
  step(n?: number): Promise<void>;
  /** To any step from 0 on; resolves there, or where `pause` ends it. A newer wish takes the place of this one. */
  seek(step: number): Promise<void>;
  /** Runs until a claim is true; tells whether it became so. Rejects what is no claim. */
  runUntil(claim: string, options?: { readonly maxSteps?: number }): Promise<boolean>;
  evaluate(expression: string): Promise<unknown>;
  /** Types a line on a kernel's console and waits until the command is over. */
  type(kernel: string, line: string): Promise<Calls['type']['answer']>;
  /**
   * Stops the run when that comes true or happens: a line as the Breaks tab takes it. Answers its
   * number; rejects with the place when the line means nothing.
   */
  addBreakpoint(line: string): Promise<number>;
  /** False when there is none of that number. */
  removeBreakpoint(id: number): boolean;
  /** All there are, with how often each has stopped the run. */
  breakpoints(): readonly Breakpoint[];
  /**
   * Back to the last moment before this one at which that line, or else any breakpoint, would have
   * stopped the run. False when there is none: the run then stays where it is.
   */
  runBack(line?: string): Promise<boolean>;
  /** Hash of the whole state: 16 lower-case hex digits. */
  hash(): Promise<string>;
  state(): Promise<Calls['state']['answer']>;
  /** The futures of this lesson that were tried; the one that runs is `current`. */
  branches(): Promise<Calls['branches']['answer']>;
  /** Runs the branch of a name, to its end. Rejects when there is none. */
  switchTo(name: string): Promise<void>;
  /** Follows two branches to their ends: where they part, and that in a sentence. */
  compare(a: string, b: string): Promise<Pick<Compared, 'sentence' | 'parting' | 'first'>>;
}

declare global {
  interface Window {
    playground: Playground;
  }
}

/**
 * Puts `window.playground` in place. `ready` comes from whoever loads the first lesson. What drives
 * the page is loaded with the first call: visitors do not pay for it.
 */
export function installPlayground(session: Session, ready: Promise<unknown>): void {
  const drive = () => import('./driving.ts').then(({ driving }) => driving(session));
  window.playground = {
    ready: ready.then(tick),
    load: async (...ask) => (await drive()).load(...ask),
    play: async () => (await drive()).play(),
    pause: async () => (await drive()).pause(),
    step: async (...ask) => (await drive()).step(...ask),
    seek: async (step) => (await drive()).seek(step),
    runUntil: async (...ask) => (await drive()).runUntil(...ask),
    evaluate: async (expression) => (await drive()).evaluate(expression),
    type: async (...ask) => (await drive()).type(...ask),
    addBreakpoint: async (line) => (await drive()).addBreakpoint(line),
    removeBreakpoint: (id) => session.breakpoints.remove(id),
    breakpoints: () => session.breakpoints.list.map((one) => ({ ...one })),
    runBack: async (...ask) => (await drive()).runBack(...ask),
    hash: async () => (await drive()).hash(),
    state: async () => (await drive()).state(),
    branches: async () => (await drive()).branches(),
    switchTo: async (name) => (await drive()).switchTo(name),
    compare: async (a, b) => (await drive()).compare(a, b),
  };
}
