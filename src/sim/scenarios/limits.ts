import { KIB, MIB } from '../base/units.ts';

/**
 * What a scenario may ask for at most. Everything in one is somebody else's text, so each limit
 * keeps reading it, and running it, from hanging the page; no lesson comes near them.
 */
export const LIMITS = {
  fileBytes: { max: 1 * MIB, meaning: 'bytes of a file' },
  lines: { max: 20_000, meaning: 'lines of a file' },
  lineBytes: { max: 16 * KIB, meaning: 'bytes of a line' },
  frontMatterBytes: { max: 8 * KIB, meaning: 'bytes of front matter' },
  // The time Markdown takes can grow with the square of a paragraph: 0.13 s for the worst of these.
  paragraphBytes: { max: 4 * KIB, meaning: 'bytes of prose without an empty line' },
  proseBytes: { max: 64 * KIB, meaning: 'bytes of prose in a file' },
  proseDepth: { max: 16, meaning: 'levels of quotes, lists and emphasis' },
  stops: { max: 200, meaning: 'stops' },
  blocks: { max: 500, meaning: 'blocks that act' },
  commands: { max: 2_000, meaning: 'console lines' },
  commandBytes: { max: 4 * KIB, meaning: 'bytes of a console line' },
  entries: { max: 5_000, meaning: 'schedule lines' },
  steps: { max: 1_000_000, meaning: 'steps of one schedule line' },
  claims: { max: 1_000, meaning: 'claims and properties' },
  claimBytes: { max: 1 * KIB, meaning: 'bytes of a claim' },
  choices: { max: 12, meaning: 'choices of a question' },
  cpus: { max: 1_024, meaning: 'CPUs of the machine' },
} as const;
