import { runDtc } from '../../fdt/tools/dtc.ts';
import type { Command } from '../command.ts';
import { runTool } from '../tool.ts';

/** `dtc`: the device tree compiler, with the real one's options and statuses. */
export const dtc: Command = {
  name: 'dtc',
  group: 'device tree',
  summary: 'compile device trees, or turn blobs back into text',
  usage: 'dtc [-I dts|dtb] [-O dts|dtb] [-o FILE] [-@] [-q] [FILE|-]',
  more: `  -I, -O   form of the input and of the output; guessed from names when left out
  -o FILE  output; without it, standard output
  -@       add __symbols__
  -q       no warnings
Also -p -S -a -R -V -b, as in the real one. Status 2: a check failed.`,
  options: ['-I', '-O', '-o', '-@', '-q', '-p', '-S', '-a', '-R', '-V', '-b'],
  run: (args, io) => runTool('dtc', runDtc, args, io),
  complete: (words) => (/^-[IO]$/.test(words.at(-2) ?? '') ? ['dts', 'dtb'] : []),
};
