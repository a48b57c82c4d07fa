import { runDtc } from '../../fdt/tools/dtc.ts';
import { runFdtdump } from '../../fdt/tools/fdtdump.ts';
import { runFdtoverlay } from '../../fdt/tools/fdtoverlay.ts';
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

/** `fdtdump`: what is in a blob, as the real one shows it. */
export const fdtdump: Command = {
  name: 'fdtdump',
  group: 'device tree',
  summary: 'show what is in a blob, header and all',
  usage: 'fdtdump [-d] [-s] FILE.dtb',
  more: `  -d  with offsets and tags
  -s  look for a blob anywhere in the file`,
  options: ['-d', '-s'],
  run: (args, io) => runTool('fdtdump', runFdtdump, args, io),
};

/** `fdtoverlay`: overlays onto a blob. */
export const fdtoverlay: Command = {
  name: 'fdtoverlay',
  group: 'device tree',
  summary: 'apply overlays to a blob',
  usage: 'fdtoverlay -i BASE.dtb -o OUT.dtb OVERLAY.dtbo...',
  options: ['-i', '-o'],
  run: (args, io) => runTool('fdtoverlay', runFdtoverlay, args, io),
};
