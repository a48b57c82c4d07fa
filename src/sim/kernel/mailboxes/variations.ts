import { ERRNO } from '../../base/errno.ts';
import type { Routine, Step } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { firstCpu, hasMask } from '../instance-table.ts';
import { areaOf } from '../ipi-area.ts';
import { noteMissingArea } from '../ipi-hazards.ts';
import { clearSlot, fillBuffer, ring, sendIpiData } from '../ipi.ts';
import { MK_IPI_DATA, MK_MAX_DATA_SIZE } from '../mk.layout.ts';
import { findInstance } from './ring-shared.ts';
import { sendN1 } from './ring-n1.ts';
import { sendN3 } from './ring-n3.ts';
import { beginV1, ringV1, sendV1 } from './v1.ts';
import { fenceBefore, giveLock, stepOf, takeLock, unlocksAtEnd, varied } from './varied.ts';

/**
 * The sends of the designs with parts switched on or off. As published they run as their own files have
 * them; these take their place as soon as anything about the sender differs.
 */
type Run = Step<KernelContext>['run'];
type At = (id: string) => Step<KernelContext>;
const stepsOf =
  (of: Routine<KernelContext>): At =>
  (id) =>
    stepOf(of, id);
const SLOT = MK_IPI_DATA.at;
const LAST = { label: 'publish', text: 'publish: write data_size, last' } as const;

const n1 = stepsOf(sendN1);
const sendN1Varied = varied(sendN1, [
  ...['P1', 'P2', 'P3', 'P3b', 'P4'].map(n1),
  takeLock,
  ...['P5', 'P6'].map(n1),
  unlocksAtEnd(n1('P7')),
  ...['P8', 'P9a', 'P9b'].map(n1),
  ['!publish-last', n1('P9c')],
  n1('P10'),
  ['publish-last', { ...n1('P9c'), id: 'P11', ...LAST }],
  giveLock,
  fenceBefore,
  ...['P12', 'P13'].map(n1),
]);

const n3 = stepsOf(sendN3);
const sendN3Varied = varied(sendN3, [
  ...['P1', 'P2', 'P3', 'P4'].map(n3),
  takeLock,
  ...['P5', 'P6'].map(n3),
  unlocksAtEnd(n3('P7')),
  ...['P8', 'P9a', 'P9b'].map(n3),
  [
    '!publish-last',
    { ...n3('P11'), id: 'P9c', label: 'slot.size', text: 'write data_size, before the data' },
  ],
  n3('P10'),
  ['publish-last', n3('P11')],
  giveLock,
  fenceBefore,
  n3('P12'),
]);

const v1 = stepsOf(sendV1);
const sendV1Varied = varied(sendV1, [
  ...['P1', 'P2', 'P3', 'P4'].map(v1),
  takeLock,
  ['!publish-last', v1('P5')],
  [
    'publish-last',
    {
      ...{ ...v1('P5'), id: 'P5b', label: 'slot.keep', local: true },
      ...{ text: 'leave data_size as it is for now', run: beginV1 },
    },
  ],
  ...['P6', 'P7', 'P8'].map(v1),
  [
    'publish-last',
    {
      ...{ ...v1('P5'), id: 'P8b', ...LAST },
      run: (x) => x.mem.write64(x.get(5) + SLOT.data_size, x.get(2)),
    },
  ],
  giveLock,
  fenceBefore,
  { ...v1('P9'), run: ringV1 },
]);

const [ID, DATA, SIZE, TYPE, INSTANCE, TARGET, SLOT_] = [0, 1, 2, 3, 4, 5, 6] as const;
const v2 = stepsOf(sendIpiData);
/** A row of v2's table, with what it does: there all rows are one function. */
const row = (id: string, run: Run): Step<KernelContext> => ({ ...v2(id), run });
const writeSize: Run = (x) => x.mem.write64(x.get(SLOT_) + SLOT.data_size, x.get(SIZE));

const sendV2Varied = varied(sendIpiData, [
  row('S1', (x) => {
    const instance = findInstance(x, x.get(ID));
    if (instance < 0) return;
    if (instance > 0) return x.set(INSTANCE, instance);
    if (x.kernel > 0 && !x.roles.spawnedReady) x.hazard(HAZARD.muteKernel, 0, x.get(ID));
    x.ret(-ERRNO.EINVAL);
  }),
  row('S2', (x) => {
    if (x.get(SIZE) > MK_MAX_DATA_SIZE) x.ret(-ERRNO.EINVAL);
  }),
  row('S3', (x) => {
    if (hasMask(x, x.get(INSTANCE))) return x.set(TARGET, firstCpu(x, x.get(INSTANCE)));
    x.hazard(HAZARD.nullMask, 0, x.get(ID));
    x.ret(-ERRNO.EFAULT);
  }),
  row('S4', (x) => {
    const area = areaOf(x, x.get(ID));
    if (area !== 0) return x.set(SLOT_, area);
    x.log('ipi.no_shared_memory', x.get(ID));
    noteMissingArea(x, x.get(ID));
    x.ret(-ERRNO.ENODEV);
  }),
  row('S5', (x) => {
    const cpu = x.get(TARGET);
    x.set(SLOT_, x.get(SLOT_) + MK_IPI_DATA.size * cpu);
    if (cpu >= x.sys.settings.nrCpus) x.hazard(HAZARD.slotPastArea, x.get(SLOT_), cpu);
  }),
  takeLock,
  row('S6', (x) => clearSlot(x, x.get(SLOT_))),
  ['!publish-last', row('S7', writeSize)],
  row('S8', (x) => x.mem.write32(x.get(SLOT_) + SLOT.sender_cpu, x.physical)),
  row('S9', (x) => {
    x.mem.write32(x.get(SLOT_) + SLOT.type, x.get(TYPE));
    if (x.get(TYPE) > 0xffff_ffff) x.hazard(HAZARD.typeTruncated, x.get(SLOT_), x.get(TYPE) | 0);
  }),
  row('S10', (x) => fillBuffer(x, x.get(SLOT_) + SLOT.buffer, x.get(DATA), x.get(SIZE))),
  ['publish-last', { ...row('S7', writeSize), id: 'S10b', ...LAST }],
  giveLock,
  fenceBefore,
  row('S11', (x) => ring(x, x.get(TARGET))),
  row('S12', (x) => x.ret(0)),
]);

/** What takes the place of a published send. */
export const VARIED_SENDS: ReadonlyMap<Routine<KernelContext>, Routine<KernelContext>> = new Map([
  [sendV1, sendV1Varied],
  [sendIpiData, sendV2Varied],
  [sendN1, sendN1Varied],
  [sendN3, sendN3Varied],
]);
