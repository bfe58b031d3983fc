import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../src/hosts/answer.ts';
import type { AnswerPorts, Inspection, TypedLoginWord } from '../../src/hosts/check-token.ts';
import { decideAnswer } from '../../src/hosts/decide-answer.ts';
import type { FactPorts } from '../../src/hosts/gather-facts.ts';
import { AppError, inOneLine } from '../../src/hosts/reason.ts';
import type { SecretReading, StoredLogin } from '../../src/hosts/secret-store.ts';
import type { RegistrySettings } from '../../src/registry/bind-host.ts';
import { decidePorts } from '../support/decide-ports.ts';
import { asItLies, identity, jwt, SERVER, storedLogin, TOKEN, unexpected } from '../support/identities.ts';
import { said, warned } from '../support/said.ts';
import { accepted, DAY, NOW } from './answering.ts';

const HOST = 'registry.example.com';
/** A token of alice's cluster, as it is typed. */
const ROBOTS = TOKEN.replace(/.$/, '-');
const alice = identity();
const BOUND: RegistrySettings = { server: SERVER, user: 'alice' };

interface Given {
  host?: string;
  settings?: RegistrySettings;
  stored?: Partial<StoredLogin>;
  reading?: SecretReading;
  /** What the cluster says of the stored secret; of the context's own token it says that it is good. */
  says?: Inspection;
  /** What the registry says of it; it is asked where no cluster is. */
  registrySays?: TypedLoginWord;
  ports?: Partial<FactPorts & AnswerPorts>;
}

/** Whether what is stored is a token of alice's cluster; else it is a password. */
const isOfCluster = ({ settings, ports, stored }: Given) =>
  settings !== undefined || ports?.readClaim !== undefined || stored?.boundTo !== undefined;

async function decide(given: Given = {}) {
  const {
    host = HOST,
    settings,
    reading = { secret: isOfCluster(given) ? ROBOTS : 'typed' },
    says = accepted(),
  } = given;
  const asked: string[] = [];
  const stored = storedLogin({ host, ...given.stored });
  const decision = await decideAnswer(
    host,
    decidePorts({
      nowMs: () => NOW,
      readSettings: async () => ({ settings, problem: undefined, warning: undefined }),
      readIdentities: async () => {
        asked.push('kubeconfig');
        return { all: [alice], current: alice, problems: [] };
      },
      readClaim: async () => {
        asked.push('claim');
        return { claimed: false, rivals: [] };
      },
      obtainToken: async (_host, who) =>
        asItLies(who.source.kind === 'token' ? { token: who.source.token } : {}),
      fingerprintOf: (token) => `f${token.length}`,
      inspectToken: async (_who, token) => {
        asked.push(token === TOKEN ? 'own' : 'stored');
        return token === TOKEN ? accepted() : says;
      },
      probeRegistry: async () => 'unreachable',
      registryTakes: async () => false,
      probeTypedLogin: async (name, username, secret) => {
        asked.push(`${name} about ${username}:${secret}`);
        return given.registrySays ?? unexpected('probeTypedLogin')();
      },
      findStored: async () => stored,
      noteCluster: (login, server) => void asked.push(`${login.id} is of ${server}`),
      readStored: async () => reading,
      ...given.ports,
    }),
  );
  return { ...decision, asked };
}
const secretOf = ({ answer }: { answer: { kind: string; secret?: string } }) => answer.secret;
const reasonOf = ({ answer }: { answer: Answer }) => said(answer);

const TYPED = { kind: 'credential', username: 'robot', secret: 'typed', expiresAtMs: null } as const;

test('for a host of no cluster it is answered as it was typed, once the registry, and nobody else, has accepted it', async () => {
  for (const host of [HOST, 'quay.io', 'index.docker.io', 'registry.redhat.io']) {
    const { answer, asked, stored } = await decide({ host, registrySays: 'accepted' });
    // It is a password: no cluster is asked whether the host is its own.
    const before = host === HOST ? ['kubeconfig'] : [];
    assert.deepEqual([answer, asked, stored?.id], [TYPED, [...before, `${host} about robot:typed`], '1']);
  }
});

test('one that the registry refuses is told with what fixes it, and pulls go on anonymously', async () => {
  const decision = await decide({ host: 'quay.io', registrySays: 'refused' });
  assert.equal(
    reasonOf(decision),
    'The login of robot stored for quay.io is not accepted by quay.io [typed-refused]. Run docker login quay.io or podman login --authfile ~/.docker/config.json quay.io.',
  );
  assert.deepEqual([decision.stored, decision.mayBeKept], [undefined, undefined]);
  assert.deepEqual(decision.knowledge, { fingerprint: 'stored 1', refused: true });
});

