import { formatSize } from '../../base/units.ts';
import { checkWords, readArguments } from '../arguments.ts';
import type { Io, Verb } from '../command.ts';
import { askAbout, type Instance } from '../instances.ts';
import { completeInstance, isMounted, KERF } from '../kerf-options.ts';
import { didYouMean } from '../nearest.ts';
import { table } from '../text-table.ts';

/** `kerf show`: all instances, or one. */
export const kerfShow: Verb = {
  name: 'show',
  summary: 'show the instances, or one of them',
  usage: 'kerf show [NAME] [-v]',
  options: ['--verbose'],
  *run(args, io) {
    const { words, has } = readArguments(args, 'v', { verbose: 'v' });
    checkWords(words, '', 0, 1);
    if (!(yield* isMounted(io, 'show'))) return KERF.failed;
    const { instances } = yield* askAbout();
    const name = words[0];
    if (name !== undefined) {
      const instance = instances.find((one) => one.name === name);
      if (instance) showOne(io, instance);
      else {
        const hint = didYouMean(
          name,
          instances.map((one) => one.name),
        );
        io.err(`kerf: show: no instance ${name}${hint}`);
      }
      return instance ? KERF.done : KERF.failed;
    }
    if (instances.length === 0) io.out('no instances\n');
    else if (has('v')) for (const instance of instances) showOne(io, instance);
    else io.out(table(['NAME', 'ID', 'STATUS', 'CPUS', 'MEMORY'], instances.map(rowOf)));
    return KERF.done;
  },
  complete: completeInstance,
};

const cpuList = ({ cpus }: Instance): string => (cpus.length === 0 ? '-' : cpus.join(','));
const memory = ({ memoryBytes }: Instance): string =>
  memoryBytes === 0 ? '-' : formatSize(memoryBytes);
const rowOf = (one: Instance): string[] => [
  one.name,
  String(one.id),
  one.state,
  cpuList(one),
  memory(one),
];

function showOne(io: Io, instance: Instance): void {
  const rows = [
    ['name', instance.name],
    ['id', String(instance.id)],
    ['status', instance.state],
    ['cpus', cpuList(instance)],
    ['memory', memory(instance)],
    ['image', instance.loaded ? 'loaded' : 'none'],
    ['references', String(instance.refcount)],
  ];
  io.out(`${rows.map(([key = '', value = '']) => `${key.padEnd(10)}  ${value}`).join('\n')}\n`);
}
