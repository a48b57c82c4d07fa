import { ERRNO } from '../base/errno.ts';
import { get32 } from '../fdt/bytes.ts';
import { fdtCheckHeader } from '../fdt/check.ts';
import { fdtPathOffset } from '../fdt/lookup.ts';
import { fdtGetName, fdtGetprop } from '../fdt/read.ts';
import { fdtFirstSubnode, fdtNextSubnode, fdtTotalsize } from '../fdt/tags.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { createInstance } from './instance-create.ts';
import {
  findByName,
  instanceId,
  instanceName,
  instancePut,
  isRunning,
  listRemove,
  stateName,
} from './instance-object.ts';
import { idrRemove } from './instance-table.ts';
import { K } from './kernel.layout.ts';
import { MK_INSTANCE, MK_STATE } from './mk.layout.ts';

const SOURCE = 'kernel/multikernel/kernfs.c';
const UPLOAD = 0;
const COUNT = 1;
const CHILD = 2;

/** Most bytes behind a buffer that a too large header makes us look at. */
const BEYOND_MAX = 1048576;

/**
 * root_device_tree_write (facts 05 §4.1): what a write to /sys/fs/multikernel/device_tree does.
 * `upload` is the number of the written bytes. Answers their count even when every instance failed.
 */
export const deviceTreeWrite = routine<KernelContext>({
  name: 'root_device_tree_write',
  source: SOURCE,
  locals: ['upload', 'count', 'child'],
  steps: [
    {
      id: 'log',
      text: 'report the write',
      cost: 40,
      run(x) {
        x.log('inst.upload', x.get(COUNT));
      },
    },
    {
      id: 'header',
      text: 'check the header of the blob; its size is not held against the buffer',
      cost: 60,
      run(x) {
        const blob = x.sys.bytes(x.get(UPLOAD));
        const code = fdtCheckHeader(blob);
        if (code !== 0) {
          x.log('inst.bad_header', code);
          return x.ret(-ERRNO.EINVAL);
        }
        const size = fdtTotalsize(blob);
        if (size <= blob.length) return;
        // Model: what lies behind the kernel's buffer reads as zeros here.
        x.hazard(HAZARD.readPastBuffer, 0, size - blob.length);
        const beyond = new Uint8Array(Math.min(size, blob.length + BEYOND_MAX));
        beyond.set(blob);
        x.set(UPLOAD, x.sys.hand(beyond));
      },
    },
    {
      id: 'instances',
      text: 'find /instances',
      cost: 60,
      run(x) {
        const blob = x.sys.bytes(x.get(UPLOAD));
        const node = fdtPathOffset(blob, '/instances');
        if (node < 0) {
          x.log('inst.no_instances_node');
          return x.ret(-ERRNO.EINVAL);
        }
        x.set(CHILD, fdtFirstSubnode(blob, node));
      },
    },
    {
      id: 'lock',
      text: 'take mk_instance_mutex',
      lock: 'mk_instance_mutex',
      cost: 20,
      local: false,
      run(x) {
        const mutex = x.k + K.mk_instance_mutex;
        if (x.mem.peek32(mutex) !== 0) return x.stay();
        x.mem.poke32(mutex, x.cpu + 1);
      },
    },
    {
      id: 'child',
      text: 'the next instance of the tree: it needs a name and an id',
      cost: 80,
      run(x) {
        const child = x.get(CHILD);
        if (child < 0) return x.goto(deviceTreeWrite.at.unlock!);
        const blob = x.sys.bytes(x.get(UPLOAD));
        const name = fdtGetName(blob, child);
        const id = fdtGetprop(blob, child, 'id');
        const skip = (): void => {
          x.set(CHILD, fdtNextSubnode(blob, child));
          x.stay();
        };
        if (typeof name === 'number') {
          x.log('inst.child_no_name');
          return skip();
        }
        if (typeof id === 'number') {
          x.log('inst.child_no_id', name);
          return skip();
        }
        if (findByName(x, name) !== 0) {
          x.log('inst.exists', name);
          x.hazard(HAZARD.updateIgnored, findByName(x, name));
          return skip();
        }
        if (id.length < 4) x.hazard(HAZARD.idTooShort, 0, id.length);
        x.call(createInstance, child, idOf(blob, id), x.get(UPLOAD));
      },
    },
    {
      id: 'created',
      text: 'log a failure and go on with the next one',
      cost: 10,
      run(x) {
        const blob = x.sys.bytes(x.get(UPLOAD));
        const name = fdtGetName(blob, x.get(CHILD));
        if (x.result < 0) {
          x.log('inst.create_failed', typeof name === 'string' ? name : '', x.result);
          x.hazard(HAZARD.uploadFailureHidden, 0, x.result);
        }
        x.set(CHILD, fdtNextSubnode(blob, x.get(CHILD)));
        x.goto(deviceTreeWrite.at.child!);
      },
    },
    {
      id: 'unlock',
      text: 'release the mutex and return the count, whatever happened',
      lock: 'mk_instance_mutex',
      cost: 30,
      local: false,
      run(x) {
        x.mem.poke32(x.k + K.mk_instance_mutex, 0);
        x.log('inst.upload_done');
        x.ret(x.get(COUNT));
      },
    },
  ],
});

