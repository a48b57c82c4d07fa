import { hex } from '../base/hex.ts';
import { flightFrames } from '../world/build-frame.ts';
import type { FlightFrame } from '../world/frame.ts';
import type { World } from '../world/world.ts';

/** When an IPI was sent and when it arrives, in simulated ns. */
export interface FlightTimes {
  readonly sentNs: number;
  readonly arrivesNs: number;
}

/** An IPI that is under way in one run only, or in both at other times. */
export interface FlightDiff {
  /** `vector 0xea`, `INIT`, `SIPI 0x98`. */
  readonly what: string;
  /** CPUs by number; `to` is -1 when no local APIC has the id it is sent to. */
  readonly from: number;
  readonly to: number;
  /** In each run; null where it is not under way. */
  readonly a: FlightTimes | null;
  readonly b: FlightTimes | null;
}

/** IPIs under way that two machines do not have in common, by the time of their sending. */
export function flightDiffs(a: World, b: World): FlightDiff[] {
  const [one, two] = [byWay(a), byWay(b)];
  return [...new Set([...one.keys(), ...two.keys()])]
    .flatMap((way) => pairsOf(one.get(way) ?? [], two.get(way) ?? []))
    .filter(({ a: x, b: y }) => x?.sentNs !== y?.sentNs || x?.arrivesNs !== y?.arrivesNs)
    .sort((x, y) => sentOf(x) - sentOf(y));
}

const sentOf = ({ a, b }: FlightDiff): number => (a ?? b)!.sentNs;

/** What is under way, by what it is, from where and to where: in the order of arrival. */
function byWay(world: World): ReadonlyMap<string, readonly FlightFrame[]> {
  const ways = new Map<string, FlightFrame[]>();
  for (const flight of flightFrames(world)) {
    const way = `${flight.from} ${flight.to} ${nameOf(flight)}`;
    ways.set(way, [...(ways.get(way) ?? []), flight]);
  }
  return ways;
}

/** The first of one run beside the first of the other, and so on. */
function pairsOf(one: readonly FlightFrame[], two: readonly FlightFrame[]): FlightDiff[] {
  return Array.from({ length: Math.max(one.length, two.length) }, (_, i) => {
    const flight = (one[i] ?? two[i])!;
    const { from, to } = flight;
    return { what: nameOf(flight), from, to, a: timesOf(one[i]), b: timesOf(two[i]) };
  });
}

const timesOf = (flight: FlightFrame | undefined): FlightTimes | null =>
  flight ? { sentNs: flight.sentNs, arrivesNs: flight.arrivesNs } : null;

function nameOf({ kind, vector }: FlightFrame): string {
  if (kind === 'fixed') return `vector ${hex(vector, 2)}`;
  return kind === 'startup' ? `SIPI ${hex(vector, 2)}` : kind.toUpperCase();
}

/** `vector 0xea from CPU 1 to CPU 4`. */
export const flightName = ({ what, from, to }: FlightDiff): string =>
  `${what} from CPU ${from} to ${to < 0 ? 'no CPU' : `CPU ${to}`}`;

/** `sent at 12 ns, arrives at 40 ns`. */
export const flightTimesText = (times: FlightTimes | null): string =>
  times ? `sent at ${times.sentNs} ns, arrives at ${times.arrivesNs} ns` : 'not under way';
