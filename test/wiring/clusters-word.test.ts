import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimFile, saveClaim } from '../../src/files/claims.ts';
import type { Identity } from '../../src/hosts/identity.ts';
import { readClusterClaim } from '../../src/wiring/clusters-word.ts';
import { identity } from '../support/identities.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { connection, partialSession } from './partial-session.ts';

const HOST = 'registry.example.com';
const CA = 'the CA';
const RIVAL = 'https://api.example.com:7443';

test('a rival is a cluster of the kubeconfig: one that left it claims nothing any more', async (t) => {
  const cache = `${temporaryDirectory(t)}/cache`;
  const uid = process.geteuid?.();
  const own = identity();
  for (const server of [own.server, RIVAL]) {
    const word = { server, hosts: [HOST], exhaustive: true, askedAtMs: Date.now() };
    await saveClaim(claimFile(cache, { ...connection(CA), server }), word, uid);
  }
  const claimWith = (...all: Identity[]) => {
    const identities = { all, current: own, problems: [] };
    const session = partialSession({
      cache,
      connectionOf: async () => connection(CA),
      identities: async () => ({ identities, connectionOf: async () => connection(CA) }),
    });
    return readClusterClaim(HOST, own, session, false);
  };
  assert.deepEqual(await claimWith(own, identity({ server: RIVAL })), { claimed: true, rivals: [RIVAL] });
  assert.deepEqual(await claimWith(own), { claimed: true, rivals: [] });
});
