import type { Speed } from '../../worker/protocol.ts';

/** One notch of the speed slider. */
export interface NamedSpeed {
  /** Short enough for the transport. */
  readonly name: string;
  /** What it means, as a sentence. */
  readonly meaning: string;
  readonly speed: Speed;
}

const steps = (perSecond: number, name: string, meaning: string): NamedSpeed => ({
  name,
  meaning,
  speed: { kind: 'steps', perSecond },
});
const time = (nsPerSecond: number, name: string, factor: string): NamedSpeed => ({
  name: `${name}/s`,
  meaning: `${name} of the machine take one second: ${factor} times slower than real`,
  speed: { kind: 'time', nsPerSecond },
});

/** From one step a second to as fast as it goes. */
export const SPEEDS: readonly NamedSpeed[] = [
  steps(1, '1 step/s', 'One step each second: time to read every one'),
  steps(4, '4 steps/s', 'Four steps each second'),
  steps(15, '15 steps/s', 'Fifteen steps each second: IPIs can be followed by eye'),
  time(1e3, '1 µs', '1,000,000'),
  time(1e4, '10 µs', '100,000'),
  time(1e5, '100 µs', '10,000'),
  time(1e6, '1 ms', '1,000'),
  { name: 'max', meaning: 'As fast as this machine simulates', speed: { kind: 'max' } },
];
export const SPEED_AT_FIRST = 3;

/** The notch closest to what a lesson asks for: steps a second, or `max`. */
export function speedNamed(wanted: string): number {
  const perSecond = Number(wanted);
  if (wanted === 'max' || !Number.isFinite(perSecond)) return SPEEDS.length - 1;
  const distance = ({ speed }: NamedSpeed): number =>
    speed.kind === 'steps' ? Math.abs(Math.log(speed.perSecond / perSecond)) : Infinity;
  const best = Math.min(...SPEEDS.map(distance));
  return SPEEDS.findIndex((named) => distance(named) === best);
}
