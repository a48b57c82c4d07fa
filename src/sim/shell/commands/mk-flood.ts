import { MK_MSG } from '../../kernel/mk.layout.ts';
import { checkWords, readArguments, wholeNumber } from '../arguments.ts';
import { WrongUsage, type Again, type Io, type Steps, type Verb } from '../command.ts';
import { findReceiver, receiverNames, sendErrno } from '../mk-words.ts';
import { readNumbers } from '../number-list.ts';

/** Messages when nothing else is said. */
const COUNT = '100';
/** Messages a simulated second: one every ten microseconds. */
const RATE = '100000';
const COUNT_MAX = 10_000_000;
const RATE_MAX = 100_000_000;
/** Steps of the progress bar. */
const STEPS = 20;
/** Messages of one round at most: after each the line looks whether somebody stopped it. */
const ROUND_MAX = 200;

/** `mk flood`: a workload in rounds, so that it can be watched and stopped. */
export const mkFlood: Verb = {
  name: 'flood',
  summary: 'send many messages, one after the other',
  usage: 'mk flood NAME|ID [--count N] [--rate R] [--from CPUS]',
  more: `  --count N    that many messages; ${COUNT} when left out
  --rate R     that many a simulated second, besides the time sending takes; ${RATE}
  --from CPUS  CPUs that take turns, a round each, such as 1-3,6
Each is of type user, with its number as subtype.`,
  options: ['--count', '--rate', '--from'],
  *run(args, io): Steps<number | Again> {
    const long = { count: 'n', rate: 'r', from: 'f', done: 'd', refused: 'x' };
    const given = readArguments(args, 'n:r:f:d:x:', long);
    checkWords(given.words, 'NAME', 1, 1);
    if (!io.tty) throw new WrongUsage('it shows how far it is, so it cannot feed a pipe or a file');
    const [to = ''] = given.words;
    const count = wholeNumber(given.value('n') ?? COUNT, '--count', 1, COUNT_MAX);
    const rate = wholeNumber(given.value('r') ?? RATE, '--rate', 1, RATE_MAX);
    const from = given.value('f');
    const cpus = from === undefined ? [null] : readNumbers(from, '--from');
    const done = wholeNumber(given.value('d') ?? '0', '--done', 0, count - 1);
    const refused = wholeNumber(given.value('x') ?? '0', '--refused', 0, count);
    const receiver = yield* findReceiver(io, 'flood', to);
    if (!receiver) return 1;
    const round = Math.min(ROUND_MAX, Math.ceil(count / STEPS), count - done);
    const cpu = cpus[Math.floor(done / round) % cpus.length] ?? null;
    const gapNs = Math.round(1e9 / rate);
    const what = { type: MK_MSG.USER, first: done, count: round, gapNs, cpu };
    const { ret } = yield { call: 'flood', id: receiver.id, ...what };
    const lost = refused + round - Math.max(0, ret);
    if (ret < 0 && refused === 0) io.out(`\rmk: send to ${receiver.name}: ${sendErrno(ret)}\n`);
    showProgress(io, done, done + round, count);
    if (done + round === count) {
      io.out(`\n${count - lost} sent, ${lost} refused\n`);
      return lost > 0 ? 1 : 0;
    }
    const carried = ['--done', String(done + round), '--refused', String(lost)];
    const again = [to, '--count', String(count), '--rate', String(rate), ...carried];
    return { again: from === undefined ? again : [...again, '--from', from] };
  },
  complete: (words, lookups) => (words.length === 1 ? receiverNames(lookups) : []),
};

/** Draws the bar whenever it grows: the beginning of the line is written over. */
function showProgress(io: Io, before: number, done: number, count: number): void {
  const full = Math.floor((done * STEPS) / count);
  if (full === Math.floor((before * STEPS) / count)) return;
  const bar = '#'.repeat(full).padEnd(STEPS, '.');
  io.out(`\r[${bar}] ${done} of ${count}`);
}
