import { Refused } from '../base/assert.ts';
import { isStepRow, ROW } from '../base/record.ts';
import type { TraceRow } from '../engine/trace.ts';
import { DeliveryMode } from '../machine/lapic.regs.ts';
import { logSentence } from '../kernel/log-events.ts';
import { logAt } from '../world/log-read.ts';
import type { World } from '../world/world.ts';
import type { Place } from './run-state.ts';
import type { Run } from './run.ts';

/** Where two runs part: the first thing one does that the other does not. */
export interface Parting {
  readonly timeNs: number;
  /** Steps both have in common. */
  readonly step: number;
  readonly cpu: number;
  /** What the run before did there, and what this one does; '' for nothing any more. */
  readonly before: string;
  readonly now: string;
  /** When each does it, where both do the same; else undefined. */
  readonly times: readonly [before: number, now: number] | undefined;
}

/** What came of a run that was started again. */
export interface Again {
  /** Undefined when the two did the same. */
  readonly parting: Parting | undefined;
  /** Why it could not go as far as the one before; '' when it could. */
  readonly why: string;
}

/**
 * Takes a new run to where the one before is, with the lines that were typed there. Both keep a
 * trace; the answer says where these first differ.
 */
export function startAgain(before: Run, run: Run): Again {
  run.evaluator = before.evaluator;
  run.consoles = before.consoles;
  let why = '';
  try {
    for (const { at, act } of before.inputs) {
      goTo(run, at);
      run.do(act);
      while (act.kind === 'line' && !['typed', 'chosen'].includes(run.advance({ through: true })));
    }
    const { at, ended } = before.state;
    if (ended) while (run.advance({ through: true }) !== 'ended');
    else goTo(run, at);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    why = error.message;
  }
  return { parting: findParting(before.world, run.world), why };
}

/** A place is behind another: later stop, later item, later line. */
const isPast = (a: Place, b: Place): boolean =>
  a.stop !== b.stop ? a.stop > b.stop : a.item !== b.item ? a.item > b.item : a.line >= b.line;

/** Runs on until the lesson is at a place: at the beginning of a stop, or a step behind that line. */
function goTo(run: Run, at: Place): void {
  if (run.state.at.stop < at.stop) run.goToStop(at.stop);
  while (at.running && !run.state.ended && !isPast(run.state.at, at))
    run.advance({ steps: 1, through: true });
}

/** The first row of the trace that two worlds do not share. Both keep a trace. */
export function findParting(before: World, now: World): Parting | undefined {
  const [old, fresh] = [before.trace, now.trace];
  if (!old || !fresh) throw new Refused('both runs must keep a trace');
  const last = Math.max(old.head, fresh.head);
  let step = 0;
  for (let n = Math.max(old.begin, fresh.begin); n < last; n++) {
    const a = n < old.head ? old.at(n) : undefined;
    const b = n < fresh.head ? fresh.at(n) : undefined;
    if (!a || !b || !isSame(a, b)) {
      const first = b ?? a;
      if (!first) return undefined;
      return {
        timeNs: first.time,
        step,
        cpu: first.cpu,
        before: a ? tell(before, a) : '',
        now: b ? tell(now, b) : '',
        times: a && b && tell(before, a) === tell(now, b) ? [a.time, b.time] : undefined,
      };
    }
    if (isStepRow(a.kind, a.c)) step++;
  }
  return undefined;
}

/** Rows that say the same. What a step calls shows in the row behind it. */
const isSame = (a: TraceRow, b: TraceRow): boolean =>
  a.kind === b.kind &&
  a.time === b.time &&
  a.cpu === b.cpu &&
  a.a === b.a &&
  a.b === b.b &&
  (a.kind === ROW.step || (a.c === b.c && a.d === b.d));

/** A row of the trace in words: what a CPU did. */
function tell(world: World, { kind, cpu, a, b, c }: TraceRow): string {
  const { program } = world.machine;
  const routine = program.routines[program.routineOf[b] ?? -1]?.name ?? '';
  switch (kind) {
    case ROW.step:
      return `cpu${cpu}: ${routine}: ${program.steps[b]?.text ?? ''}`;
    case ROW.begin:
      return `cpu${cpu} begins ${routine}`;
    case ROW.log:
      return `cpu${cpu} logs “${logSentence(logAt(world.lookAt(b), c))}”`;
    case ROW.end:
      return `cpu${cpu} is done, with ${a}`;
    case ROW.write:
    case ROW.read:
      return `cpu${cpu} ${kind === ROW.write ? 'writes' : 'reads'} ${b} bytes at 0x${a.toString(16)}`;
    case ROW.send:
      return `cpu${cpu} sends ${ipiName(b)} to APIC id ${c}, which arrives at ${a} ns`;
    default:
      return `cpu${cpu} ${KINDS[kind] ?? 'goes on'}`;
  }
}

/** What an ICR sends. */
function ipiName(icr: number): string {
  const delivery = (icr >> 8) & 7;
  if (delivery === DeliveryMode.init) return 'INIT';
  return delivery === DeliveryMode.startup ? 'SIPI' : `vector 0x${(icr & 0xff).toString(16)}`;
}

const KINDS: Readonly<Record<number, string>> = {
  [ROW.take]: 'takes an interrupt',
  [ROW.drain]: 'shows a store to all others',
  [ROW.eoi]: 'ends an interrupt',
  [ROW.arrive]: 'is interrupted',
  [ROW.merge]: 'is interrupted while it already is',
  [ROW.drop]: 'does not hear an interrupt',
  [ROW.hazard]: 'comes to harm',
  [ROW.mode]: 'changes mode',
  [ROW.owner]: 'changes hands',
  [ROW.outcome]: 'has handled a message',
  [ROW.handler]: 'calls a handler',
  [ROW.callback]: 'calls an IPI callback',
  [ROW.sent]: 'has sent a message',
  [ROW.queue]: 'queues an irq_work',
  [ROW.state]: 'changes the state of an instance',
};
