import { flushSync, mount, unmount, type Component } from 'svelte';
import { Selection } from '../state/selection.svelte.ts';
import { Session } from '../state/session.svelte.ts';
import { hireFake } from './fake-worker.ts';
import Mounted from './Mounted.svelte';

/** A size for every element, so that there is room to draw: jsdom lays nothing out. */
const WIDTH = 800;
const HEIGHT = 200;

/** What jsdom has not and components ask for. */
function furnish(): void {
  class Observer {
    observe = (): void => undefined;
    unobserve = this.observe;
    disconnect = this.observe;
  }
  Object.assign(globalThis, {
    ResizeObserver: Observer,
    matchMedia: () => ({
      ...{ matches: false, addEventListener: () => undefined },
      removeEventListener: () => undefined,
    }),
  });
  const size = (value: number) => ({ configurable: true, get: () => value });
  Object.defineProperties(HTMLElement.prototype, {
    clientWidth: size(WIDTH),
    clientHeight: size(HEIGHT),
    offsetWidth: size(WIDTH),
    offsetHeight: size(HEIGHT),
    setPointerCapture: { configurable: true, value: () => undefined },
  });
  // Nobody looks at pixels here.
  HTMLCanvasElement.prototype.getContext = () => null;
}

export interface MountedTest {
  readonly session: Session;
  readonly selection: Selection;
  readonly root: HTMLElement;
  /** Lets answers come in and the page follow. */
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A press of the pointer, or the end of it, as jsdom knows it. */
export const pointer = (type: string, clientX: number, clientY: number): Event =>
  Object.assign(new MouseEvent(type, { bubbles: true, button: 0, clientX, clientY }), {
    ...{ isPrimary: true, pointerId: 1, pointerType: 'mouse' },
  });

/** Mounts a component on a made-up run that is loaded already. */
export async function mounted(component: Component, cpus = 8): Promise<MountedTest> {
  furnish();
  const session = new Session(() => hireFake(cpus));
  await session.load({ source: { kind: 'bundled', name: 'film' } });
  const selection = new Selection();
  const root = document.body.appendChild(document.createElement('div'));
  const view = mount(Mounted, { target: root, props: { session, selection, component } });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) {
      flushSync();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    flushSync();
  };
  await settle();
  return {
    ...{ session, selection, root, settle },
    close: async () => {
      await unmount(view);
      root.remove();
      session.close();
    },
  };
}
