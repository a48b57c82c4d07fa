import type { Command } from '../command.ts';
import { cat } from './cat.ts';
import { cd, pwd } from './cd.ts';
import { dmesg } from './dmesg.ts';
import { dtc } from './dtc.ts';
import { echo } from './echo.ts';
import { help } from './help.ts';
import { kerf } from './kerf.ts';
import { ls } from './ls.ts';
import { mk } from './mk.ts';
import { mount } from './mount.ts';

/** Every command, in the order `help` lists those of a group. */
export const COMMANDS: readonly Command[] = [
  cd,
  pwd,
  ls,
  cat,
  echo,
  mount,
  dtc,
  dmesg,
  kerf,
  mk,
  help,
];
