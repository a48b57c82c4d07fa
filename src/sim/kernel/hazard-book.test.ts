import { describe, expect, it } from 'vitest';
import { toHex } from '../base/hex.ts';
import {
  bootedRun,
  createdRun,
  kexecLoad,
  loadFlags,
  logged,
  MIB,
  hostRun,
  treeOf,
  typeAll,
  typed,
  upload,
  WEB,
  type Wish,
} from '../testing/world.ts';
import { findHazards, HAZARD_BOOK } from './hazard-book.ts';
import { HAZARDS, hazardsOf } from './hazards.ts';

const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const ALL = HAZARD_BOOK.flatMap(({ hazards }) => hazards);
const ids = ALL.map(({ id }) => id);

/** Hazards that are no event of a moment: what there is to see of each. */
const SHOWN: Readonly<Record<string, () => void>> = {
  H15: () => {
    const run = createdRun([WEB]);
    expect(typed(run, 'host', 'mk raw web io --len 257').output).toContain('-EINVAL');
    expect(typed(run, 'host', 'mk send web io 1 --len 233').output).toContain('-EMSGSIZE');
  },
  H23: () => {
    const run = createdRun([WEB]);
    typeAll(run, 'host', ['mk send web user 1', 'mk send web user 2']);
    expect(run.answers.stats()).toMatchObject({ sent: 2, lost: 2 });
  },
  H24: () => {
    const run = bootedRun();
    for (let n = 0; n < 5; n++) typeAll(run, 'host', ['mk send web user 1']);
    expect(logged(run, 'web', 'ipi.received')).toHaveLength(5);
  },
  M6: () => {
    const run = bootedRun();
    for (const payload of ['0x01', '0x02']) {
      typeAll(run, 'host', [`mk send web user 1 ${payload}`]);
      const at = Number(logged(run, 'host', 'ipi.buffer_allocated')[0]![0]) + 4 * 272 + 24;
      expect(toHex(run.world.mem.peek(at, 8))).toBe('0'.repeat(16));
    }
  },
  K5: () => {
    const run = createdRun([ONE]);
    kexecLoad(run, loadFlags(1));
    expect(run.world.sys.kernels[0]!.kimages[0]!.khoFdt).toBeLessThan(2048 * MIB);
  },
  I13: () => {
    const run = hostRun();
    upload(run, treeOf({ ...ONE, name: 'web@4' }));
    expect(typeAll(run, 'host', ['ls /sys/fs/multikernel/instances'])).toContain('web@4');
  },
};

describe('the book of hazards', () => {
  it('names each once, and says how to see it or why it cannot be seen', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, what, here, why } of ALL) {
      expect([id, what]).not.toContain('');
      expect([id, (here === undefined) !== (why === undefined)]).toEqual([id, true]);
    }
  });

  it('has every id that an event stands for', () => {
    for (const { facts } of HAZARDS) for (const id of facts) expect(ids).toContain(id);
  });

  it('calls nothing unseen that has an event, and everything seen has one or is shown below', () => {
    for (const { id, here } of ALL) {
      const events = hazardsOf(id).length;
      if (here === undefined) expect([id, events]).toEqual([id, 0]);
      else expect([id, events > 0 || id in SHOWN]).toEqual([id, true]);
    }
  });

  it.each(Object.entries(SHOWN))('%s can be seen', (id, look) => {
    expect(ids).toContain(id);
    look();
  });

  it('is searched by id, whatever its case, and by event', () => {
    const found = (word: string): string[] => findHazards(word).map(({ hazard }) => hazard.id);
    expect(found('h19C')).toEqual(['H19c']);
    expect(found('H-M1')).toEqual(['H-M1']);
    expect(found('slotoverwritten')).toEqual(['H2', 'M5', 'V1', 'R5']);
    expect(found('nothing')).toEqual([]);
  });
});
