import type { About } from './ask.ts';
import type { Steps } from './command.ts';

/** An instance as a kernel's own list has it. */
export type Instance = About['instances'][number];

/** What the world knows of this kernel. */
export function* askAbout(): Steps<About> {
  const { about } = yield { call: 'about' };
  return about ?? NOTHING_KNOWN;
}

/** What a kernel that tells nothing would tell. */
const NOTHING_KNOWN: About = {
  kernel: '',
  isHost: true,
  timeNs: 0,
  profile: '',
  glue: [],
  instances: [],
  log: [],
  handlers: [],
  stats: {},
  areas: [],
  cpus: [],
};
