import { expect, it } from 'vitest';
import { EMPTY_FRAME } from './empty-frame.ts';
import { Selection } from './selection.svelte.ts';

const LESSON = { select: 'cpu4', tab: 'messages' };

it('shows what the lesson asks for', () => {
  const selection = new Selection();
  selection.show(LESSON, EMPTY_FRAME);
  expect(selection.now).toEqual({ kind: 'cpu', cpu: 4 });
  expect(selection.tab).toBe('messages');
});

it('keeps what the visitor chose after that when time jumps, not when the lesson goes on', () => {
  const selection = new Selection();
  selection.show(LESSON, EMPTY_FRAME);
  selection.select({ kind: 'kernel', name: 'host' });
  selection.show({}, EMPTY_FRAME, true);
  selection.show(LESSON, EMPTY_FRAME, true);
  expect(selection.now).toEqual({ kind: 'kernel', name: 'host' });
  expect(selection.tab).toBe('kernel');
  selection.show({ select: 'cpu5' }, EMPTY_FRAME);
  expect(selection.now).toEqual({ kind: 'cpu', cpu: 5 });
});

it('keeps an open tab apart from what is selected', () => {
  const selection = new Selection();
  selection.show(LESSON, EMPTY_FRAME);
  selection.tab = 'hazards';
  selection.show({ select: 'cpu5', tab: 'memory' }, EMPTY_FRAME, true);
  expect(selection.now).toEqual({ kind: 'cpu', cpu: 5 });
  expect(selection.tab).toBe('hazards');
});

it('follows the lesson through a jump when nothing was chosen', () => {
  const selection = new Selection();
  selection.show(LESSON, EMPTY_FRAME);
  selection.show({ select: 'cpu5', tab: 'memory' }, EMPTY_FRAME, true);
  expect(selection.now).toEqual({ kind: 'cpu', cpu: 5 });
  expect(selection.tab).toBe('memory');
});

it('leaves the breakpoints open', () => {
  const selection = new Selection();
  selection.tab = 'breaks';
  selection.show(LESSON, EMPTY_FRAME);
  expect(selection.now).toEqual({ kind: 'cpu', cpu: 4 });
  expect(selection.tab).toBe('breaks');
});
