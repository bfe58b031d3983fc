import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenKnowledge } from '../../src/hosts/cached-answer.ts';
import type { AnswerPorts, Inspection } from '../../src/hosts/check-token.ts';
import { decideAnswer, ownerOf } from '../../src/hosts/decide-answer.ts';
import type { FactPorts } from '../../src/hosts/gather-facts.ts';
import type { Identity } from '../../src/hosts/identity.ts';
import { AppError, type Reason } from '../../src/hosts/reason.ts';
import type { Resolution } from '../../src/hosts/resolve-host.ts';
import { decidePorts as ports } from '../support/decide-ports.ts';
import { asItLies, identity, SERVER, storedLogin, TOKEN, unexpected } from '../support/identities.ts';
import { codesOf, said } from '../support/said.ts';

const HOST = 'registry.example.com';
const alice = identity();
const ODD: Reason = { code: 'config-broken', why: 'config.yaml:9:1: odd' };
const nothing = { kind: 'anonymous', reasons: [] };
const accepted: Inspection = {
  kind: 'accepted',
  username: 'alice',
  expiresAtMs: null,
  idleEndsAtMs: undefined,
  opensImages: true,
};

const settings = (entry: object | undefined, warning?: Reason): Partial<FactPorts & AnswerPorts> => ({
  readSettings: async () => ({ settings: entry, problem: undefined, warning }),
});
const boundToAlice = settings({ server: SERVER, user: 'alice' });
const logins = (current: Identity | undefined, ...all: Identity[]): Partial<FactPorts & AnswerPorts> => ({
  readIdentities: async () => ({ all, current, problems: [] }),
});
const hasToken: Partial<FactPorts & AnswerPorts> = { obtainToken: async () => asItLies() };
const accepts: Partial<FactPorts & AnswerPorts> = { ...hasToken, inspectToken: async () => accepted };
const claims = (rivals: string[] = []): Partial<FactPorts & AnswerPorts> => ({
  readClaim: async () => ({ claimed: true, rivals }),
});

test('a bound host gets the token of its cluster once that accepts it', async () => {
  const { answer, knowledge } = await decideAnswer(
    HOST,
    ports({ ...boundToAlice, ...logins(undefined, alice), ...accepts }),
  );
  assert.deepEqual(answer, { kind: 'credential', username: 'alice-', secret: TOKEN, expiresAtMs: null });
  assert.equal(knowledge?.fingerprint, 'fingerprint of 50');
  assert.equal(knowledge?.isTyped, undefined, 'nobody typed it');
});

test("of a host that the config can't be read for, its fault is told and nothing else is looked at", async () => {
  const problem = { code: 'config-broken', why: '/c/config.yaml:1:2: broken' };
  const readSettings = async () => ({ settings: undefined, problem, warning: undefined });
  assert.deepEqual(await decideAnswer(HOST, ports({ readSettings })), {
    answer: { kind: 'anonymous', reasons: [problem] },
  });
});

test('a public registry, and a host set to anonymous, are answered without a look at any login', async () => {
  assert.deepEqual(await decideAnswer('quay.io', ports({})), { answer: nothing });
  assert.deepEqual(await decideAnswer(HOST, ports(settings({ anonymous: true }))), { answer: nothing });
});

test('a closed host says why without a look at any login', async () => {
  const { answer } = await decideAnswer('registry.svc.ci.openshift.org', ports({}));
  assert.deepEqual(codesOf(answer), ['decommissioned']);
});

test("an unknown host gets the current context's token if its cluster calls the host its own", async () => {
  const { answer } = await decideAnswer(HOST, ports({ ...logins(alice, alice), ...claims(), ...accepts }));
  assert.equal(answer.kind, 'credential');
});

test('of a host that the current cluster does not call its own, nothing is said', async () => {
  const readClaim = async () => ({ claimed: false, rivals: [] });
  assert.deepEqual(await decideAnswer(HOST, ports({ ...logins(alice, alice), readClaim })), {
    answer: nothing,
  });
});

