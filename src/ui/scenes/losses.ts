import { OUTCOME, ROW } from '../../sim/base/record.ts';
import type { Frame } from '../../sim/world/frame.ts';
import { messageName } from '../narrate.ts';
import type { TraceRow } from '../state/rows.svelte.ts';

/** A message that came to harm, in words. */
export interface Loss {
  readonly key: number;
  readonly message: number;
  readonly title: string;
  readonly text: string;
}

const WORDS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  [OUTCOME.overwritten]: ['is lost.', 'Another one was written over it before it was read.'],
  [OUTCOME.torn]: ['is torn.', 'What was read is partly of another message.'],
  [OUTCOME.phantom]: ['was never sent.', 'The handler has read what nobody wrote as one.'],
  [OUTCOME.duplicated]: [
    'is read twice.',
    'The same bytes were handled for two rings of the bell.',
  ],
};

/** What a row tells of harm to a message; undefined when it tells of none. */
export function lossOf({ kind, index, b, d }: TraceRow, frame: Frame): Loss | undefined {
  const words = kind === ROW.outcome ? WORDS[b] : undefined;
  if (!words) return undefined;
  const message = frame.messages.find(({ id }) => id === d);
  const name = message ? `, ${messageName(message.type, message.subtype)},` : '';
  const who = d > 0 ? `Message ${d}${name}` : 'A message';
  return { key: index, message: d, title: `${who} ${words[0]}`, text: words[1] };
}
