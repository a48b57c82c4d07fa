import { MediaQuery } from 'svelte/reactivity';
import { recall, remember } from './panes.svelte.ts';

const KEY = 'multikernel-playground.theme';
type Theme = 'dark' | 'light';

/** Dark or light: what the visitor chose here, else what the system says. */
export class ThemeChoice {
  readonly #light = new MediaQuery('(prefers-color-scheme: light)');
  #chosen: Theme | undefined = $state(
    [recall(KEY)].find((stored) => stored === 'dark' || stored === 'light'),
  );
  readonly now: Theme = $derived(this.#chosen ?? (this.#light.current ? 'light' : 'dark'));

  toggle(): void {
    this.#chosen = this.now === 'dark' ? 'light' : 'dark';
    remember(KEY, this.#chosen);
  }
}
