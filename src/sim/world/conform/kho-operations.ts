import { toHex } from '../../base/hex.ts';
import { PAGE_SIZE } from '../../base/units.ts';
import { textAt } from '../../fdt/bytes.ts';
import { fdtCheckFull, fdtCheckHeader } from '../../fdt/check.ts';
import { FDT_MAGIC } from '../../fdt/header.layout.ts';
import { fdtMagic, fdtTotalsize } from '../../fdt/tags.ts';
import {
  fdtBeginNode,
  fdtCreate,
  fdtEndNode,
  fdtFinish,
  fdtFinishReservemap,
  fdtProperty,
  fdtPropertyString,
} from '../../fdt/write.ts';
import { instanceId, listInstances } from '../../kernel/instance-object.ts';
import { K } from '../../kernel/kernel.layout.ts';
import { kexecFinalize } from '../../kernel/kho-host.ts';
import { khoCleanup, khoInit, khoPopulate, khoRestore } from '../../kernel/kho-spawn.ts';
import { MK_INSTANCE } from '../../kernel/mk.layout.ts';
import type { Words } from './arguments.ts';
import { CONTEXTS } from './board.ts';
import { hex64, type Effect } from './effects.ts';
import type { Operation } from './ipi-operations.ts';
import { early, type Script } from './script.ts';

const AT = MK_INSTANCE.at;

/** Bytes lie in pages of their own, zeros behind them. */
function place({ board }: Script, bytes: Uint8Array): number {
  const start = board.takePages(0, Math.max(1, Math.ceil(bytes.length / PAGE_SIZE)));
  board.mem.poke(start, bytes);
  return start;
}

/** kho_get_fdt_phys() of the current context. */
const fdtPhys = ({ board }: Script): number =>
  board.mem.peek64(board.base(board.current) + K.kho_fdt_phys);

function tellRestored({ board, effects }: Script): void {
  const x = board.look();
  const { mem } = x;
  for (const instance of listInstances(x)) {
    const dtb = mem.peek64(instance + AT.dtb_data);
    effects.emit('restored', {
      id: instanceId(x, instance),
      name: textAt(mem.peek(mem.peek64(instance + AT.name), PAGE_SIZE), 0),
      state: mem.peek32(instance + AT.state),
      dtb_size: mem.peek64(instance + AT.dtb_size),
      refs: mem.peek32(instance + AT.refcount),
      totalsize: fdtTotalsize(mem.peek(dtb, 40)),
    });
  }
}

const init: Operation = (script, words) => {
  script.ret(words, script.board.run(khoInit));
  tellRestored(script);
};

const cleanup: Operation = (script, words) => {
  khoCleanup(script.board.look());
  script.ret(words, 0);
};

/** Gives an instance the device tree of word `i`; `-` takes it away. */
function attach(script: Script, words: Words, instance: number, i: number): void {
  const { mem } = script.board;
  const bytes = words.bytes(i);
  const at = words.text(i) === '-' ? 0 : script.board.bring(bytes);
  mem.poke64(instance + AT.dtb_data, at);
  mem.poke64(instance + AT.dtb_size, bytes.length);
}

const setDtb: Operation = (script, words) => {
  const instance = script.instance(words.int(1));
  if (instance === 0) return script.refuse(words, 'no such instance');
  attach(script, words, instance, 2);
  script.ret(words, 0);
};

/** What mk_kexec_finalize() left in the hand-over page. */
function ofPage(page: Uint8Array, address: number): Effect {
  const magic = fdtMagic(page);
  const total = fdtTotalsize(page);
  if (magic !== FDT_MAGIC || total > PAGE_SIZE)
    return { magic: hex64(magic), totalsize: null, fdt: null };
  return {
    magic: hex64(magic),
    totalsize: total,
    fdt: toHex(page.subarray(0, total)),
    check_header: fdtCheckHeader(page, address),
    check_full: fdtCheckFull(page, PAGE_SIZE, address),
  };
}

