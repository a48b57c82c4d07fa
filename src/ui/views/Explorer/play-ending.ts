import { keepCame } from '../../state/came-from.ts';
import type { OwnFiles } from '../../state/own-files.svelte.ts';
import type { Panes } from '../../state/panes.svelte.ts';
import type { Session } from '../../state/session.svelte.ts';

/** What an ending is played with. */
interface Page {
  readonly session: Session;
  readonly files: OwnFiles;
  readonly panes: Panes;
}

/**
 * Puts a lesson that is one ending in the place of what runs, up to its last stop, and remembers
 * the run one came from, so that the two can be compared. What is refused is told, and is false.
 */
export async function playEnding(
  { session, files, panes }: Page,
  text: string,
  file: string,
): Promise<boolean> {
  const name = session.scenario?.title ?? '';
  const record = await session.ask('record', {});
  await files.take(new File([text], file));
  if (session.source?.kind !== 'text' || session.source.text !== text) return false;
  panes.came = { name, record, ending: text };
  void keepCame(panes.came);
  return session.goToStop((session.scenario?.stops.length ?? 1) - 1).then(() => true);
}
