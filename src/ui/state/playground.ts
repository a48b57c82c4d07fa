import { tick } from 'svelte';
import type { Driven, driving } from './driving.ts';
import type { Playground } from './playground-types.ts';
import type { Session } from './session.svelte.ts';

const LATE: readonly Driven[] = [
  ...(['load', 'play', 'pause', 'step', 'seek', 'runUntil', 'evaluate', 'type'] as const),
  ...(['interrupt', 'addBreakpoint', 'runBack', 'hash', 'state'] as const),
  ...(['branches', 'switchTo', 'compare'] as const),
];

/**
 * Puts `window.playground` in place. `ready` comes from whoever loads the first lesson. What drives
 * the page is loaded with the first call: visitors do not pay for it.
 */
export function installPlayground(session: Session, ready: Promise<unknown>): void {
  let calls: Promise<ReturnType<typeof driving>> | undefined;
  const late = LATE.map((name) => [
    name,
    async (...asked: unknown[]): Promise<unknown> => {
      calls ??= import('./driving.ts').then((module) => module.driving(session));
      return (await calls)(name, asked);
    },
  ]);
  window.playground = {
    ready: ready.then(tick),
    removeBreakpoint: (id) => session.breakpoints.remove(id),
    breakpoints: () => session.breakpoints.list.map((one) => ({ ...one })),
    ...(Object.fromEntries(late) as Pick<Playground, Driven>),
  };
}
