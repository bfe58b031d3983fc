import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inspection } from '../../src/hosts/check-token.ts';
import { decideForPod, type Pod, PULL_AS } from '../../src/hosts/decide-for-pod.ts';
import type { HostFacts } from '../../src/hosts/host-facts.ts';
import type { Identity, ServiceAccountOrder } from '../../src/hosts/identity.ts';
import type { StoredLogin } from '../../src/hosts/secret-store.ts';
import type { RegistrySettings } from '../../src/registry/bind-host.ts';
import { decidePorts } from '../support/decide-ports.ts';
import { asItLies, identity, jwt, SERVER } from '../support/identities.ts';
import { codesOf, said } from '../support/said.ts';
import { accepted, minted, NOW } from './answering.ts';

const HOST = 'registry.example.com';
const ROBOT = 'robots/puller';
const node = identity({ user: 'node', context: undefined, source: { kind: 'client-certificate' } });
const POD_TOKEN = jwt({ sub: 'system:serviceaccount:shop:web', exp: NOW / 1000 + 3600 });
const pod = (annotations: Record<string, string> = {}, token: string | undefined = POD_TOKEN): Pod => ({
  token,
  annotations,
});
const STATIC: Pod = { token: undefined, annotations: {} };

interface World {
  readonly says?: Inspection;
  readonly all?: Identity[];
  readonly problem?: HostFacts['settings']['problem'];
  readonly stored?: StoredLogin;
  readonly isSignedOut?: boolean;
}

/** What a pod gets with this entry in the config, and what was done for it. */
async function decide(settings: RegistrySettings | undefined, asked: Pod, world: World = {}) {
  const obtained: { who: Identity; order: ServiceAccountOrder | undefined }[] = [];
  const shown: string[] = [];
  const ports = decidePorts({
    nowMs: () => NOW,
    readSettings: async () => ({ settings, problem: world.problem }),
    readIdentities: async () => ({ all: world.all ?? [node], current: undefined, problems: [] }),
    findStored: async () => world.stored,
    isHostSignedOut: async () => world.isSignedOut ?? false,
    obtainToken: async (_host, who, order) => {
      obtained.push({ who, order });
      if (order !== undefined) return minted('a robot');
      return who.source.kind === 'token' ? asItLies({ token: who.source.token }) : minted('a node');
    },
    recallKnowledge: () => ({ fingerprint: `fingerprint of ${POD_TOKEN.length}`, revoked: true }),
    inspectToken: async (_identity, token) => {
      shown.push(token);
      return world.says ?? accepted({ username: 'system:serviceaccount:shop:web' });
    },
  });
  const decision = await decideForPod(HOST, asked, ports);
  const { answer } = decision;
  const secret = answer.kind === 'credential' ? answer.secret : undefined;
  return { ...decision, secret, codes: codesOf(answer), obtained, shown };
}
const own = { server: SERVER, pods: 'own-token' } as const;
const annotated = { server: SERVER, serviceAccount: ROBOT, pods: 'annotated' } as const;

test('without a word of the config no pod gets anything, whoever is logged in on the node', async () => {
  for (const settings of [undefined, {}, { server: SERVER }, { server: SERVER, serviceAccount: ROBOT }]) {
    for (const asked of [STATIC, pod(), pod({ [PULL_AS]: ROBOT })]) {
      const { codes, obtained, shown } = await decide(settings, asked, { all: [identity()] });
      assert.deepEqual([codes, obtained, shown], [['pods-not-allowed'], [], []]);
    }
  }
});

test('a broken config opens nothing', async () => {
  const problem = { code: 'config-broken', why: 'line 3' };
  for (const pods of ['own-token', 'annotated', 'all'] as const) {
    const { codes, shown } = await decide({ ...annotated, pods }, pod(), { problem });
    assert.deepEqual([codes, shown], [['config-broken'], []], pods);
  }
});

test("a pod of the registry's own cluster gets its own token, which the cluster was asked about", async () => {
  const { answer, secret, shown, obtained, identity: whose } = await decide(own, pod());
  assert.equal(secret, POD_TOKEN);
  assert.deepEqual(shown, [POD_TOKEN]);
  assert.equal(answer.kind === 'credential' && answer.username, 'system-serviceaccount-shop-web');
  assert.deepEqual(
    obtained.map(({ order }) => order),
    [undefined],
  );
  assert.deepEqual([whose?.server, whose?.context], [SERVER, undefined]);
});

test("a pod's own token is kept in no file, and neither is what else one pod alone gets", async () => {
  for (const [settings, asked] of [
    [own, pod()],
    [own, STATIC],
    [annotated, pod({ [PULL_AS]: ROBOT })],
    [annotated, pod()],
    [{ server: SERVER }, pod()],
  ] as const) {
    assert.equal((await decide(settings, asked)).mayBeKept, false);
  }
});

