/** A part of the page that can be opened, by the name actions use. */
export type Place =
  'stage' | 'memory' | 'timeline' | 'find' | 'inspector' | 'breaks' | 'console' | 'tour';

/** One thing a visitor can do: what it is called, and which keys do it. */
export interface Action {
  readonly id: string;
  /** In the palette and in tooltips: `Play or pause`. */
  readonly name: string;
  readonly group: 'Time' | 'Lesson' | 'Go to' | 'View' | 'Help';
  /** As {@link chordOf} writes them; none when only the palette has it. */
  readonly keys: readonly string[];
  /** Other words a search should find it by. */
  readonly also?: string;
  readonly run: () => void;
}

/** What of a keyboard event names a key. */
export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const SPELLED: Readonly<Record<string, string>> = { ' ': 'Space' };

/**
 * `Mod+K`, `Shift+ArrowRight`, `?`, `T`. Mod is Ctrl or Cmd. Shift is named only with keys whose
 * character it does not change.
 */
export function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string {
  const named = SPELLED[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  const shift = shiftKey && named.length > 1 ? 'Shift+' : '';
  return `${ctrlKey || metaKey ? 'Mod+' : ''}${altKey ? 'Alt+' : ''}${shift}${named}`;
}

const ON_SCREEN: Readonly<Record<string, string>> = {
  ...{ ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' },
};

/** The parts of a chord as they stand on keys: `['Ctrl', 'K']`, `['⌘', 'K']`. */
export function keyCaps(chord: string, apple = false): readonly string[] {
  if (chord === '+') return ['+'];
  return chord
    .split('+')
    .map((part) => (part === 'Mod' ? (apple ? '⌘' : 'Ctrl') : (ON_SCREEN[part] ?? part)));
}

/** `Ctrl+K` as `aria-keyshortcuts` wants it. */
export const ariaKeys = (keys: readonly string[]): string =>
  keys.map((chord) => chord.replace('Mod', 'Control')).join(' ');

/** Keys of widgets that have their own use for arrows, Space and Home. */
const OWN_KEYS = 'input, textarea, select, [contenteditable], .xterm, [data-own-keys]';
/** What Space and Enter press. */
const PRESSED_BY_SPACE = 'button, summary, a[href], [role="button"], [role="tab"], [role="option"]';
const ARROWS = /^(Shift\+)?(Arrow(Left|Right|Up|Down)|Home|End|PageUp|PageDown)$/;
const HAS_ARROWS =
  '[role="tablist"], [role="listbox"], [role="grid"], [role="slider"], [role="tree"]';

/** Whether the element under the focus wants this key for itself. */
export function belongsTo(target: EventTarget | null, chord: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('dialog[open]')) return true;
  if (chord.startsWith('Mod+')) return false;
  if (target.closest(OWN_KEYS)) return true;
  if (chord === 'Space' || chord === 'Enter') return target.closest(PRESSED_BY_SPACE) !== null;
  return ARROWS.test(chord) && target.closest(HAS_ARROWS) !== null;
}

/** Chords to actions. Refuses two actions on one key, which would be a bug of ours. */
export function keyMap(actions: readonly Action[]): ReadonlyMap<string, Action> {
  const map = new Map<string, Action>();
  for (const action of actions) {
    for (const chord of action.keys) {
      const other = map.get(chord);
      if (other) throw new Error(`${chord} is both “${other.name}” and “${action.name}”`);
      map.set(chord, action);
    }
  }
  return map;
}

/** Runs what a key stands for. True when it did. */
export function handleKey(event: KeyboardEvent, map: ReadonlyMap<string, Action>): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  const chord = chordOf(event);
  const action = map.get(chord);
  if (!action || belongsTo(event.target, chord)) return false;
  event.preventDefault();
  action.run();
  return true;
}

/** How well a name answers a search: 0 not at all; words count in any order, starts count more. */
function matches(action: Action, query: string): number {
  const text = `${action.name} ${action.group} ${action.also ?? ''}`.toLowerCase();
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  let score = 1;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    score += at === 0 ? 4 : text[at - 1] === ' ' ? 2 : 1;
  }
  return score;
}

/** The actions that answer a search, best first; all of them in their order for an empty one. */
export function search(actions: readonly Action[], query: string): readonly Action[] {
  return actions
    .map((action) => ({ action, score: matches(action, query) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ action }) => action);
}
