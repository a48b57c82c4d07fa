import { HAZARD_BOOK, type BookHazard } from '../kernel/hazard-book.ts';
import { HAZARDS, hazardsOf } from '../kernel/hazards.ts';
import { table } from './docs.ts';

/** `docs/hazards.md`: every hazard of the specification, from the table that `man` shows. */
export function hazardDocs(): string {
  const all = HAZARD_BOOK.flatMap(({ hazards }) => hazards);
  const seen = all.filter(({ here }) => here !== undefined).length;
  return [
    `<!-- Made from src/sim/kernel/hazard-book.json by hazard-docs.test.ts; UPDATE_DOCS=1 rewrites it. -->

# Hazards

What the published code does wrong, by the ids that its analysis gave. ${seen} of ${all.length} can be seen here; of the
others the table says why not. \`man ID\` on any console shows a row of it.

An event is how the simulation reports harm: it is marked on the timeline, counted by \`hazard("ID")\` and
\`hazard("event")\` in a claim, and the run goes on.`,
    ...HAZARD_BOOK.flatMap(({ title, hazards }) => [
      `## ${title.replace(/^\d+ /, '')}`,
      table(['id', 'what goes wrong', 'needs', 'how to see it here', 'later'], hazards.map(row)),
    ]),
    '## Events',
    table(
      ['event', 'what it says', 'stands for'],
      HAZARDS.map(({ key, text, facts }) => [`\`${key}\``, text, facts.join(', ')]),
    ),
    '',
  ].join('\n\n');
}

/** An event named in a text. `hang` is a word of its own, and is left alone. */
const EVENT = new RegExp(`\\b(${HAZARDS.map(({ key }) => key).join('|')})\\b`, 'g');

function row({ id, what, needs, here, why, later }: BookHazard): readonly string[] {
  const events = hazardsOf(id).map(({ key }) => `\`${key}\``);
  const shown = here === undefined ? `Not here: ${why ?? ''}` : here.replace(EVENT, '`$1`');
  const missing = events.filter((event) => !shown.includes(event));
  const more = here === undefined || missing.length === 0 ? '' : ` Event: ${missing.join(', ')}.`;
  return [id, what, needs || '–', shown + more, later || '–'];
}