test('a static pod gets no token where pods get their own', async () => {
  const { codes, obtained } = await decide(own, STATIC);
  assert.deepEqual([codes, obtained], [['pod-without-token'], []]);
});

test('what is no token of a service account is shown to no cluster', async () => {
  for (const token of ['x', `sha256~${'k'.repeat(43)}`, jwt({}), jwt({ sub: 'alice' }), '..']) {
    const { codes, shown } = await decide(own, pod({}, token));
    assert.deepEqual([codes, shown], [['no-pod-token'], []], token);
  }
});

test("another cluster's token, an expired one and one that can't be checked are not answered", async () => {
  const cases: [Inspection, string, Pod][] = [
    [{ kind: 'rejected' }, 'token-refused', pod()],
    [{ kind: 'rejected' }, 'token-refused', pod({}, jwt({ sub: 'system:serviceaccount:a:b', exp: 5 }))],
    [accepted({ expiresAtMs: NOW + 59_000 }), 'token-expiring', pod()],
    [accepted({ expiresAtMs: NOW - 1 }), 'token-expired', pod()],
  ];
  for (const [says, code, asked] of cases) {
    assert.deepEqual((await decide(own, asked, { says })).codes, [code]);
  }
});

test("a pod's token goes to the server that the config names, by the only way that is known to it", async () => {
  const one = identity({ user: 'a', context: 'a', route: 'one' });
  const other = identity({ user: 'b', context: 'b', route: 'other' });
  assert.equal((await decide(own, pod(), { all: [one] })).identity?.route, 'one');
  const { codes, shown } = await decide(own, pod(), { all: [one, other] });
  assert.deepEqual([codes, shown], [['ambiguous-route'], []]);
});

test('a host that was signed out of, or is anonymous, gets no token of a pod', async () => {
  const signedOut = await decide(own, pod(), { isSignedOut: true });
  assert.deepEqual([signedOut.codes, signedOut.shown], [['signed-out'], []]);
  const anonymous = await decide({ ...own, anonymous: true }, pod());
  assert.deepEqual([anonymous.answer, anonymous.shown], [{ kind: 'anonymous', reasons: [] }, []]);
});

test('a robot answers for those pods alone whose service account names it', async () => {
  for (const names of [ROBOT, `a/b, ${ROBOT}`, ` ${ROBOT} ,c/d`]) {
    const { secret, obtained } = await decide(annotated, pod({ [PULL_AS]: names }));
    assert.equal(secret, 'a robot', names);
    assert.equal(obtained[0]?.order?.name, 'puller');
  }
  for (const names of ['', 'robots/other', 'puller', `${ROBOT}s`, `x${ROBOT}`, `${ROBOT} a/b`]) {
    const { codes, obtained } = await decide(annotated, pod({ [PULL_AS]: names }));
    assert.deepEqual([codes, obtained], [['robot-not-named'], []], names);
  }
  assert.deepEqual((await decide(annotated, STATIC)).codes, ['robot-not-named']);
});

test('the command that names the robot leaves the names that are there, and is of a length to paste', async () => {
  const says = async (asked: Pod) => said((await decide(annotated, asked)).answer);
  const command = `[robot-not-named]. Run: oc annotate serviceaccount web -n shop --overwrite ${PULL_AS}=`;
  for (const [names, value] of [
    ['', ROBOT],
    ['a/b,c/d', `a/b,c/d,${ROBOT}`],
    ["a/b, '; reboot #", `a/b,${ROBOT}`],
  ] as const) {
    assert.ok((await says(pod({ [PULL_AS]: names })))?.endsWith(command + value), names);
  }
  for (const asked of [STATIC, pod({}, jwt({ sub: 'alice' })), pod({ [PULL_AS]: 'a/b,'.repeat(300) })]) {
    assert.ok((await says(asked))?.endsWith(`annotate it: "${PULL_AS}: ${ROBOT}".`));
  }
});

test('a robot that a service account may name is no reason to hand out what a person typed', async () => {
  const stored = { id: 'x', host: HOST, serverUrl: HOST, username: 'carol', where: 'file' } as const;
  const { secret } = await decide(annotated, pod({ [PULL_AS]: ROBOT }), { stored: stored as StoredLogin });
  assert.equal(secret, 'a robot');
});

test('every pod gets what the host gets, where the config says all', async () => {
  for (const asked of [STATIC, pod(), pod({ [PULL_AS]: 'a/b' })]) {
    const all = { server: SERVER, serviceAccount: ROBOT, pods: 'all' } as const;
    const { secret, mayBeKept } = await decide(all, asked);
    assert.deepEqual([secret, mayBeKept], ['a robot', true]);
  }
});
