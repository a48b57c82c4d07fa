import { hex } from '../../sim/base/hex.ts';
import type { ChosenFrame, CpuFrame, Legend } from '../../sim/world/frame.ts';

/** What a CPU could do next, for who chooses each step. */
export interface Offer {
  readonly cpu: number;
  /** Its next step. */
  readonly step:
    { readonly label: string; readonly text: string; readonly key: string } | undefined;
  /** The interrupt it would take instead. */
  readonly take: { readonly vector: number; readonly key: string } | undefined;
  /** Why there is no step, or why an interrupt that waits cannot be taken; '' for neither. */
  readonly why: string;
  /** The same in a word or two, for where there is little room. */
  readonly short: string;
  /** It is an interrupt that waits. */
  readonly waits: boolean;
}

/** CPUs whose number is a key. */
const DIGITS = 10;
const KEY_OF_SELECTED = 'G';
const KEY_OF_TAKE = 'V';

/** What each CPU offers. `selected` has a key of its own, whatever its number is. */
export function offersOf(
  cpus: readonly CpuFrame[],
  { choices }: ChosenFrame,
  legend: Legend,
  selected: number,
): readonly Offer[] {
  const taker = takerOf(choices, selected);
  return cpus.map((cpu) => {
    const { id } = cpu;
    const choice = choices.find((each) => each.cpu === id);
    const step = legend.steps[choice?.pc ?? -1];
    const key = keyOf(id, selected);
    return {
      cpu: id,
      step: step && { label: step.label, text: step.text, key },
      take:
        choice && choice.vector >= 0
          ? { vector: choice.vector, key: id === taker ? KEY_OF_TAKE : step ? '' : key }
          : undefined,
      ...reasonOf(cpu, choice),
    };
  });
}

/** The key that takes a CPU's step: its number, or that of the one that is selected. */
const keyOf = (cpu: number, selected: number): string =>
  cpu < DIGITS ? String(cpu) : cpu === selected ? KEY_OF_SELECTED : '';

/** The CPU whose interrupt is taken by key: the one selected, or else the first that has one. */
export function takerOf(choices: ChosenFrame['choices'], selected: number): number {
  const able = choices.filter(({ vector }) => vector >= 0);
  return (able.find(({ cpu }) => cpu === selected) ?? able[0])?.cpu ?? -1;
}

type Reason = Pick<Offer, 'why' | 'short' | 'waits'>;

function reasonOf(cpu: CpuFrame, choice: ChosenFrame['choices'][number] | undefined): Reason {
  const [waits] = cpu.irr;
  if (waits !== undefined && (choice?.vector ?? -1) < 0)
    return { ...masked(cpu, waits), waits: true };
  return { ...(choice ? { why: '', short: '' } : idle(cpu)), waits: false };
}

type Words = Omit<Reason, 'waits'>;

function idle(cpu: CpuFrame): Words {
  switch (cpu.mode) {
    case 'offline':
      return { why: 'It is offline: no kernel has it.', short: 'offline' };
    case 'wait-sipi':
      return { why: 'It waits for a SIPI to tell it where to begin.', short: 'waits for SIPI' };
    case 'hung':
      return { why: 'It hangs: it waits for something that cannot come.', short: 'hung' };
    default:
      return { why: 'It is idle, and no interrupt waits for it.', short: 'nothing to do' };
  }
}

/** An interrupt that waits and cannot be taken. */
function masked({ interruptsOn, isr }: CpuFrame, vector: number): Words {
  const [serves] = isr;
  if (!interruptsOn)
    return {
      why: `${hex(vector)} waits: interrupts are off (IF is 0) until this handler is over.`,
      short: `${hex(vector)} waits: IF 0`,
    };
  if (serves !== undefined)
    return {
      why: `${hex(vector)} waits: ${hex(serves)} is in service and has its priority or a higher one.`,
      short: `${hex(vector)} waits: ${hex(serves)} in service`,
    };
  return { why: `${hex(vector)} waits.`, short: `${hex(vector)} waits` };
}
