import type { Frame, MessageFrame } from '../../sim/world/frame.ts';
import { messageName } from '../narrate.ts';

/** A message that came to harm, in words. */
export interface Loss {
  readonly key: string;
  /** 0 for a message that nobody sent. */
  readonly message: number;
  /** CPU that should have read it, -1 when it is not known. */
  readonly cpu: number;
  readonly title: string;
  readonly text: string;
}

const WORDS: Readonly<Partial<Record<MessageFrame['outcome'], readonly [string, string]>>> = {
  overwritten: ['is lost.', 'Another one was written over it, and no handler had got it.'],
  unread: ['is lost.', 'It lies in its slot, all is quiet, and no handler has got it.'],
  torn: ['is torn.', 'What was read is partly of another message.'],
  duplicated: ['was handled twice.', 'A handler was called once more for the same bytes.'],
};

/** What harm was done to messages between two moments that follow each other. */
export function lossesBetween(before: Frame, after: Frame): readonly Loss[] {
  const known = new Map(before.messages.map(({ id, outcome }) => [id, outcome]));
  const losses = after.messages.flatMap((message) => {
    const words = WORDS[message.outcome];
    const was = known.get(message.id);
    // What was lost is not lost again when its slot is used for another one.
    if (!words || (was && WORDS[was]?.[0] === words[0])) return [];
    const [title, text] = words;
    const name = messageName(message.type, message.subtype);
    return {
      ...{ key: `${message.id} ${words[0]}`, message: message.id, text },
      cpu: after.areas.find(({ instanceId }) => instanceId === message.toInstance)?.target ?? -1,
      title: `Message ${message.id}, ${name}, ${title}`,
    };
  });
  if (after.stats.phantom <= before.stats.phantom) return losses;
  const phantom: Loss = {
    ...{ key: `phantom ${after.stats.phantom}`, message: 0, cpu: -1 },
    ...{ title: 'A message that was never sent', text: 'was read: these bytes are nobody’s.' },
  };
  return [...losses, phantom];
}
