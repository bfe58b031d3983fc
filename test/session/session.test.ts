import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REST_MS } from '../../src/files/sources.ts';
import { sessionAtRest } from '../../src/session/session.ts';
import { unexpected } from '../support/identities.ts';
import { partialSession } from './partial-session.ts';

/** Sessions whose files were at rest, or not, one after the other, and what was done with them. */
function sessions(...atRest: boolean[]) {
  const did: string[] = [];
  const open = () => {
    const name = `session ${did.filter((step) => step.startsWith('open')).length + 1}`;
    const wereAtRest = atRest.shift() ?? unexpected('open')();
    did.push(`open ${name}`);
    return partialSession({
      cache: name,
      sources: { track: unexpected('track'), stamps: unexpected('stamps'), wereAtRest: () => wereAtRest },
      waitMs: async (ms) => void did.push(`wait ${ms}`),
    });
  };
  return { did, open, read: async ({ cache }: { cache: string | null }) => void did.push(`read ${cache}`) };
}

test('files that were at rest are read once', async () => {
  const { did, open, read } = sessions(true);
  assert.equal((await sessionAtRest(open, read)).cache, 'session 1');
  assert.deepEqual(did, ['open session 1', 'read session 1']);
});

test('files that were written a moment ago are read anew when they are at rest', async () => {
  const { did, open, read } = sessions(false, true);
  assert.equal((await sessionAtRest(open, read)).cache, 'session 2');
  assert.deepEqual(did, ['open session 1', 'read session 1', `wait ${REST_MS}`, 'open session 2']);
});
