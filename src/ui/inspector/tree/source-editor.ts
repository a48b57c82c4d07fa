import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import {
  bracketMatching,
  HighlightStyle,
  indentUnit,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { Annotation, EditorState, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  type DecorationSet,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Stretch, TreeProblem } from '../../../worker/tree-types.ts';
import { DTS_MODE } from './dts-mode.ts';

/** What the page tells the editor, and hears from it. */
export interface SourceEditor {
  /** Puts another text in its place; what stays the same is not touched. */
  setText(text: string): void;
  setProblems(problems: readonly TreeProblem[]): void;
  /** Lights what is selected elsewhere, and shows it when asked. */
  light(stretch: Stretch | undefined, show: boolean): void;
  close(): void;
}

interface Heard {
  readonly edited: (text: string) => void;
  readonly moved: (at: number) => void;
}

const fromOutside = Annotation.define<boolean>();
const lightUp = StateEffect.define<Stretch | undefined>();
const LIT = Decoration.mark({ class: 'cm-lit' });

const lit = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { changes, effects }) {
    let next = marks.map(changes);
    for (const effect of effects)
      if (effect.is(lightUp))
        next = effect.value ? Decoration.set(LIT.range(...effect.value)) : Decoration.none;
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The same hues as in tree and bytes. */
const HUES = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: tags.typeName, color: 'var(--dt-node)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--dt-property)' },
  { tag: [tags.string, tags.number], color: 'var(--dt-value)' },
  { tag: tags.labelName, color: 'var(--dt-link)' },
  { tag: tags.keyword, color: 'var(--dt-header)' },
]);

const THEME = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: 'var(--text-s) / 1.6 var(--mono)', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '6px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-3)', border: '0' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--ink)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '26px', padding: '0 8px 0 6px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground':
    { background: 'var(--line-strong)' },
  '.cm-lit': { backgroundColor: 'var(--dt-lit)', borderRadius: '2px' },
  '.cm-matchingBracket': {
    backgroundColor: 'var(--hover)',
    outline: '1px solid var(--line-strong)',
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--danger)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline dotted var(--ink-2)',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius-m)',
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    boxShadow: 'var(--shadow)',
    font: 'var(--text-s) / 1.4 var(--sans)',
  },
  '.cm-diagnostic': { border: '0', padding: '6px 10px', maxWidth: '26rem' },
});

/** CodeMirror, for device tree source. Tab leaves it: the keyboard is never caught. */
export function openSourceEditor(parent: HTMLElement, text: string, heard: Heard): SourceEditor {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        ...[lineNumbers(), highlightActiveLineGutter(), history(), drawSelection()],
        ...[bracketMatching(), indentUnit.of('\t'), EditorState.tabSize.of(4), lit, THEME],
        keymap.of([...defaultKeymap, ...historyKeymap]),
        StreamLanguage.define(DTS_MODE),
        syntaxHighlighting(HUES),
        EditorView.contentAttributes.of({ 'aria-label': 'Device tree source' }),
        EditorView.updateListener.of((update) => {
          if (update.transactions.some((one) => one.annotation(fromOutside))) return;
          if (update.docChanged) heard.edited(update.state.doc.toString());
          else if (update.selectionSet) heard.moved(update.state.selection.main.head);
        }),
      ],
    }),
  });
  return {
    setText: (next) => replaceText(view, next),
    setProblems(problems) {
      view.dispatch(setDiagnostics(view.state, problems.flatMap(diagnosticIn(view))));
    },
    light(stretch, show) {
      const { length } = view.state.doc;
      const seen = stretch && stretch[1] <= length ? headOf(view, stretch) : undefined;
      const effects: StateEffect<unknown>[] = [lightUp.of(seen)];
      if (seen && show) effects.push(EditorView.scrollIntoView(seen[0], { y: 'center' }));
      view.dispatch({ effects });
    },
    close: () => view.destroy(),
  };
}

/** The first line of a stretch: of a node that is enough. */
function headOf(view: EditorView, [from, to]: Stretch): Stretch | undefined {
  const end = Math.min(to, view.state.doc.lineAt(from).to);
  return end > from ? [from, end] : undefined;
}

function replaceText(view: EditorView, next: string): void {
  const now = view.state.doc.toString();
  if (now === next) return;
  let from = 0;
  while (from < now.length && now[from] === next[from]) from++;
  let end = 0;
  const most = Math.min(now.length, next.length) - from;
  while (end < most && now[now.length - 1 - end] === next[next.length - 1 - end]) end++;
  const changes = { from, to: now.length - end, insert: next.slice(from, next.length - end) };
  view.dispatch({ changes, annotations: fromOutside.of(true) });
}

const diagnosticIn =
  (view: EditorView) =>
  ({ source, severity, kind, text }: TreeProblem) => {
    const { length } = view.state.doc;
    const [from, to] = source ?? [0, Math.min(1, length)];
    if (to > length) return [];
    return [{ from, to, severity, message: `${kind}: ${text}` }];
  };