const finalize =
  (withPage: boolean): Operation =>
  (script, words) => {
    const { board } = script;
    const id = words.int(1);
    const instance = script.instance(id);
    if (withPage && words.has(2) && instance !== 0) attach(script, words, instance, 2);
    const khoFdt = withPage ? board.takePages(0xa5) : 0;
    const image = {
      addr: ++script.imageSerial,
      type: 'multikernel' as const,
      mkId: id,
      instance: 0,
      entry: 0,
      segments: [],
      cmdline: '',
      khoFdt,
    };
    const x = board.look();
    x.update({ kimages: [...x.state.kimages, image] });
    const ret = board.run(kexecFinalize, image.addr);
    if (!withPage) return script.ret(words, ret);
    script.images.set(id, khoFdt);
    script.ret(words, ret, ofPage(board.mem.peek(khoFdt, PAGE_SIZE), khoFdt));
  };

const handover: Operation = (script, words) => {
  const { board, effects } = script;
  const id = words.int(1);
  if (id <= 0 || id >= CONTEXTS) return script.refuse(words, 'bad id');
  const page = script.images.get(id) ?? 0;
  const before = board.current;
  if (!board.contexts[id]) board.open(id);
  board.mapApics();
  board.current = id;
  if (page === 0) effects.emit('setup_kho', { added: false });
  else {
    const none = { scratch_addr: 0, scratch_size: 0 };
    const data = { fdt_addr: hex64(page), fdt_size: PAGE_SIZE, ...none };
    effects.emit('setup_kho', { added: true, ...data });
    board.run(early, page, PAGE_SIZE);
  }
  script.ret(words, board.run(khoInit));
  tellRestored(script);
  board.current = before;
};

const populate: Operation = (script, words) => {
  const phys = place(script, words.bytes(1));
  script.board.run(khoPopulate, phys, words.has(2) ? words.number(2) : PAGE_SIZE);
  const found = fdtPhys(script);
  script.effects.emit('ret', {
    op: words.name,
    phys: hex64(phys),
    fdt_phys: hex64(found),
    accepted: found === phys,
  });
};

const populatePhys: Operation = (script, words) => {
  script.board.run(khoPopulate, words.number(1), words.has(2) ? words.number(2) : PAGE_SIZE);
  script.effects.emit('ret', { op: words.name, fdt_phys: hex64(fdtPhys(script)) });
};

const restore: Operation = (script, words) => {
  let accepted: boolean | null = null;
  if (words.has(1)) {
    const phys = place(script, words.bytes(1));
    script.board.run(khoPopulate, phys, PAGE_SIZE);
    accepted = fdtPhys(script) === phys;
  }
  script.ret(words, script.board.run(khoRestore), { accepted });
  tellRestored(script);
};

const restoreRaw: Operation = (script, words) => {
  const x = script.board.look();
  x.mem.poke64(x.k + K.kho_fdt_phys, place(script, words.bytes(1)));
  script.ret(words, script.board.run(khoRestore));
  tellRestored(script);
};

/** A hand-over page around a device tree, made as the series makes it: 0 when it does not fit. */
function wrap({ board }: Script, dtb: Uint8Array, pad: number): number {
  const start = board.takePages(0);
  const to = board.mem.borrowPage(start);
  const codes = [
    fdtCreate(to),
    fdtFinishReservemap(to),
    fdtBeginNode(to, ''),
    fdtPropertyString(to, 'compatible', 'multikernel-v1'),
    pad < 0 ? 0 : fdtProperty(to, 'pad', new Uint8Array(pad)),
    fdtBeginNode(to, 'multikernel'),
    fdtProperty(to, 'dtb-data', dtb),
    fdtEndNode(to),
    fdtEndNode(to),
    fdtFinish(to),
  ];
  return codes.some((code) => code !== 0) ? 0 : start;
}

const restoreDtb: Operation = (script, words) => {
  const pad = words.has(2) ? Math.min(words.number(2), PAGE_SIZE) : -1;
  const phys = wrap(script, words.bytes(1), pad);
  if (phys === 0) return script.refuse(words, 'wrap failed');
  script.board.run(khoPopulate, phys, PAGE_SIZE);
  script.ret(words, script.board.run(khoRestore));
  tellRestored(script);
};

export const KHO_OPERATIONS: Readonly<Record<string, Operation>> = {
  kho_init: init,
  kho_cleanup: cleanup,
  set_dtb: setDtb,
  kho_finalize: finalize(true),
  kho_finalize_nopage: finalize(false),
  kho_handover: handover,
  kho_populate: populate,
  kho_populate_phys: populatePhys,
  kho_restore: restore,
  kho_restore_raw: restoreRaw,
  kho_restore_dtb: restoreDtb,
};