test('only the current context is asked about an unknown host', async () => {
  assert.deepEqual(await decideAnswer(HOST, ports(logins(undefined, alice))), { answer: nothing });
});

test('the word of a cluster whose certificate is not verified binds nothing', async () => {
  const insecure = identity({ insecure: true });
  assert.deepEqual(await decideAnswer(HOST, ports(logins(insecure, insecure))), { answer: nothing });
});

test('a host that two clusters claim is not answered, and both are named', async () => {
  const rival = 'https://api.rival.example.com:6443';
  const { answer } = await decideAnswer(HOST, ports({ ...logins(alice, alice), ...claims([rival]) }));
  assert.equal(
    said(answer),
    `${SERVER} and ${rival} both claim ${HOST}, and nothing says which one it is of [claimed-by-two]. Run: docker-credential-openshift setup ${HOST} --context work`,
  );
});

test('a context without a token says what it has instead', async () => {
  const reason = { code: 'no-token', why: 'The context work has no token' };
  const certificate = identity({ source: { kind: 'none', reason } });
  const { answer } = await decideAnswer(HOST, ports({ ...boundToAlice, ...logins(undefined, certificate) }));
  assert.deepEqual(answer, { kind: 'anonymous', reasons: [reason] });
});

test('a token that was signed out of is not shown to anyone', async () => {
  const asked: unknown[] = [];
  const isSignedOut = async (...args: unknown[]) => asked.push(args) > 0;
  const { answer } = await decideAnswer(
    HOST,
    ports({ ...boundToAlice, ...logins(alice, alice), ...hasToken, isSignedOut }),
  );
  assert.deepEqual(asked, [[HOST, 'fingerprint of 50']]);
  assert.equal(
    said(answer),
    `You signed out of ${HOST} with your login to api.example.com:6443 [token-signed-out]. Run: docker-credential-openshift login work`,
  );
});

test('of a host that was signed out of as a whole nothing is obtained, and the way back is named', async () => {
  const isHostSignedOut = async () => true;
  const signIn: [entry: object | undefined, command: string][] = [
    [{ server: SERVER, user: 'alice' }, 'login'],
    [undefined, 'login'],
    [{ server: SERVER, serviceAccount: 'ci/puller' }, 'setup'],
    [{ server: SERVER, tokenFile: '/t' }, 'setup'],
    [{ server: SERVER, current: true }, 'setup'],
  ];
  for (const [entry, command] of signIn) {
    // Only what a cluster said before is looked up.
    const readClaim = async (_host: string, _who: Identity, mayAsk: boolean) => ({
      claimed: !mayAsk,
      rivals: [],
    });
    const known = { ...settings(entry), ...logins(alice, alice), readClaim };
    const { answer, signedOut } = await decideAnswer(HOST, ports({ ...known, isHostSignedOut }));
    assert.equal(
      said(answer),
      `You signed out of ${HOST} by \`logout\` [signed-out]. Run: docker-credential-openshift ${command} ${HOST}`,
    );
    assert.equal(signedOut, true);
  }
});

test('the way back to a host that no cluster is known of is the login of an engine', async () => {
  const { answer } = await decideAnswer(
    HOST,
    ports({ ...logins(undefined), isHostSignedOut: async () => true }),
  );
  assert.equal(
    said(answer),
    `You signed out of ${HOST} by \`logout\` [signed-out]. Run docker login ${HOST} or podman login --authfile ~/.docker/config.json ${HOST}.`,
  );
});

test('what is known of another token does not count for this one', async () => {
  const revoked = (fingerprint: string): Partial<FactPorts & AnswerPorts> => ({
    recallKnowledge: (): TokenKnowledge => ({ fingerprint, revoked: true }),
  });
  const base = { ...boundToAlice, ...logins(alice, alice), ...accepts };
  assert.equal(
    (await decideAnswer(HOST, ports({ ...base, ...revoked('another') }))).answer.kind,
    'credential',
  );
  const own = ports({ ...base, ...revoked('fingerprint of 50'), inspectToken: unexpected('inspectToken') });
  assert.equal((await decideAnswer(HOST, own)).answer.kind, 'anonymous');
});

