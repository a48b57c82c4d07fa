import { checkWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { askAbout } from '../instances.ts';
import { rangesOf } from '../ranges.ts';
import { table } from '../text-table.ts';

/** `lscpu`: the CPUs this kernel knows. */
export const lscpu: Command = {
  name: 'lscpu',
  group: 'kernel',
  summary: 'show the CPUs this kernel knows',
  usage: 'lscpu',
  more: '0XEA and 0XF6 are the interrupts taken: messages, and irq_work.',
  *run(args, io) {
    checkWords(args, '', 0, 0);
    const { cpus } = yield* askAbout();
    const list = (online: boolean): string =>
      rangesOf(cpus.filter((cpu) => cpu.online === online).map(({ id }) => id)) || '-';
    io.out(`Architecture:  x86_64\nCPUs:          ${cpus.length}\n`);
    io.out(`Online:        ${list(true)}\nOffline:       ${list(false)}\n`);
    const rows = cpus.map(({ id, apicId, online, calls, irqWork }) =>
      [id, apicId, online ? 'yes' : 'no', calls, irqWork].map(String),
    );
    io.out(table(['CPU', 'APIC', 'ONLINE', '0XEA', '0XF6'], rows));
    return 0;
  },
};
