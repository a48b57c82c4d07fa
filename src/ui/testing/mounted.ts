// First, because components ask for what is pretended as soon as they are imported.
import './pretend.ts';
import { flushSync, mount, unmount, type Component } from 'svelte';
import { setFiles, OwnFiles } from '../state/own-files.svelte.ts';
import { Panes, setPanes } from '../state/panes.svelte.ts';
import { Selection, setSelection } from '../state/selection.svelte.ts';
import { Session, setSession } from '../state/session.svelte.ts';
import { hireFake } from './fake-worker.ts';
import Host from './Host.svelte';

/** A component on a page with a film for a simulation, loaded and paused. */
export interface Mounted {
  readonly session: Session;
  readonly selection: Selection;
  readonly panes: Panes;
  readonly files: OwnFiles;
  readonly root: HTMLElement;
  find(selector: string): HTMLElement;
  close(): Promise<void>;
}

/** Mounts a component in the contexts of the page. */
export async function mounted<Props extends Record<string, unknown>>(
  component: Component<Props>,
  props: Props,
  cpus = 8,
): Promise<Mounted> {
  const session = new Session(() => hireFake(cpus));
  const selection = new Selection();
  const panes = new Panes();
  const files = new OwnFiles(session);
  await session.load({ source: { kind: 'bundled', name: 'film' } });
  const root = document.createElement('div');
  document.body.replaceChildren(root);
  const page = mount(Host, {
    target: root,
    props: {
      // The host passes the props on as they are.
      component: component as Component<Record<string, unknown>>,
      props,
      prepare: () => {
        setSession(session);
        setSelection(selection);
        setPanes(panes);
        setFiles(files);
      },
    },
  });
  flushSync();
  return {
    ...{ session, selection, panes, files, root },
    find(selector) {
      const found = root.querySelector<HTMLElement>(selector);
      if (!found) throw new Error(`nothing is ${selector} in ${root.textContent.slice(0, 2000)}`);
      return found;
    },
    async close() {
      session.close();
      await unmount(page);
    },
  };
}
