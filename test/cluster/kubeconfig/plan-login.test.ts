import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeldToken } from '../../../src/cluster/kubeconfig/login-entries.ts';
import { mergeLoginFiles } from '../../../src/cluster/kubeconfig/merge-kubeconfigs.ts';
import { type Login, planLogin } from '../../../src/cluster/kubeconfig/save-login.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { jwt } from '../../support/identities.ts';

const NEW = `sha256~${'n'.repeat(43)}`;
const SERVER = 'https://api.a.example:6443';
const ALICE: Login = { server: SERVER, user: 'alice', token: NEW };

interface Content {
  readonly users?: Record<string, object>;
  readonly contexts?: Record<string, { cluster: string; user: string; namespace?: string }>;
  readonly clusters?: Record<string, string>;
  readonly current?: string;
}
function config({ users = {}, contexts = {}, clusters = { c: SERVER }, current = '' }: Content): string {
  return JSON.stringify({
    clusters: Object.entries(clusters).map(([name, server]) => ({ name, cluster: { server } })),
    users: Object.entries(users).map(([name, user]) => ({ name, user })),
    contexts: Object.entries(contexts).map(([name, context]) => ({ name, context })),
    'current-context': current,
  });
}
/** The plan for one file, and what is in it then. */
function planned(text: string | null, login: Partial<Login> = {}) {
  const plan = planLogin([{ path: '/k', text }], { ...ALICE, ...login });
  const after = mergeLoginFiles([{ path: '/k', text: plan.edits[0]?.text ?? text }]);
  return { plan, after, tokenOf: (user: string) => after.users.get(user)?.fields.token };
}

test('without a kubeconfig there is one then, with the names of oc login', () => {
  const { plan, after } = planned(null, { ca: 'PEM' });
  assert.equal(plan.context, 'default/api-a-example:6443/alice');
  assert.equal(plan.user, 'alice/api-a-example:6443');
  assert.equal(after.currentContext, plan.context);
  assert.deepEqual([plan.isNewContext, plan.oldToken], [true, undefined]);
  assert.deepEqual(after.clusters.get('api-a-example:6443')?.fields, {
    'certificate-authority-data': Buffer.from('PEM').toString('base64'),
    server: SERVER,
  });
  assert.deepEqual(after.contexts.get(plan.context)?.fields, {
    cluster: 'api-a-example:6443',
    namespace: 'default',
    user: plan.user,
  });
});

test("the port of a server's scheme, and a login without TLS verification, are written as oc writes them", () => {
  const { after } = planned(null, { server: 'https://api.b.example', insecure: true, namespace: '' });
  assert.deepEqual(after.clusters.get('api-b-example:443')?.fields, {
    'insecure-skip-tls-verify': true,
    server: 'https://api.b.example:443',
  });
  assert.deepEqual(after.contexts.get('/api-b-example:443/alice')?.fields, {
    cluster: 'api-b-example:443',
    user: 'alice/api-b-example:443',
  });
});

const oc = {
  clusters: { 'api-a-example:6443': SERVER, other: 'https://other' },
  users: { 'alice/api-a-example:6443': { token: 'old' }, o: { token: 'o' } },
  contexts: {
    'ns/api-a-example:6443/alice': { cluster: 'api-a-example:6443', user: 'alice/api-a-example:6443' },
    'other-context': { cluster: 'other', user: 'o' },
  },
  current: 'other-context',
};

test('who logs in again gets a new token and nothing else; the context of another cluster stays current', () => {
  const { plan, tokenOf, after } = planned(config(oc));
  assert.equal(plan.edits[0]?.text, config(oc).replace('"old"', `"${NEW}"`));
  assert.deepEqual(
    [plan.context, plan.isNewContext, plan.oldToken, plan.isSameToken],
    ['ns/api-a-example:6443/alice', false, 'old', false],
  );
  assert.equal(tokenOf('o'), 'o');
  assert.equal(after.currentContext, 'other-context');
});

test('where the current context is none that is there, the login becomes it', () => {
  const { after } = planned(config({ ...oc, current: 'gone' }));
  assert.equal(after.currentContext, 'ns/api-a-example:6443/alice');
});

test('a login that is there already changes nothing', () => {
  const { plan } = planned(
    config({ ...oc, users: { ...oc.users, 'alice/api-a-example:6443': { token: NEW } } }),
  );
  assert.deepEqual([plan.edits, plan.oldToken, plan.isSameToken], [[], undefined, true]);
});

test('a token that another entry holds too is not named for revocation', () => {
  const { plan } = planned(config({ ...oc, users: { ...oc.users, copy: { token: 'old' } } }));
  assert.deepEqual([plan.oldToken, plan.oldTokenUsedBy], [undefined, 'copy']);
});

