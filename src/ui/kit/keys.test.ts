// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ariaKeys,
  belongsTo,
  chordOf,
  handleKey,
  keyCaps,
  keyMap,
  search,
  type Action,
} from './keys.ts';

const action = (id: string, keys: readonly string[], more: Partial<Action> = {}): Action => ({
  ...{ id, name: id, group: 'Time', keys, run: () => {} },
  ...more,
});
const press = (key: string, init: KeyboardEventInit = {}): KeyboardEvent =>
  new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });

function element(html: string): Element {
  document.body.replaceChildren(document.createRange().createContextualFragment(html));
  return document.body.querySelector('[id=at]')!;
}
afterEach(() => document.body.replaceChildren());

describe('chords', () => {
  it('name keys the same way on every platform', () => {
    expect(chordOf(press(' '))).toBe('Space');
    expect(chordOf(press('k', { ctrlKey: true }))).toBe('Mod+K');
    expect(chordOf(press('K', { metaKey: true }))).toBe('Mod+K');
    expect(chordOf(press('?', { shiftKey: true }))).toBe('?');
    expect(chordOf(press('ArrowRight', { shiftKey: true }))).toBe('Shift+ArrowRight');
    expect(chordOf(press('t'))).toBe('T');
  });

  it('are shown as they stand on the keys', () => {
    expect(keyCaps('Mod+K')).toEqual(['Ctrl', 'K']);
    expect(keyCaps('Mod+K', true)).toEqual(['⌘', 'K']);
    expect(keyCaps('ArrowLeft')).toEqual(['←']);
    expect(keyCaps('+')).toEqual(['+']);
    expect(ariaKeys(['Mod+K', '/'])).toBe('Control+K /');
  });
});

describe('who gets a key', () => {
  it('is the input or terminal that is typed in', () => {
    expect(belongsTo(element('<input id="at">'), 'T')).toBe(true);
    expect(belongsTo(element('<div class="xterm"><i id="at"></i></div>'), 'Space')).toBe(true);
    expect(belongsTo(element('<div><i id="at"></i></div>'), 'T')).toBe(false);
  });

  it('is the palette even there', () => {
    expect(belongsTo(element('<input id="at">'), 'Mod+K')).toBe(false);
  });

  it('is the button for Space, and nothing else', () => {
    const button = element('<button id="at">x</button>');
    expect([belongsTo(button, 'Space'), belongsTo(button, 'T')]).toEqual([true, false]);
  });

  it('is the list of tabs for arrows', () => {
    const tab = element('<div role="tablist"><button role="tab" id="at">x</button></div>');
    expect([belongsTo(tab, 'ArrowRight'), belongsTo(tab, ']')]).toEqual([true, false]);
  });

  it('is an open dialog for every key', () => {
    expect(belongsTo(element('<dialog open><i id="at"></i></dialog>'), 'T')).toBe(true);
  });
});

describe('the key map', () => {
  it('refuses two actions on one key', () => {
    expect(() => keyMap([action('a', ['T']), action('b', ['T'])])).toThrow('T is both');
  });

  it('runs the action and keeps the key from the browser', () => {
    const run = vi.fn();
    const event = press(' ');
    expect(handleKey(event, keyMap([action('play', ['Space'], { run })]))).toBe(true);
    expect(run).toHaveBeenCalledOnce();
    expect(event.defaultPrevented).toBe(true);
  });

  it('leaves alone what is not known, or handled already', () => {
    const run = vi.fn();
    const map = keyMap([action('play', ['Space'], { run })]);
    expect(handleKey(press('x'), map)).toBe(false);
    const handled = press(' ');
    handled.preventDefault();
    expect(handleKey(handled, keyMap([action('play', ['Space'], { run })]))).toBe(false);
    expect(run).not.toHaveBeenCalled();
  });
});

describe('search', () => {
  const actions = [
    action('Play or pause', ['Space'], { also: 'run start stop' }),
    action('Step back', ['ArrowLeft']),
    action('Open the memory', ['M'], { group: 'Go to' }),
  ];
  const found = (query: string): string[] => search(actions, query).map(({ name }) => name);

  it('finds words in any order, starts first', () => {
    expect(found('back step')).toEqual(['Step back']);
    expect(found('p')[0]).toBe('Play or pause');
    expect(found('start')).toEqual(['Play or pause']);
    expect(found('nothing')).toEqual([]);
    expect(found('')).toHaveLength(3);
  });
});
