import { addCpu, removeCpu } from '../kernel/hotplug.ts';
import { bootKernel, trampoline } from '../kernel/boot.ts';
import type { KernelContext } from '../kernel/context.ts';
import { flood } from '../kernel/flood.ts';
import {
  messagingCleanup,
  registerHandler,
  registerMsgHandler,
  unregisterHandler,
  unregisterMsgHandler,
} from '../kernel/handlers.ts';
import { createInstance } from '../kernel/instance-create.ts';
import { ipiCreate, ipiDestroy } from '../kernel/ipi-area.ts';
import { interruptEntry, sendIpiData } from '../kernel/ipi.ts';
import { ipiCallbacks, irqWorkEntry, MESSAGE_CALLBACK, PFN_CALLBACK } from '../kernel/irq-work.ts';
import { kexecById, kickAp } from '../kernel/kexec-exec.ts';
import { kexecFileLoad } from '../kernel/kexec-load.ts';
import { kexecFinalize, kexecNotifier } from '../kernel/kho-host.ts';
import { khoInit, khoPopulate, khoRestore } from '../kernel/kho-spawn.ts';
import {
  keepHandler,
  onceHandler,
  replyHandler,
  trustHandler,
} from '../kernel/careless-handlers.ts';
import { listenHandler, MESSAGE_HANDLER, messageHandlers } from '../kernel/message-handlers.ts';
import {
  hostRingN1,
  interruptEntryN1,
  sendN1,
  spawnedKnowsN1,
} from '../kernel/mailboxes/ring-n1.ts';
import { interruptEntryN3 } from '../kernel/mailboxes/ring-n3-receive.ts';
import { hostRingN3, resetRingsN3, spawnedKnowsN3 } from '../kernel/mailboxes/ring-n3-start.ts';
import { sendN3 } from '../kernel/mailboxes/ring-n3.ts';
import { wideMessageCallback } from '../kernel/mailboxes/wide-callback.ts';
import {
  interruptEntryBell,
  ringBell,
  spawnedRegistersBell,
} from '../kernel/mailboxes/doorbell.ts';
import { VARIED_SENDS } from '../kernel/mailboxes/variations.ts';
import { hostInitV1, interruptEntryV1, sendV1 } from '../kernel/mailboxes/v1.ts';
import { messageCallback, sendMessage } from '../kernel/messaging.ts';
import { pfnHandler, sendPfn } from '../kernel/pfn.ts';
import { reserveResources } from '../kernel/resources.ts';
import { reserveRestored } from '../kernel/restore-resources.ts';
import {
  userFlood,
  userListen,
  userRaw,
  userSend,
  userSleep,
  userUnlisten,
} from '../kernel/syscalls.ts';
import { hostReceives, spawnedKnows } from '../kernel/two-way.ts';
import { unexpectedVector } from '../kernel/unexpected.ts';
import { deviceTreeWrite, removeInstance } from '../kernel/upload.ts';
import { link } from '../machine/routine.ts';

/**
 * Every routine of every profile. The order is part of saved states and of hashes (a frame holds a
 * program counter), so new ones go to the end.
 */
export const PROGRAM = link<KernelContext>([
  sendMessage,
  sendIpiData,
  interruptEntry,
  irqWorkEntry,
  messageCallback,
  listenHandler,
  flood,
  sendPfn,
  pfnHandler,
  registerHandler,
  unregisterHandler,
  registerMsgHandler,
  unregisterMsgHandler,
  ipiCreate,
  ipiDestroy,
  deviceTreeWrite,
  createInstance,
  reserveResources,
  removeInstance,
  removeCpu,
  addCpu,
  kexecFileLoad,
  kexecById,
  kexecFinalize,
  kexecNotifier,
  kickAp,
  trampoline,
  bootKernel,
  khoPopulate,
  khoInit,
  khoRestore,
  reserveRestored,
  userSend,
  userListen,
  userUnlisten,
  userSleep,
  hostReceives,
  spawnedKnows,
  unexpectedVector,
  messagingCleanup,
  userRaw,
  onceHandler,
  replyHandler,
  keepHandler,
  trustHandler,
  sendV1,
  interruptEntryV1,
  hostInitV1,
  sendN1,
  interruptEntryN1,
  hostRingN1,
  spawnedKnowsN1,
  userFlood,
  sendN3,
  interruptEntryN3,
  resetRingsN3,
  hostRingN3,
  spawnedKnowsN3,
  wideMessageCallback,
  ringBell,
  interruptEntryBell,
  spawnedRegistersBell,
  ...VARIED_SENDS.values(),
]);

ipiCallbacks[MESSAGE_CALLBACK] = messageCallback;
ipiCallbacks[PFN_CALLBACK] = pfnHandler;
messageHandlers[MESSAGE_HANDLER.listen] = listenHandler;
messageHandlers[MESSAGE_HANDLER.once] = onceHandler;
messageHandlers[MESSAGE_HANDLER.reply] = replyHandler;
messageHandlers[MESSAGE_HANDLER.keep] = keepHandler;
messageHandlers[MESSAGE_HANDLER.trust] = trustHandler;
