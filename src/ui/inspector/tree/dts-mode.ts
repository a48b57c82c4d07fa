import type { StreamParser } from '@codemirror/language';

interface State {
  comment: boolean;
  /** Behind `=`, where words are values and no names. */
  value: boolean;
}

/** Colours of device tree source. Source: dtc-lexer.l, as far as an eye needs it. */
export const DTS_MODE: StreamParser<State> = {
  name: 'dts',
  startState: () => ({ comment: false, value: false }),
  copyState: (state) => ({ ...state }),
  languageData: {
    commentTokens: { line: '//', block: { open: '/*', close: '*/' } },
    closeBrackets: { brackets: ['{', '<', '[', '('] },
  },
  token(stream, state) {
    if (state.comment || stream.match('/*')) {
      state.comment = !stream.match(/^.*?\*\//);
      if (state.comment) stream.skipToEnd();
      return 'comment';
    }
    if (stream.eatSpace()) return null;
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match(/^"([^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^'([^'\\]|\\.)+'/)) return 'number';
    if (stream.match(/^\/[a-z0-9-]+\//)) return 'keyword';
    if (stream.match(/^&(\{[^}]*\}|\w+)/)) return 'labelName';
    return state.value ? inValue(stream, state) : inNode(stream, state);
  },
};

type Stream = Parameters<StreamParser<State>['token']>[0];

function inValue(stream: Stream, state: State): string | null {
  if (stream.match(/^\w+:/)) return 'labelName';
  if (stream.match(/^(0x[\da-f]+|\d+)(u|l|ul|ull|ll)?\b/i) || stream.match(/^[\da-f]+\b/i))
    return 'number';
  if (stream.next() === ';') state.value = false;
  return null;
}

function inNode(stream: Stream, state: State): string | null {
  if (stream.match(/^[A-Za-z_]\w*:/)) return 'labelName';
  if (stream.match(/^([\w,.+*#?@-]+|\/)(?=\s*\{)/)) return 'typeName';
  if (stream.match(/^[\w,.+*#?@-]+/)) return 'propertyName';
  if (stream.next() === '=') state.value = true;
  return null;
}