const jwtOf = (sub: string) => jwt({ sub });
const mine = { mine: { cluster: 'c', user: 'me' } };

test("a named context's own user entry gets the token, whatever it is called, if it is the person's or nobody's", () => {
  const cases: [object, HeldToken | undefined][] = [
    [{}, undefined],
    [{ token: 'old' }, { token: 'old', user: 'alice' }],
    [{ token: 'old' }, { token: 'old', user: null }],
    [{ token: jwtOf('uid-of-alice') }, { token: jwtOf('uid-of-alice'), user: 'alice' }],
    [{ token: jwtOf('alice') }, undefined],
  ];
  for (const [user, held] of cases) {
    const text = config({ users: { me: user }, contexts: mine, current: 'mine' });
    const { plan, tokenOf } = planned(text, { context: 'mine', held });
    assert.deepEqual([plan.context, plan.user, tokenOf('me')], ['mine', 'me', NEW]);
  }
});

test("a token that is another's, or may be, stays where it is, whatever its entry is called", () => {
  const cases: [string, string, HeldToken | undefined][] = [
    ['dev', 'old', { token: 'old', user: 'bob' }],
    ['dev', 'old', { token: 'old', user: undefined }],
    ['dev', 'old', { token: 'another', user: 'alice' }],
    ['dev', 'old', undefined],
    ['dev', jwtOf('uid-of-bob'), { token: jwtOf('uid-of-bob'), user: null }],
    ['alice/api-a-example:6443', 'old', { token: 'old', user: 'bob' }],
    ['alice/api-a-example:6443', jwtOf('system:serviceaccount:ns:robot'), undefined],
  ];
  for (const [user, token, held] of cases) {
    const text = config({
      users: { [user]: { token } },
      contexts: { x: { cluster: 'c', user } },
      current: 'x',
    });
    const { plan, tokenOf } = planned(text, { context: 'x', held });
    assert.equal(tokenOf(user), token, user);
    assert.notEqual(plan.context, 'x');
    assert.deepEqual([tokenOf(plan.user), plan.isNewContext, plan.oldToken], [NEW, true, undefined]);
  }
});

test("nobody's token goes into the entry of another, of a certificate, a plugin or a robot", () => {
  const entries: [string, object][] = [
    ['bob/api-a-example:6443', { token: 'old' }],
    ['admin', { 'client-certificate-data': 'Y2VydA==', 'client-key-data': 'a2V5' }],
    ['oidc', { exec: { command: 'oc' } }],
    ['robot', { token: jwtOf('system:serviceaccount:ns:robot') }],
    ['pod', { tokenFile: '/run/token' }],
  ];
  for (const [user, fields] of entries) {
    const text = config({ users: { [user]: fields }, contexts: { x: { cluster: 'c', user } }, current: 'x' });
    const { plan, after, tokenOf } = planned(text, { context: 'x' });
    assert.deepEqual(after.users.get(user)?.fields, fields, user);
    assert.equal(plan.user, 'alice/api-a-example:6443', user);
    assert.equal(tokenOf(plan.user), NEW, user);
    assert.equal(plan.context, 'default/api-a-example:6443/alice', user);
    // The cluster is used as it is, with its CA and its proxy.
    assert.equal(after.contexts.get(plan.context)?.fields.cluster, 'c', user);
    assert.equal(after.currentContext, 'x');
  }
});

test("a private key or a plugin in an entry of oc's own name stays, and the login gets one beside it", () => {
  const user = 'alice/api-a-example:6443';
  const cluster = 'api-a-example:6443';
  const proofs: object[] = [
    { 'client-certificate-data': 'Y2VydA==', 'client-key-data': 'a2V5' },
    { exec: { command: 'oc' } },
    { token: 'old', 'client-certificate': 'c.crt', 'client-key': 'c.key' },
  ];
  for (const fields of proofs) {
    const text = config({
      clusters: { [cluster]: SERVER },
      users: { [user]: fields },
      contexts: { x: { cluster, user } },
      current: 'x',
    });
    for (const context of ['x', undefined]) {
      const { plan, after, tokenOf } = planned(text, { context });
      assert.deepEqual(after.users.get(user)?.fields, fields);
      assert.deepEqual([plan.user, plan.oldToken], [`${user}-2`, undefined]);
      assert.equal(tokenOf(plan.user), NEW);
      assert.deepEqual(after.contexts.get(plan.context)?.fields, {
        cluster,
        namespace: 'default',
        user: plan.user,
      });
      assert.equal(after.currentContext, 'x');
    }
    // The next login finds it again.
    const { plan } = planned(planned(text).plan.edits[0]?.text ?? '', { token: `${NEW}x` });
    assert.deepEqual([plan.user, plan.isNewContext, plan.oldToken], [`${user}-2`, false, NEW]);
  }
});

