import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterAccess } from '../../../src/cluster/cluster-access.ts';
import { revocableLogins } from '../../../src/commands/logout/revocable-logins.ts';
import { isDead } from '../../../src/commands/renew/overriding-logins.ts';
import type { Inspection } from '../../../src/hosts/check-token.ts';
import { givenToken, type Identity } from '../../../src/hosts/identity.ts';
import type { SecretStore } from '../../../src/hosts/secret-store.ts';
import type { Session } from '../../../src/session/session.ts';
import { connection, partialSession } from '../../session/partial-session.ts';
import { identity, jwt, SERVER, storedLogin, TOKEN, unexpected } from '../../support/identities.ts';

const HOST = 'registry.example.com';
const TYPED = `sha256~${'t'.repeat(43)}`;
const stored = storedLogin({ username: 'bob', where: 'file', boundTo: SERVER, expiresAtMs: null });
const accepted: Inspection = {
  kind: 'accepted',
  username: 'bob',
  expiresAtMs: null,
  idleEndsAtMs: undefined,
  opensImages: true,
};

/** A machine whose config links the host to one cluster, and whose kubeconfig has this login there. */
function sessionOf(
  own: Identity,
  { typed, says = accepted }: { typed?: string; says?: Inspection } = {},
): Session {
  const access = { inspectToken: async () => says } as Partial<ClusterAccess> as ClusterAccess;
  const secrets = {
    find: () => (typed === undefined ? undefined : stored),
    whyUnusable: async () => undefined,
    read: async () => ({ secret: typed ?? '' }),
  } as Partial<SecretStore> as SecretStore;
  const identities = { all: [own], current: own, problems: [], ambient: undefined };
  return partialSession({
    secrets,
    access: { ...access, within: () => access, registryTakes: unexpected('registryTakes') },
    readSettings: async () => ({ settings: { server: SERVER, user: own.user }, problem: undefined }),
    identities: async () => ({
      identities: identities as never,
      connectionOf: async () => connection(undefined),
    }),
    connectionOf: async () => connection(undefined),
  });
}

/** What would be revoked, by its user, and the codes of what would not. */
async function told(session: Session): Promise<string[]> {
  const logins = await revocableLogins(HOST, session);
  return logins.map((login) => (login.kind === 'possible' ? `revoke ${login.user}` : login.reason.code));
}

test('a login of the kubeconfig is revocable where it is an OAuth token of a verified cluster', async () => {
  assert.deepEqual(await told(sessionOf(identity())), ['revoke alice']);
  const others: Partial<Identity>[] = [
    { source: { kind: 'token', token: givenToken('eyJhbGciOiJSUzI1NiJ9.e30.x') } },
    { insecure: true },
    { source: { kind: 'token-file', path: '/run/token' } },
    { context: undefined },
  ];
  for (const other of others)
    assert.deepEqual(await told(sessionOf(identity(other))), ['not-revocable'], JSON.stringify(other));
});

test('of what was typed the cluster decides what is revoked, and whose login goes on', async () => {
  const cases: [typed: string, says: Inspection, told: string[]][] = [
    [TYPED, accepted, ['revoke bob', 'not-answered']],
    // The same token in both places is one login.
    [TOKEN, accepted, ['revoke bob']],
    [TYPED, { kind: 'rejected' }, ['revoke-rejected', 'revoke alice']],
    [TYPED, { kind: 'revoked' }, ['revoke-rejected', 'revoke alice']],
    // It can't be told: whichever the host gets goes.
    [TYPED, { kind: 'unreachable', detail: 'no route' }, ['revoke bob', 'revoke alice']],
  ];
  for (const [typed, says, expected] of cases)
    assert.deepEqual(await told(sessionOf(identity(), { typed, says })), expected, says.kind);
});

test('a login in a file is dead once it has ended or was revoked, and not for a 401 that live tokens get, too', async () => {
  const login = { host: HOST, username: 'bob', secret: TYPED };
  assert.equal(await isDead({ ...login, secret: jwt({ exp: 1 }) }, sessionOf(identity())), true);
  assert.equal(await isDead(login, sessionOf(identity(), { says: { kind: 'revoked' } })), true);
  assert.equal(await isDead(login, sessionOf(identity())), false);
  // The cluster refuses the one that it should take as well: it validates nothing just now.
  assert.equal(await isDead(login, sessionOf(identity(), { says: { kind: 'rejected' } })), false);
});
