import { groupBy } from '../../kit/group.ts';
import type { Legend } from '../../../sim/world/frame.ts';
import { routineOf } from './describe.ts';
import type { BarMark, Scene, StepMark } from './scene.ts';

/** Words inside a mark: where they begin, and whether what is under them is dark. */
export interface Label {
  readonly text: string;
  readonly x: number;
  readonly lane: number;
  readonly solid: boolean;
}

const BAR_MIN_PX = 46;
const STEP_MIN_PX = 22;
const LETTER_PX = 6.1;

/** The routine's name as far as the bar has room for it. */
function barLabel(bar: BarMark, legend: Legend): string {
  if (bar.width < BAR_MIN_PX || bar.count > 1) return '';
  const name = routineOf(legend, bar.pc);
  const left = Math.max(0, -bar.x);
  const room = Math.floor((bar.width - left - 10) / LETTER_PX);
  return name.length <= room ? name : room > 5 ? `${name.slice(0, room - 1)}…` : '';
}

/** A step's own words, as far as it has room for them; its id where it has little. */
function stepLabel({ width, pc }: StepMark, legend: Legend): string {
  const step = legend.steps[pc];
  if (!step || width < STEP_MIN_PX) return '';
  const room = Math.floor((width - 8) / LETTER_PX);
  if (step.label.length <= room) return step.label;
  return step.id.length <= room ? step.id : '';
}

/**
 * The words of a scene: steps in lanes where most of them have room, elsewhere the routine's name,
 * which says more than a few letters here and there.
 */
export function labelsOf(
  scene: Pick<Scene, 'bars' | 'steps'>,
  legend: Legend,
  isSolid: (mode: number) => boolean,
): readonly Label[] {
  const out: Label[] = [];
  const lanes = groupBy(scene.steps, ({ lane }) => lane);
  const spelled = new Set<number>();
  for (const [lane, steps] of lanes) {
    const words = steps.flatMap((step) => {
      const text = stepLabel(step, legend);
      return text === '' ? [] : [{ text, x: step.x + 4, lane, solid: step.solid }];
    });
    if (2 * words.length < steps.length) continue;
    spelled.add(lane);
    out.push(...words);
  }
  for (const bar of scene.bars) {
    const text = spelled.has(bar.lane) ? '' : barLabel(bar, legend);
    if (text === '') continue;
    out.push({ text, x: Math.max(0, bar.x) + 5, lane: bar.lane, solid: isSolid(bar.mode) });
  }
  return out;
}
