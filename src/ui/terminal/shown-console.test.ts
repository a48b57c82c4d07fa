import { expect, it } from 'vitest';
import { follow } from './shown-console.ts';

const names = ['host', 'web-server'];
const at = { name: 'host', busy: '' };

it('shows the console a lesson types on, until another is chosen', () => {
  const moved = follow(at, '', 'web-server', names);
  expect(moved.name).toBe('web-server');
  expect(follow(moved, 'host', 'web-server', names).name).toBe('host');
  expect(follow(moved, '', '', names).name).toBe('web-server');
});

it('shows the first one when the other is gone', () => {
  expect(follow({ name: 'gone', busy: '' }, '', '', names).name).toBe('host');
  expect(follow(at, '', '', []).name).toBe('');
});