test('a token never goes into an entry that contexts of other clusters use', () => {
  const text = config({
    clusters: { c: SERVER, d: 'https://d' },
    users: { me: { token: 'old' } },
    contexts: { mine: { cluster: 'c', user: 'me' }, other: { cluster: 'd', user: 'me' } },
  });
  const { plan, tokenOf } = planned(text, { context: 'mine', held: { token: 'old', user: null } });
  assert.equal(tokenOf('me'), 'old');
  assert.equal(plan.user, 'alice/api-a-example:6443');
  assert.deepEqual(plan.spared, { kind: 'other-cluster', context: 'other' });
});

test('why the entry of the context that was named did not get the token is told', () => {
  const cases: [string, string, object, HeldToken | undefined][] = [
    ['another-person', 'bob/api-a-example:6443', {}, undefined],
    ['another-person', 'dev', { token: 'old' }, { token: 'old', user: 'bob' }],
    ['other-proof', 'dev', { token: 'old', exec: { command: 'oc' } }, { token: 'old', user: null }],
    ['unknown-owner', 'dev', { token: 'old' }, { token: 'old', user: undefined }],
    ['no-entry', '', {}, undefined],
  ];
  for (const [kind, user, fields, held] of cases) {
    const text = config({ users: { [user]: fields }, contexts: { x: { cluster: 'c', user } }, current: 'x' });
    assert.deepEqual(planned(text, { context: 'x', held }).plan.spared, { kind });
    assert.equal(planned(text).plan.spared, undefined);
  }
  const text = config({ users: { me: {} }, contexts: mine });
  assert.equal(planned(text, { context: 'mine' }).plan.spared, undefined);
});

test('a server whose name in oc is taken by another server gets a name of its own', () => {
  const server = 'https://api.a-example:6443';
  const { plan, after } = planned(config(oc), { server });
  assert.equal(plan.user, 'alice/api-a-example:6443-2');
  assert.equal(after.clusters.get('api-a-example:6443')?.fields.server, SERVER);
  assert.equal(after.serverOf(plan.context), server);
  assert.equal(after.users.get('alice/api-a-example:6443')?.fields.token, 'old');
});

test('of several contexts of the login the current one is named, else the one of the namespace', () => {
  const both = {
    ...oc,
    contexts: { ...oc.contexts, dev: { ...oc.contexts['ns/api-a-example:6443/alice'], namespace: 'dev' } },
  };
  assert.equal(planned(config({ ...both, current: 'dev' })).plan.context, 'dev');
  assert.equal(planned(config(both), { namespace: 'dev' }).plan.context, 'dev');
  assert.equal(planned(config(both)).plan.context, 'ns/api-a-example:6443/alice');
});

test('of several files only the one that holds the user changes', () => {
  const first = config({ contexts: mine, current: 'mine' });
  const second = config({ users: { me: { token: 'old' } }, clusters: {} });
  const third = config({ users: { me: { token: 'hidden' } }, clusters: {} });
  const files = [
    { path: '/none', text: null },
    { path: '/1', text: first },
    { path: '/2', text: second },
    { path: '/3', text: third },
  ];
  const held = { token: 'old', user: 'alice' };
  const plan = planLogin(files, { ...ALICE, context: 'mine', held });
  assert.deepEqual(plan.edits, [{ path: '/2', text: second.replace('old', NEW) }]);
});

test('new entries go to the first file that is there, else to the last', () => {
  const none = (path: string) => ({ path, text: null });
  const paths = (files: Parameters<typeof planLogin>[0]) =>
    planLogin(files, ALICE).edits.map(({ path }) => path);
  assert.deepEqual(paths([none('/1'), { path: '/2', text: '' }, { path: '/3', text: '' }]), ['/2']);
  assert.deepEqual(paths([none('/1'), none('/2')]), ['/2']);
});

test('a broken file, no place for a file and a tangled entry are told, with what to do', () => {
  const told = (files: Parameters<typeof planLogin>[0]) => {
    try {
      planLogin(files, ALICE);
    } catch (error) {
      assert.ok(error instanceof AppError);
      assert.ok(error.fix);
      return `${error.code}: ${error.message}`;
    }
    return assert.fail('nothing was told');
  };
  assert.equal(
    told([{ path: '/k', text: 'users: [\n' }]).replace(/column.*/, '…'),
    'kubeconfig-broken: /k is broken: line 2, …',
  );
  assert.match(told([]), /^no-kubeconfig: /);
  assert.match(told([{ path: '/k', text: 'users: {a: b}\n' }]), /^kubeconfig-tangled: \/k: "alice/);
});