/** The id as the code reads it: four bytes from where the value begins, however long it is. */
export function idOf(blob: Uint8Array, value: Uint8Array): number {
  const at = value.byteOffset - blob.byteOffset;
  return at + 4 <= blob.length ? get32(blob, at) | 0 : 0;
}

const AT = MK_INSTANCE.at;

/** rmdir of an instance's directory (facts 05 §3.1); `instance` 0 is a directory that is none. */
export const removeInstance = routine<KernelContext>({
  name: 'mk_kernfs_rmdir',
  source: SOURCE,
  locals: ['instance'],
  steps: [
    {
      id: 'check',
      text: 'active and loading instances stay',
      lock: 'mk_instance_mutex',
      cost: 60,
      local: false,
      run(x) {
        const instance = x.get(0);
        if (instance === 0) {
          x.log('inst.rmdir_not_instance');
          return x.ret(-ERRNO.EINVAL);
        }
        const mutex = x.k + K.mk_instance_mutex;
        if (x.mem.peek32(mutex) !== 0) return x.stay();
        const state = x.mem.peek32(instance + AT.state);
        if (state !== MK_STATE.ACTIVE && state !== MK_STATE.LOADING) {
          const id = instanceId(x, instance);
          if (isRunning(x, id)) x.hazard(HAZARD.runningInstanceRemoved, instance, id);
          return;
        }
        x.log('inst.rmdir_busy', instanceName(x, instance), stateName(state));
        x.ret(-ERRNO.EBUSY);
      },
    },
    {
      id: 'unlist',
      text: 'take it off the list and out of the id map',
      cost: 40,
      local: false,
      run(x) {
        const instance = x.get(0);
        x.log('inst.removed', instanceName(x, instance));
        listRemove(x, instance);
        idrRemove(x, x.mem.peek32(instance + AT.id));
        x.update({
          instances: x.state.instances.map((each) =>
            each.addr === instance ? { ...each, listed: false } : each,
          ),
        });
      },
    },
    {
      id: 'put',
      text: 'drop its reference, which may be the last; the directory is still there',
      cost: 60,
      local: false,
      run(x) {
        const instance = x.get(0);
        const left = instancePut(x, instance);
        if (left > 0) x.hazard(HAZARD.referenceLeak, instance, left);
        else x.hazard(HAZARD.freedBehindFile, instance);
      },
    },
    {
      id: 'remove',
      text: 'remove the directory',
      cost: 40,
      local: false,
      run(x) {
        x.ret(0);
      },
    },
  ],
});
