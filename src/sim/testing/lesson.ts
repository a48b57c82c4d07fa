import { parseScenario } from '../scenarios/parse.ts';
import { Run } from '../scenarios/run.ts';
import type { OwnFile, Reason } from '../scenarios/run-parts.ts';
import { ready } from './world.ts';

export interface LessonOptions {
  readonly seed?: number;
  readonly trace?: boolean;
  readonly own?: readonly OwnFile[];
}

/** A run of a scenario's text, at its beginning. */
export function lessonRun(text: string, options: LessonOptions = {}): Run {
  const whole = text.startsWith('---') ? text : `---\ntitle: T\n---\n${text}`;
  return ready(new Run(parseScenario(whole, 'lesson.md'), { trace: true, ...options }));
}

/** Plays to the end, over stops and breaks. */
export function playOut(run: Run): Run {
  for (let reason: Reason = 'stop'; reason !== 'ended';) reason = run.advance({ through: true });
  return run;
}

/** A block of a scenario. */
export const block = (kind: string, ...lines: readonly string[]): string =>
  `\n\`\`\`${kind}\n${lines.join('\n')}\n\`\`\`\n`;

/** Blocks that boot `web` (id 2) on CPUs 4 and 5, and have it listen to these types. */
export const BOOT = (...listen: readonly string[]): string =>
  block(
    'dts web.dts',
    '/dts-v1/; / { compatible = "multikernel-v1"; instances { web { id = <2>;',
    'resources { cpus = <4 5>; memory-bytes = <0x10000000>; }; }; }; };',
  ) +
  block(
    'console host',
    'mount -t multikernel none /sys/fs/multikernel',
    'dtc -I dts -O dtb -o web.dtb web.dts',
    'cat web.dtb > /sys/fs/multikernel/device_tree',
    'kerf load --kernel=/boot/vmlinuz --id=2',
    'kerf exec --id=2',
  ) +
  block('console web', ...listen.map((type) => `mk listen ${type}`), 'echo up');

/**
 * In a profile: `web` runs and listens; the host types `before`; then two lines are held on CPUs 1
 * and 6, and the picture says who moves.
 */
export const racedOn = (
  profile: string,
  listen: readonly string[],
  before: readonly string[],
  [a, b]: readonly [string, string],
  picture: readonly string[],
): Run =>
  playOut(
    lessonRun(
      `---\ntitle: T\nprofile: ${profile}\n---\n${BOOT(...listen)}` +
        block('console host', ...before, 'echo now') +
        block('console host', `${a} --cpu 1 --hold`, `${b} --cpu 6 --hold`) +
        block('schedule', ...picture),
    ),
  );

/**
 * Two senders and the schedule between them, drawn as a picture: CPU 1 holds message A, CPU 6
 * message B, CPU 4 receives. A line a choice.
 */
export function race(a: string, b: string, picture: string, listen: readonly string[]): Run {
  const choices = picture
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return playOut(
    lessonRun(
      BOOT(...listen) +
        block(
          'console host',
          `mk send web ${a} --cpu 1 --hold`,
          `mk send web ${b} --cpu 6 --hold`,
        ) +
        block('schedule', ...choices),
    ),
  );
}