test("a registry that can't say speaks against nothing: one that fails is asked again soon", async () => {
  const unknown = await decide({ host: 'quay.io', registrySays: 'unknown' });
  assert.deepEqual(unknown.answer, TYPED);
  const failing = await decide({ host: 'quay.io', registrySays: 'failing' });
  assert.deepEqual(failing.answer, { ...TYPED, unchecked: true });
});

test('one that was refused stays so until the registry accepts it, and another login is no longer that one', async () => {
  const known = { fingerprint: 'stored 1', refused: true };
  const ports = { recallKnowledge: () => known };
  for (const registrySays of ['unknown', 'failing'] as const) {
    const refused = await decide({ host: 'quay.io', registrySays, ports });
    assert.deepEqual([refused.answer.kind, refused.knowledge], ['anonymous', known], registrySays);
    const another = await decide({ host: 'quay.io', registrySays, ports, stored: { id: '2' } });
    assert.equal(secretOf(another), 'typed', registrySays);
  }
  const accepted = await decide({ host: 'quay.io', registrySays: 'accepted', ports });
  assert.deepEqual([secretOf(accepted), accepted.knowledge], ['typed', { fingerprint: 'stored 1' }]);
});

const CLAIMS = { readClaim: async () => ({ claimed: true, rivals: [] }) };

test('a cluster that calls the host its own checks it, once the registry took a token of that cluster, and that is noted', async () => {
  const probes: unknown[] = [];
  const ports: Partial<FactPorts & AnswerPorts> = {
    ...CLAIMS,
    registryTakes: async (host, token) => {
      probes.push([host, token]);
      return true;
    },
  };
  const good = await decide({ ports });
  assert.deepEqual([secretOf(good), good.identity?.server], [ROBOTS, SERVER]);
  assert.deepEqual(probes, [[HOST, TOKEN]]);
  assert.ok(good.asked.includes(`1 is of ${SERVER}`));
  const dead = await decide({ ports, says: { kind: 'rejected' } });
  assert.equal(secretOf(dead), TOKEN);
  assert.match(warned(dead) ?? '', /^The login of robot stored for .* (?:was refused|is not accepted by)/);
});

test('it goes to no cluster that only claims the host, whatever the registry says of it', async () => {
  const unproven: Partial<FactPorts & AnswerPorts>[] = [
    { ...CLAIMS, registryTakes: async () => false },
    { ...CLAIMS, isSignedOut: async () => true, registryTakes: unexpected('registryTakes') },
    { readClaim: async () => ({ claimed: true, rivals: ['https://b'] }), registryTakes: unexpected('it') },
    {
      ...CLAIMS,
      obtainToken: async () => {
        throw new AppError({ code: 'none', message: 'there is none' });
      },
    },
  ];
  for (const [index, ports] of unproven.entries()) {
    const { answer, asked } = await decide({ ports, registrySays: 'accepted', reading: { secret: ROBOTS } });
    assert.deepEqual(answer, { ...TYPED, username: 'robot-', secret: ROBOTS }, String(index));
    assert.ok(!asked.some((one) => one === 'stored' || one.startsWith('1 is of')), String(index));
  }
});

test('one that was stored for another cluster than the host is linked to now is sent nowhere, and not even read', async () => {
  const ports = { readStored: unexpected('readStored') };
  const boundTo = 'https://api.other.example.com:6443';
  const { warnings, asked, ...decision } = await decide({ settings: BOUND, stored: { boundTo }, ports });
  assert.equal(secretOf(decision), TOKEN);
  assert.equal(
    inOneLine(warnings ?? []),
    `The login of robot stored for ${HOST} is for api.other.example.com:6443, and the host is linked to api.example.com:6443 now [typed-for-another]. Run docker login ${HOST} or podman login --authfile ~/.docker/config.json ${HOST}.`,
  );
  assert.deepEqual(asked, ['kubeconfig', 'own']);
});

test('where a registry refuses it, what the current context has for the host takes its place', async () => {
  const decision = await decide({ registrySays: 'refused', ports: CLAIMS });
  assert.equal(secretOf(decision), TOKEN);
  assert.match(
    warned(decision) ?? '',
    /^The login of robot stored for .* (?:was refused|is not accepted by)/,
  );
});

/** @param endMs a whole second */
const endingAt = (endMs: number) => jwt({ exp: endMs / 1000 });

test('a JWT that has ended is answered to nobody, though no cluster is asked', async () => {
  const decision = await decide({ host: 'quay.io', reading: { secret: endingAt(NOW - 3 * DAY) } });
  assert.equal(
    reasonOf(decision),
    'The login of robot stored for quay.io expired 3 days ago [typed-expired]. Run docker login quay.io or podman login --authfile ~/.docker/config.json quay.io.',
  );
  assert.equal(
    secretOf(
      await decide({ host: 'quay.io', reading: { secret: endingAt(NOW + DAY) }, registrySays: 'accepted' }),
    ),
    endingAt(NOW + DAY),
  );
});

