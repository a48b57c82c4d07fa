import { assert } from '../../base/assert.ts';
import { CPU } from '../../machine/cpu.layout.ts';
import { routine, type Routine, type Step } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { K } from '../kernel.layout.ts';
import type { DesignSwitch } from '../system.ts';

/** A step, and the switch that says whether it is there: `!` before the name if it is for one that is off. */
export type Part = Step<KernelContext> | readonly [DesignSwitch | `!${DesignSwitch}`, StepDraft];
type StepDraft = Pick<Step<KernelContext>, 'id' | 'text' | 'run'> & Partial<Step<KernelContext>>;

const isOn = (x: KernelContext, when: string): boolean => {
  const { design } = x.sys.settings;
  return when.startsWith('!') ? !design.has(when.slice(1)) : design.has(when);
};

/**
 * A routine with parts that are there or not, as the design of the run says. A part that is not is no
 * step: nothing stops there. The first step, and those behind a step that can wait, are always there.
 */
export function varied(of: Routine<KernelContext>, parts: readonly Part[]): Routine<KernelContext> {
  const whens = parts.map((part) => ('run' in part ? '' : part[0]));
  assert(whens[0] === '' && whens.at(-1) === '', `${of.name}: begins and ends the same`);
  const made: Routine<KernelContext> = routine<KernelContext>({
    ...{ name: `${of.name}, varied`, source: of.source, locals: of.locals, buffered: true },
    steps: parts.map((part, i) => {
      const step = 'run' in part ? part : part[1];
      return {
        ...step,
        run(x) {
          let next = i + 1;
          while (next < whens.length && whens[next] !== '' && !isOn(x, whens[next]!)) next++;
          if (next > i + 1) x.goto(made.start + next);
          step.run(x);
        },
      };
    }),
  });
  return made;
}

/** The step of a routine with this id. */
export function stepOf(of: Routine<KernelContext>, id: string): Step<KernelContext> {
  const step = of.steps.find((each) => each.id === id);
  assert(step !== undefined, `${of.name} has no ${id}`);
  return step;
}

const LOCK = 'mk_sender_lock';

/** Takes the lock of the senders of this kernel, or comes again. */
export const takeLock: Part = [
  'sender-lock',
  {
    ...{ id: 'L', label: 'lock', text: 'take the lock of the senders, or wait for it' },
    ...{ cost: 18, local: false, lock: LOCK },
    run(x) {
      const at = x.k + K.sender_lock;
      x.mem.fence();
      if (x.mem.read32(at) !== 0) return x.gotoStep('L');
      x.mem.locked32(at, 1 + x.cpu);
    },
  },
];

/** Gives it back: a plain store, as on x86. */
export const giveLock: Part = [
  'sender-lock',
  {
    ...{ id: 'U', label: 'unlock', text: 'give the lock back: a plain store' },
    ...{ cost: 3, local: false, lock: LOCK },
    run: (x) => x.mem.write32(x.k + K.sender_lock, 0),
  },
];

/** mfence: the way of a store buffer to be empty before the ICR is written. */
export const fenceBefore: Part = [
  'icr-fence',
  {
    ...{ id: 'F', label: 'fence', text: 'mfence: all that was stored is visible before the IPI' },
    ...{ cost: 20, local: false },
    run: (x) => x.mem.fence(),
  },
];

/** A step that may end the send, with the lock given back if it does. */
export const unlocksAtEnd = (step: Step<KernelContext>): Step<KernelContext> => ({
  ...step,
  local: false,
  run(x) {
    const depth = x.H[x.h + CPU.depth]!;
    step.run(x);
    if (x.H[x.h + CPU.depth]! < depth && isOn(x, 'sender-lock'))
      x.mem.write32(x.k + K.sender_lock, 0);
  },
});