test("a token that can't be had is a reason to go on without, and it names what is wrong", async () => {
  const obtainToken = async () => {
    throw new AppError({
      code: 'bad-token-file',
      message: 'The token file /t is empty',
      fix: { run: 'ls -lL /t' },
    });
  };
  const { answer, identity: whose } = await decideAnswer(
    HOST,
    ports({ ...boundToAlice, ...logins(alice, alice), obtainToken }),
  );
  assert.equal(said(answer), 'The token file /t is empty [bad-token-file]. Run: ls -lL /t');
  assert.equal(whose, alice);
});

test('a defect is not told as a reason', async () => {
  const obtainToken = async () => {
    throw new TypeError('a defect');
  };
  await assert.rejects(
    decideAnswer(HOST, ports({ ...boundToAlice, ...logins(alice, alice), obtainToken })),
    TypeError,
  );
});

test('beside a credential, faults elsewhere in the config and an unverified certificate are told', async () => {
  const insecure = identity({ insecure: true });
  const entry = { server: SERVER, user: 'alice' };
  const both = await decideAnswer(
    HOST,
    ports({ ...settings(entry, ODD), ...logins(insecure, insecure), ...accepts }),
  );
  assert.deepEqual(
    both.warnings?.map(({ code }) => code),
    ['certificate-not-verified', 'config-broken'],
  );
  const one = await decideAnswer(
    HOST,
    ports({ ...settings(entry, ODD), ...logins(alice, alice), ...accepts }),
  );
  assert.deepEqual(one.warnings, [ODD]);
});

test('beside "anonymous" there is no warning: its reason is enough, and of other hosts nothing is said', async () => {
  const faulty = settings(undefined, ODD);
  assert.deepEqual(await decideAnswer('quay.io', ports(faulty)), { answer: nothing });
  const rejected = { ...accepts, inspectToken: async (): Promise<Inspection> => ({ kind: 'rejected' }) };
  const insecure = identity({ insecure: true });
  const decision = await decideAnswer(
    HOST,
    ports({ ...settings({ server: SERVER }, ODD), ...logins(insecure, insecure), ...rejected }),
  );
  assert.equal(decision.answer.kind, 'anonymous');
  assert.equal(decision.warnings, undefined);
});

test('who is chosen is told before the answer, and nobody is asked for it', async () => {
  const told: string[] = [];
  const noteResolution = ({ host, state, own }: Resolution) =>
    void told.push(`${host} ${state} ${own?.identity.user}`);
  const all = ports({ ...boundToAlice, ...logins(alice, alice), ...accepts });
  await decideAnswer(HOST, { ...all, noteResolution });
  assert.deepEqual(told, [`${HOST} own alice`]);
});

test('a defect of what is asked is no answer: whoever calls has a net for it', async () => {
  const defect = async (): Promise<never> => {
    throw new TypeError('a defect');
  };
  for (const fake of ['obtainToken', 'inspectToken'] as const) {
    const all = ports({ ...boundToAlice, ...logins(alice, alice), ...accepts, [fake]: defect });
    await assert.rejects(decideAnswer(HOST, all), TypeError, fake);
  }
});

test('whose token is answered is told by the name that was typed, else by the cluster`s, else by the one in the answer', () => {
  const answer = { kind: 'credential', username: 'kube-admin', secret: TOKEN, expiresAtMs: null } as const;
  const knowledge = { fingerprint: 'f', username: 'kube:admin' };
  const stored = storedLogin({ username: 'alice' });
  assert.equal(ownerOf(answer, { stored, knowledge }), 'alice');
  assert.equal(ownerOf(answer, { stored: storedLogin({ username: '' }), knowledge }), 'kube:admin');
  assert.equal(ownerOf(answer, { knowledge }), 'kube:admin');
  assert.equal(ownerOf(answer, { knowledge: { ...knowledge, username: '' } }), 'kube-admin');
  assert.equal(ownerOf(answer, {}), 'kube-admin');
});
