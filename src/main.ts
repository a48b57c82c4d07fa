import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { OwnFiles } from './ui/state/own-files.svelte.ts';
import { installPlayground } from './ui/state/playground.ts';
import { Session } from './ui/state/session.svelte.ts';
import type { Worked } from './ui/state/worker-post.ts';

/** The simulation, in a thread of its own. */
function hireWorker(): Worked {
  const worker = new Worker(new URL('./worker/sim.worker.ts', import.meta.url), { type: 'module' });
  return {
    port: worker,
    onend: (ended) => worker.addEventListener('error', ({ message }) => ended(message)),
    close: () => worker.terminate(),
  };
}

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
// While developing, `?fake` or `?fake=1024` shows a film with that many CPUs instead of a simulation.
const fake = import.meta.env.DEV ? new URLSearchParams(location.search).get('fake') : null;
const hire =
  fake === null
    ? hireWorker
    : await import('./ui/testing/fake-worker.ts').then(
        ({ hireFake }) =>
          () =>
            hireFake(Number(fake) || 8),
      );
const session = new Session(hire);
const files = new OwnFiles(session);
mount(App, { target, props: { session, files } });
installPlayground(session, files.start('boot'));
addEventListener('hashchange', () => void files.follow());
