import {
  messagingCleanup,
  messagingInit,
  registerMsgHandler,
  unregisterMsgHandler,
} from '../../kernel/handlers.ts';
import {
  MK_CPU_RESOURCE_PAYLOAD,
  MK_IO_IRQ_PAYLOAD,
  MK_MEM_RESOURCE_PAYLOAD,
  MK_MSG,
  MK_SUBTYPES,
} from '../../kernel/mk.layout.ts';
import type { Layout } from '../../base/layout.ts';
import { sendMessage } from '../../kernel/messaging.ts';
import type { Words } from './arguments.ts';
import { messageHandler, SELF, type User } from './callbacks.ts';
import { handIn, type Operation } from './ipi-operations.ts';
import type { Script } from './script.ts';

/** Which of the script's functions a word means: a number of `messageHandlers`, 0 for NULL. */
function functionOf(words: Words): number {
  const word = words.has(2) ? words.text(2) : '0';
  if (word === 'null') return 0;
  const number = Number(/^[+-]?\d+/.exec(word)?.[0] ?? 0);
  return messageHandler(word === 'selfunreg' ? SELF : number & 3);
}

const register: Operation = (script, words) => {
  const user: User = {
    handle: script.messageHandles,
    deed: 'plain',
    first: 0,
    second: 0,
    type: words.u32(1),
    handler: 0,
  };
  const context = script.users.push(user) - 1;
  const ret = script.board.run(registerMsgHandler, words.u32(1), functionOf(words), context);
  if (ret !== 0) return script.ret(words, ret);
  script.messageHandles++;
  script.ret(words, ret, { m: user.handle });
};

const unregister: Operation = (script, words) => {
  const ret = script.board.run(unregisterMsgHandler, words.u32(1), functionOf(words));
  script.ret(words, ret);
};

const init: Operation = (script, words) => {
  script.ret(words, messagingInit(script.board.look()));
};

const cleanup: Operation = (script, words) => {
  script.board.run(messagingCleanup);
  script.ret(words, 0);
};

/** mk_send_message() with bytes that are padded with zeros to `length`. */
function sendBytes(script: Script, words: Words, subtype: number, bytes: Uint8Array | null): void {
  const type = words.u32(2);
  const length = words.has(5) ? words.u32(5) : (bytes?.length ?? 0);
  const payload = bytes === null ? 0 : handIn(script, bytes);
  const ret = script.board.run(sendMessage, words.int(1), type, subtype, payload, length);
  script.ret(words, ret);
}

const message: Operation = (script, words) => {
  const bytes = words.text(4) === 'null' ? null : words.bytes(4);
  sendBytes(script, words, words.u32(3), bytes);
};

/** The helpers of the series: a category, a subtype, and words that become the payload's fields. */
const helper =
  (type: number, subtype: number, payload: Layout<string>): Operation =>
  (script, words) => {
    const bytes = new DataView(new ArrayBuffer(payload.size));
    payload.fields.forEach(({ offset, size }, i) => {
      if (size === 8) bytes.setBigUint64(offset, words.u64(i + 2), true);
      else bytes.setUint32(offset, words.u32(i + 2), true);
    });
    const at = handIn(script, new Uint8Array(bytes.buffer));
    const { board } = script;
    script.ret(words, board.run(sendMessage, words.int(1), type, subtype, at, payload.size));
  };

export const MESSAGE_OPERATIONS: Readonly<Record<string, Operation>> = {
  reg_msg: register,
  unreg_msg: unregister,
  msg_init: init,
  msg_cleanup: cleanup,
  msg: message,
  irq_forward: helper(MK_MSG.IO, MK_SUBTYPES['irq-forward'], MK_IO_IRQ_PAYLOAD),
  cpu_add: helper(MK_MSG.RESOURCE, MK_SUBTYPES['cpu-add'], MK_CPU_RESOURCE_PAYLOAD),
  cpu_remove: helper(MK_MSG.RESOURCE, MK_SUBTYPES['cpu-remove'], MK_CPU_RESOURCE_PAYLOAD),
  mem_add: helper(MK_MSG.RESOURCE, MK_SUBTYPES['mem-add'], MK_MEM_RESOURCE_PAYLOAD),
  mem_remove: helper(MK_MSG.RESOURCE, MK_SUBTYPES['mem-remove'], MK_MEM_RESOURCE_PAYLOAD),
};
