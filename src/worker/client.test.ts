import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connect, watchOver } from './client.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A worker that answers only what `answers` says. */
function hire(answers: (call: string) => boolean) {
  let hear: (event: { readonly data: unknown }) => void = () => undefined;
  const asked: string[] = [];
  const client = connect(
    {
      postMessage(message) {
        const { id, call } = message as { readonly id: number; readonly call: string };
        asked.push(call);
        if (answers(call)) queueMicrotask(() => hear({ data: { id, answer: null } }));
      },
      addEventListener: (_, listener) => (hear = listener),
    },
    () => undefined,
  );
  const onhang = vi.fn<(why: string) => void>();
  return { client, asked, onhang, stop: watchOver(client, onhang) };
}

it('leaves a worker alone that owes nothing', async () => {
  const { asked, onhang } = hire(() => false);
  await vi.advanceTimersByTimeAsync(120_000);
  expect([asked, onhang.mock.calls]).toEqual([[], []]);
});

it('lets one work as long as it gives signs of life', async () => {
  const { client, asked, onhang } = hire((call) => call === 'ping');
  void client.ask('hash', {});
  await vi.advanceTimersByTimeAsync(300_000);
  expect(asked.filter((call) => call === 'ping').length).toBeGreaterThan(10);
  expect(onhang).not.toHaveBeenCalled();
});

it('tells of one that is silent, once', async () => {
  const { client, onhang } = hire(() => false);
  void client.ask('hash', {});
  await vi.advanceTimersByTimeAsync(20_000);
  expect(onhang).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onhang.mock.calls).toEqual([['it has not answered for 20 seconds']]);
});

it('stops when it is told to, and when the worker has died', async () => {
  const told = hire(() => false);
  void told.client.ask('hash', {});
  told.stop();
  const dead = hire(() => false);
  dead.client.ask('hash', {}).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(6000);
  dead.client.die('an error');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told.onhang).not.toHaveBeenCalled();
  expect(dead.onhang).not.toHaveBeenCalled();
});
