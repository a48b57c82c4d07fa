import { Refused } from '../sim/base/assert.ts';
import type { Call, Failure, Handlers, Port, Push, Request } from './protocol.ts';

/** Says something to the page without being asked. */
export type Tell = (push: Push) => void;

/** Calls whose answers are made for the page alone: their columns are handed over, not copied. */
const HANDED_OVER: ReadonlySet<Call> = new Set(['rows', 'compileTree', 'mapTree']);

/**
 * Answers what comes through the port. Requests are answered in the order in which their handlers
 * finish. Columns of rows are handed over as well: who gives them out must not keep them.
 */
export function serve(port: Port, make: (tell: Tell) => Handlers): void {
  const handlers = make((push) =>
    port.postMessage(push, push.push === 'frame' ? buffersOf(push.rows) : []),
  );
  port.addEventListener('message', ({ data }) => {
    // Only our own page is at the other end; the protocol is checked when it is compiled.
    void reply(port, handlers, data as Request);
  });
}

async function reply(port: Port, handlers: Handlers, { id, call, ask }: Request): Promise<void> {
  try {
    // TypeScript cannot see that `ask` is the one of `call`; the union it came from says so.
    const handler = handlers[call] as (ask: Request['ask']) => unknown;
    const answer = await handler(ask);
    port.postMessage({ id, answer }, HANDED_OVER.has(call) ? buffersOf(answer) : []);
  } catch (error) {
    port.postMessage({ id, failure: failureOf(error) });
  }
}

/** Only what is marked as the user's doing is shown as such; a stray TypeError is a bug of ours. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refused) {
    const { message: why, place } = error;
    return place ? { kind: 'refused', why, place } : { kind: 'refused', why };
  }
  const known = error instanceof Error ? error : new Error(String(error));
  return { kind: 'bug', why: `${known.name}: ${known.message}`, stack: known.stack ?? '' };
}

/** Buffers of the columns in an answer, and in what it is made of. */
export const buffersOf = (value: unknown): ArrayBuffer[] =>
  Object.values(value as object).flatMap((part: unknown) => {
    if (ArrayBuffer.isView(part))
      return part.buffer instanceof ArrayBuffer && part.buffer.byteLength > 0 ? [part.buffer] : [];
    return part !== null && typeof part === 'object' && !Array.isArray(part) ? buffersOf(part) : [];
  });