test('one whose end is known to be over is not even read from the keychain', async () => {
  const ports = { readStored: unexpected('readStored') };
  const { answer } = await decide({ host: 'quay.io', stored: { expiresAtMs: NOW + 30_000 }, ports });
  assert.equal(answer.kind, 'anonymous');
});

test("for a cluster's host it comes before the context's own, once the cluster accepts it", async () => {
  const { answer, asked, identity: who } = await decide({ settings: BOUND });
  assert.deepEqual(answer, {
    kind: 'credential',
    username: 'robot-',
    secret: ROBOTS,
    expiresAtMs: NOW + 30 * DAY,
    warnAfterMs: NOW + 23 * DAY,
  });
  const noted = `1 is of ${SERVER}`;
  assert.deepEqual([asked, who?.server, who?.isStored], [['kubeconfig', noted, 'stored'], SERVER, true]);
});

test("a password for a cluster's host is shown to nobody, and the context's own token takes its place", async () => {
  const decision = await decide({ settings: BOUND, reading: { secret: 'typed' } });
  assert.equal(secretOf(decision), TOKEN);
  assert.deepEqual(
    decision.warnings?.map(({ code }) => code),
    ['typed-no-token'],
  );
  assert.ok(!decision.asked.includes('stored'));
});

test("what may be a token, of another issuer, is judged by the registry of a cluster's host and shown to no API", async () => {
  const secret = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL290aGVyIn0.c2ln';
  const { answer, asked } = await decide({ settings: BOUND, reading: { secret }, registrySays: 'accepted' });
  assert.deepEqual([answer, asked], [{ ...TYPED, secret }, ['kubeconfig', `${HOST} about robot:${secret}`]]);
});

test('a cluster that can be reached in two ways is not asked about it, and both entries are named', async () => {
  const server = 'https://api.other.example.com:6443';
  const all = ['a', 'b'].map((context) => identity({ server, context, route: context }));
  const readIdentities = async () => ({ all, current: alice, problems: [] });
  const decision = await decide({ settings: { server, user: 'alice' }, ports: { readIdentities } });
  assert.equal(decision.answer.kind, 'anonymous');
  assert.match(reasonOf(decision) ?? '', /context a and context b/);
});

test("an expired one is over, and the context's own takes its place without a word", async () => {
  const decision = await decide({ settings: BOUND, stored: { expiresAtMs: NOW - DAY } });
  assert.deepEqual([secretOf(decision), decision.warnings, decision.stored], [TOKEN, undefined, undefined]);
});

test("one that the cluster refuses, or can't judge, gives way to the context's own, and that is told", async () => {
  for (const says of [
    { kind: 'rejected' },
    { kind: 'revoked' },
    { kind: 'unreachable', detail: 'timeout' },
    { kind: 'unavailable', detail: '500' },
    accepted({ opensImages: false }),
  ] as const) {
    const decision = await decide({ settings: BOUND, says });
    assert.equal(secretOf(decision), TOKEN, says.kind);
    assert.match(
      warned(decision) ?? '',
      /login of robot stored for|of a scope that opens no image/,
      says.kind,
    );
  }
});

test("a keychain that can't be read is told, and asked again at once where that costs no time", async () => {
  const fault = { kind: 'locked', message: 'the keyring is locked', fix: { do: 'Unlock it.' } } as const;
  const words = `The login of robot stored for ${HOST} can't be read: the keyring is locked [keychain-locked]. Unlock it.`;
  const own = await decide({ settings: BOUND, reading: { fault } });
  assert.deepEqual([secretOf(own), warned(own)], [TOKEN, words]);
  assert.equal(own.answer.kind === 'credential' && own.answer.unchecked, true);
  assert.equal(own.mayBeRepeated, false);
  const hanging = await decide({ settings: BOUND, reading: { fault: { ...fault, kind: 'hanging' } } });
  assert.notEqual(hanging.mayBeRepeated, false, 'each get would wait for it again');
  const nothing = await decide({ host: 'quay.io', reading: { fault } });
  assert.equal(nothing.mayBeKept, false);
  assert.equal(reasonOf(nothing), words.replace(HOST, 'quay.io'));
});

test('one that someone took out of the keychain is told with what brings it back', async () => {
  const decision = await decide({ host: 'quay.io', reading: { fault: 'gone' } });
  assert.match(
    reasonOf(decision) ?? '',
    /is not where it was kept any more \[typed-gone\]\. Run docker login quay\.io or podman login --authfile ~\/\.docker\/config\.json quay\.io\.$/,
  );
});

