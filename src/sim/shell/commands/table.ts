import type { Command } from '../command.ts';
import { cat } from './cat.ts';
import { cd, pwd } from './cd.ts';
import { cp } from './cp.ts';
import { dmesg } from './dmesg.ts';
import { dtc, fdtdump, fdtoverlay } from './dtc.ts';
import { echo } from './echo.ts';
import { grep } from './grep.ts';
import { head, tail } from './head.ts';
import { help } from './help.ts';
import { hexdump } from './hexdump.ts';
import { kerf } from './kerf.ts';
import { ls } from './ls.ts';
import { lscpu } from './lscpu.ts';
import { man } from './man.ts';
import { mk } from './mk.ts';
import { mkdir } from './mkdir.ts';
import { mount } from './mount.ts';
import { reboot } from './reboot.ts';
import { rm, rmdir } from './rm.ts';
import { clear, history, no, yes } from './shell-words.ts';
import { sleep } from './sleep.ts';
import { sysctl } from './sysctl.ts';
import { tee } from './tee.ts';
import { umount } from './umount.ts';
import { uname } from './uname.ts';
import { watch } from './watch.ts';
import { wc } from './wc.ts';
import { xxd } from './xxd.ts';

/** Every command, in the order `help` lists those of a group. */
export const COMMANDS: readonly Command[] = [
  ...[ls, cat, echo, cp, rm, mkdir, rmdir, cd, pwd, mount, umount],
  ...[grep, head, tail, wc, tee, xxd, hexdump],
  ...[dtc, fdtdump, fdtoverlay],
  ...[dmesg, lscpu, uname, sysctl, man, reboot],
  kerf,
  mk,
  ...[help, history, watch, sleep, clear, yes, no],
];
