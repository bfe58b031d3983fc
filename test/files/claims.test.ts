import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { claimFile, readAllClaims, readClaimFile, saveClaim } from '../../src/files/kept-tokens.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const A = 'https://api.a.example.com:6443';
const B = 'https://api.b.example.com:6443';
const connectionTo = (server: string) => ({
  server,
  ca: undefined,
  tlsServerName: undefined,
  proxyUrl: undefined,
  insecure: false,
});
const word = (server: string) => ({ server, hosts: ['r.example.com'], exhaustive: true, askedAtMs: 5 });

test("clusters' words are kept, and read one by one or all at once", async (t) => {
  const cache = temporaryDirectory(t);
  assert.deepEqual(readAllClaims(cache, uid), []);
  assert.equal(readClaimFile(claimFile(cache, connectionTo(A)), uid), undefined);
  for (const server of [A, B]) await saveClaim(claimFile(cache, connectionTo(server)), word(server), uid);
  assert.deepEqual(readClaimFile(claimFile(cache, connectionTo(A)), uid), word(A));
  const servers = readAllClaims(cache, uid).map(({ server }) => server);
  assert.deepEqual(servers.sort(), [A, B]);
});

test('the same server by another CA, name or proxy speaks for another cluster', () => {
  const ways = [
    {},
    { ca: '' },
    { ca: 'a CA' },
    { ca: 'another CA' },
    { tlsServerName: 'other.example.com' },
    { proxyUrl: 'http://proxy.example.com' },
    { insecure: true },
  ];
  const files = ways.map((way) => claimFile('/cache', { ...connectionTo(A), ...way }));
  assert.equal(new Set(files).size, ways.length);
});

test('a word that is torn, or of another make, counts for nothing', (t) => {
  const cache = temporaryDirectory(t);
  mkdirSync(join(cache, 'claims'), { mode: 0o700 });
  const path = claimFile(cache, connectionTo(A));
  for (const text of [
    '',
    '{',
    'null',
    '7',
    '{}',
    `{"server":"${A}","hosts":"r.example.com","askedAtMs":5}`,
  ]) {
    writeFileSync(path, text, { mode: 0o600 });
    assert.equal(readClaimFile(path, uid), undefined, text);
  }
  const half = { ...word(A), hosts: ['r.example.com', 7, null], exhaustive: 'yes' };
  writeFileSync(path, JSON.stringify(half), { mode: 0o600 });
  assert.deepEqual(readClaimFile(path, uid), { ...word(A), exhaustive: false });
});
