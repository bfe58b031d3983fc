import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dockerToken, eraseDockerToken, storeDockerToken } from '../../src/hosts/docker-tokens.ts';
import { AppError } from '../../src/hosts/reason.ts';
import type { SecretReading } from '../../src/hosts/secret-store.ts';
import { storedLogin, unexpected } from '../support/identities.ts';

const KEY = 'index.docker.io/v1/access-token';
const URL = `https://${KEY}`;
const STORED = storedLogin({ host: KEY, serverUrl: URL, username: 'u', expiresAtMs: null });

test("a token of docker's own is answered as it was stored, or with why it can't be read", async () => {
  const read = (reading: SecretReading) =>
    dockerToken(KEY, {
      find: () => STORED,
      read: async () => reading,
      whyUnusable: unexpected('whyUnusable'),
    });
  assert.deepEqual(await read({ secret: 's' }), {
    kind: 'credential',
    username: 'u',
    secret: 's',
    expiresAtMs: null,
  });
  assert.deepEqual(await read({ fault: 'gone' }), { kind: 'anonymous', reasons: [] });
  const fix = { do: 'Unlock it.' };
  const why = `${URL} can't be read: it is locked`;
  assert.deepEqual(await read({ fault: { kind: 'locked', message: 'it is locked', fix } }), {
    kind: 'anonymous',
    reasons: [{ code: 'keychain-locked', why, fix }],
  });
});

test('of one that is not stored nothing is said, unless it lies there and does not count', async () => {
  const told = (why?: AppError) =>
    dockerToken(KEY, {
      find: () => undefined,
      whyUnusable: async () => why,
      read: unexpected('read'),
    });
  assert.deepEqual(await told(), { kind: 'anonymous', reasons: [] });
  assert.deepEqual(await told(new AppError({ code: 'record-open', message: 'others may read it' })), {
    kind: 'anonymous',
    reasons: [{ code: 'record-open', why: 'others may read it' }],
  });
});

test('it is kept without an end and for no cluster, and forgotten by its key', async () => {
  const kept: unknown[] = [];
  const keep = async (...all: unknown[]) => void kept.push(...all);
  await storeDockerToken({ host: KEY, serverUrl: URL, username: 'u', secret: 's' }, { keep });
  const { where: _, id: __, ...login } = STORED;
  assert.deepEqual(kept, [login, 's']);
  const erased: string[] = [];
  const erase = async (key: string) => {
    erased.push(key);
    return 'keychain' as const;
  };
  await eraseDockerToken(KEY, { erase });
  assert.deepEqual(erased, [KEY]);
});