test('where the config wants no credential sent, and after `logout`, nothing stored is answered', async () => {
  const ports = { readStored: unexpected('readStored') };
  assert.equal((await decide({ settings: { anonymous: true }, ports })).answer.kind, 'anonymous');
  const signedOut = await decide({ settings: BOUND, ports: { ...ports, isHostSignedOut: async () => true } });
  assert.equal(signedOut.answer.kind, 'anonymous');
});

test("a host that was a cluster's by its own word when it was typed is checked there still", async () => {
  const { asked, stored } = await decide({ stored: { boundTo: SERVER } });
  assert.deepEqual([asked, stored?.id], [['kubeconfig', 'stored'], '1']);
});

test('a context by name that is gone leaves the cluster unknown: what was typed is not sent on trust', async () => {
  const decision = await decide({ settings: { context: 'gone' } });
  assert.equal(decision.answer.kind, 'anonymous');
  assert.match(
    reasonOf(decision) ?? '',
    /can't be checked: its cluster can't be told \[typed-unchecked\]\. The context gone/,
  );
});

test("one that does not count is told with what fixes it, and the context's own takes its place", async () => {
  const unusable = new AppError({
    code: 'x',
    message: 'The login is not used: f is open',
    fix: { run: 'chmod 600 f' },
  });
  const ports = { findStored: async () => undefined, whyStoredUnusable: async () => unusable };
  const words = 'The login is not used: f is open [x]. Run: chmod 600 f';
  const own = await decide({ settings: BOUND, ports });
  assert.deepEqual([secretOf(own), warned(own)], [TOKEN, words]);
  const none = await decide({ host: 'quay.io', ports });
  assert.deepEqual([reasonOf(none), none.mayBeKept], [words, false]);
  const signedOut = await decide({ settings: BOUND, ports: { ...ports, isHostSignedOut: async () => true } });
  assert.ok(!reasonOf(signedOut)?.includes('not used'));
});

test('one that another took the place of, between the look at what is stored and at the secret, gives way to it', async () => {
  const login = (id: string) => storedLogin({ username: `u${id}`, where: 'file', id });
  const ids = ['1', '2', '3', '3'];
  const { answer, stored } = await decide({
    registrySays: 'accepted',
    ports: {
      findStored: async () => login(ids.shift() ?? ''),
      readStored: async ({ id }) => (id === '3' ? { secret: 's3' } : { fault: 'gone' }),
    },
  });
  assert.deepEqual([answer.kind === 'credential' && answer.username, stored?.id], ['u3', '3']);
});

test('who typed a login that is missed has not signed out, whatever becomes of their own', async () => {
  const signedOut = async (ports: Partial<FactPorts & AnswerPorts>) =>
    (await decide({ settings: BOUND, says: { kind: 'rejected' }, ports })).signedOut;
  const refused: Partial<FactPorts & AnswerPorts> = { inspectToken: async () => ({ kind: 'rejected' }) };
  assert.equal(await signedOut(refused), false);
  assert.equal(await signedOut({ ...refused, findStored: async () => undefined }), undefined);
});

test('a defect of what a typed login is checked by is no reason, whoever asks', async () => {
  const defect = async (): Promise<never> => {
    throw new TypeError('a defect');
  };
  const isProved = { ...CLAIMS, registryTakes: async () => true };
  for (const ports of [
    { ...CLAIMS, registryTakes: defect },
    { ...isProved, inspectToken: defect },
  ]) {
    await assert.rejects(decide({ ports }), TypeError);
  }
});

test('a login whose keychain is locked is not looked for again, and who has a certificate alone proves no registry', async () => {
  let looks = 0;
  const ports: Partial<FactPorts & AnswerPorts> = {
    findStored: async () => {
      looks += 1;
      const kept = { username: 'robot', where: 'keychain', id: String(looks) } as const;
      return { ...kept, host: HOST, serverUrl: HOST, boundTo: undefined, expiresAtMs: undefined };
    },
    readStored: async () => ({ fault: { kind: 'locked', message: 'locked', fix: { do: 'Unlock it.' } } }),
  };
  assert.equal((await decide({ host: 'quay.io', ports })).answer.kind, 'anonymous');
  assert.equal(looks, 1);
  const certified = { ...alice, source: { kind: 'client-certificate' } } as const;
  const unproved = await decide({
    ports: {
      ...CLAIMS,
      readIdentities: async () => ({ all: [certified], current: certified, problems: [] }),
      obtainToken: unexpected('obtainToken'),
      registryTakes: unexpected('registryTakes'),
    },
    registrySays: 'accepted',
  });
  assert.ok(!unproved.asked.includes('stored'));
});

test('why a login does not count is asked only where none that counts is kept', async () => {
  const ports = { whyStoredUnusable: unexpected('whyStoredUnusable') };
  assert.equal((await decide({ host: 'quay.io', registrySays: 'accepted', ports })).stored?.id, '1');
});
