import { describe, expect, it } from 'vitest';
import type { Worked } from './worker-post.ts';
import { Session } from './session.svelte.ts';
import { hireFake } from '../testing/fake-worker.ts';
import { eventually } from '../testing/eventually.ts';

const FILM = { source: { kind: 'bundled', name: 'film' } } as const;

/** A session whose workers can be killed. */
function mortal() {
  const kills: ((why: string) => void)[] = [];
  const hire = (): Worked => ({ ...hireFake(), onend: (ended) => kills.push(ended) });
  return { session: new Session(hire), kills };
}

describe('a session', () => {
  it('shows what the worker answers, and tells what has just happened', async () => {
    const { session } = mortal();
    await session.load(FILM);
    expect(session.frame.step).toBe(0);
    await session.step(3);
    expect(session.frame.step).toBe(3);
    expect(session.news).toMatchObject({ jumped: false, to: session.frame.traceHead });
    await session.seek(1);
    expect(session.news.jumped).toBe(true);
    expect(session.rows.end).toBe(session.frame.traceEnd);
    session.close();
  });

  it('keeps only the newest wish while it seeks', async () => {
    const { session } = mortal();
    await session.load(FILM);
    await Promise.all([10, 20, 30, 40].map((step) => session.seek(step)));
    expect(session.frame.step).toBe(40);
    session.close();
  });

  it('makes a notice of what goes wrong, and goes on', async () => {
    const { session } = mortal();
    await session.load(FILM);
    await expect(session.ask('evaluate', { expression: '1' })).rejects.toThrow('not in the film');
    session.notices.tell(new Error('a fault'));
    expect(session.notices.list).toMatchObject([{ kind: 'bug', text: 'a fault' }]);
    expect(await session.step()).toBe(true);
    session.close();
  });

  it('replaces a worker that dies, and comes back to the moment that was shown', async () => {
    const { session, kills } = mortal();
    await session.load(FILM);
    await session.seek(25);
    kills[0]!('out of memory');
    await eventually(() => expect(session.notices.list.at(-1)?.text).toContain('back at step 25'));
    expect(session.frame.step).toBe(25);
    expect(session.notices.list[0]!.text).toContain('out of memory');
    session.close();
  });

  it('gives up on workers that keep dying, and says so', async () => {
    const { session, kills } = mortal();
    await session.load(FILM);
    for (let i = 0; i < 3; i++) kills.at(-1)!('no memory');
    expect(session.dead).toBe(true);
    expect(session.notices.list.at(-1)!.text).toContain('Reload the page');
  });
});
