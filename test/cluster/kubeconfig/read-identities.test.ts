import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { readIdentities } from '../../../src/cluster/kubeconfig/read-identities.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { TOKEN } from '../../support/identities.ts';
import { context, kubeconfig, loginTo } from '../../support/kubeconfig-entries.ts';

const SERVER = 'https://api.example.com:6443';

/** Reads these files (an error is thrown for its path), in this order. */
async function read(files: Record<string, string | AppError>, env: Record<string, string> = {}) {
  return readIdentities({
    readRegularFile: async (path) => {
      const content = files[path];
      if (content instanceof AppError) throw content;
      return content;
    },
    exists: (path) => path in files,
    kubeconfigPaths: Object.keys(files).filter((path) => path.startsWith('/k')),
    env,
  });
}
const sourceOf = async (user: object | undefined, server = SERVER) => {
  const users = user === undefined ? [] : [{ name: 'u', user }];
  const text = kubeconfig({ ...loginTo(server, 'u', 'x'), users });
  return (await read({ '/k/config': text })).identities.all[0]?.source;
};

test('a login is an identity of its context, its cluster and its user', async () => {
  const text = kubeconfig({
    ...loginTo('https://API.example.com:6443/', 'alice', 'work', 'alice-ns'),
    current: 'work',
  });
  const { identities } = await read({ '/k/config': text });
  const alice = {
    server: SERVER,
    user: 'alice',
    context: 'work',
    namespace: 'alice-ns',
    insecure: false,
    route: '',
    inCluster: false,
    source: { kind: 'token', token: TOKEN },
  };
  assert.deepEqual(identities, { all: [alice], current: alice, problems: [] });
  assert.equal(identities.current, identities.all[0]);
});

test('of several files the first that has a name wins, and so does the first current context', async () => {
  const first = kubeconfig({ ...loginTo('https://first.example.com', 'alice', 'work') });
  const second = kubeconfig({ ...loginTo('https://second.example.com', 'alice', 'work'), current: 'work' });
  const third = kubeconfig({ ...loginTo('https://third.example.com', 'bob', 'other'), current: 'other' });
  const { identities } = await read({ '/k1': first, '/k2': second, '/k3': third });
  assert.deepEqual(
    identities.all.map(({ context: name, server }) => [name, server]),
    [
      ['work', 'https://first.example.com'],
      ['other', 'https://third.example.com'],
    ],
  );
  assert.equal(identities.current?.server, 'https://first.example.com');
});

test('an entry is taken whole from its file, and may name entries of other files', async () => {
  const contexts = kubeconfig({ contexts: [context('work', 'c', 'u')], current: 'work' });
  const clusters = kubeconfig({ clusters: [{ name: 'c', cluster: { server: SERVER } }] });
  const again = kubeconfig({
    clusters: [
      { name: 'c', cluster: { server: 'https://evil.example.com', 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'u', user: { token: TOKEN } }],
  });
  const { identities } = await read({ '/k1': contexts, '/k2': clusters, '/k3': again });
  assert.deepEqual(
    [identities.current?.server, identities.current?.insecure, identities.current?.source.kind],
    [SERVER, false, 'token'],
  );
});

test('a file that is broken or out of reach is named without its text, and the others count', async () => {
  const unreadable = new AppError({
    code: 'unreadable-file',
    message: "/k2 can't be read: it is a directory",
  });
  const { identities } = await read({
    '/k1': `users: [{ token: ${TOKEN}`,
    '/k2': unreadable,
    '/k4': kubeconfig({ ...loginTo(SERVER, 'alice', 'work'), current: 'work' }),
  });
  assert.equal(identities.current?.context, 'work');
  assert.equal(identities.problems.length, 2);
  assert.match(String(identities.problems[0]), /^\/k1 is broken: line \d+, column \d+: [a-z ]+$/);
  assert.equal(identities.problems[1], "/k2 can't be read: it is a directory");
});

test('without any file there is nobody, and nothing to complain of', async () => {
  const ports = { readRegularFile: async () => undefined, exists: () => false, env: {} };
  for (const kubeconfigPaths of [[], ['/k/absent', '/k/absent too']]) {
    const { identities } = await readIdentities({ ...ports, kubeconfigPaths });
    assert.deepEqual(identities, { all: [], current: undefined, problems: [] });
  }
});

test('a context without its cluster is nobody; that the current one is, is told', async () => {
  const contexts = [context('work', 'gone', 'u'), context('empty'), context('odd', 'odd', 'u')];
  const clusters = [{ name: 'odd', cluster: { server: 'not a URL' } }];
  const { identities } = await read({ '/k': kubeconfig({ contexts, clusters, current: 'work' }) });
  assert.deepEqual(identities, {
    all: [],
    current: undefined,
    problems: ['the context work names no cluster that is there'],
  });
});

test('a current context that is not there is told', async () => {
  const text = kubeconfig({ ...loginTo(SERVER, 'alice', 'work'), current: 'gone' });
  const { identities } = await read({ '/k': text });
  assert.equal(identities.current, undefined);
  assert.deepEqual(identities.problems, ['the current context, gone, is not there']);
});

test('a token file wins over a token, and its path is relative to the kubeconfig', async () => {
  assert.deepEqual(await sourceOf({ tokenFile: '/t', token: TOKEN }), { kind: 'token-file', path: '/t' });
  assert.deepEqual(await sourceOf({ tokenFile: '../secrets/t' }), { kind: 'token-file', path: '/secrets/t' });
});

test('white space around a token is not part of it', async () => {
  assert.deepEqual(await sourceOf({ token: ` ${TOKEN}\n` }), { kind: 'token', token: TOKEN });
});

const noToken = (why: string) => ({
  code: 'no-token',
  why,
  fix: { run: 'docker-credential-openshift login x' },
});

test('a context without a usable token says what it has instead, and the command that signs in', async () => {
  const reasons: [object | undefined, string][] = [
    [undefined, 'names the user u, who is not there'],
    [{}, 'has no token: it is logged out'],
    [{ token: '' }, 'has no token: it is logged out'],
    [{ token: 12345 }, 'has no token: it is logged out'],
    [{ token: { a: 'b' } }, 'has no token: it is logged out'],
    [{ token: 'two words' }, 'has a token that is none'],
    [{ token: 'tökén' }, 'has a token that is none'],
    [{ token: 'a\r\nX-Other: b' }, 'has a token that is none'],
    [{ exec: {} }, 'has an exec plugin without a command'],
  ];
  for (const [user, what] of reasons) {
    const reason = noToken(`The context x ${what}`);
    assert.deepEqual(await sourceOf(user), { kind: 'none', reason });
  }
});

test('a client certificate proves a context to its cluster, in data or as a file', async () => {
  for (const user of [{ 'client-certificate-data': 'x' }, { 'client-certificate': '/x' }]) {
    assert.deepEqual(await sourceOf(user), { kind: 'client-certificate' });
  }
});

test('a context that names no user says so', async () => {
  const clusters = [{ name: 'c', cluster: { server: SERVER } }];
  const { identities } = await read({ '/k': kubeconfig({ clusters, contexts: [context('x', 'c')] }) });
  const reason = noToken('The context x names no user');
  assert.deepEqual(identities.all[0]?.source, { kind: 'none', reason });
});

test('no token is sent to a cluster without TLS', async () => {
  const source = await sourceOf({ token: TOKEN }, 'http://api.example.com:8080');
  assert.deepEqual(source, {
    kind: 'none',
    reason: noToken('The context x reaches http://api.example.com:8080 without TLS: no token is sent there'),
  });
});

test('a thousand contexts are read', async () => {
  const count = 1000;
  const ca = Buffer.alloc(3500, 'x').toString('base64');
  const names = Array.from({ length: count }, (_, index) => index);
  const text = stringify({
    clusters: names.map((i) => ({
      name: `c${i}`,
      cluster: { server: `https://api${i}.example.com:6443`, 'certificate-authority-data': ca },
    })),
    users: names.map((i) => ({ name: `u${i}`, user: { token: TOKEN } })),
    contexts: names.map((i) => context(`x${i}`, `c${i}`, `u${i}`)),
    'current-context': 'x999',
  });
  assert.ok(text.length > 4_500_000);
  const { identities } = await read({ '/k': text });
  assert.equal(identities.all.length, count);
  assert.equal(identities.current?.server, 'https://api999.example.com:6443');
});

test('where no login is, a quoted ~ in KUBECONFIG, or sudo, is named as why', async () => {
  const absence = async (paths: readonly string[], env: Record<string, string>) => {
    const nothing = { readRegularFile: async () => undefined, exists: () => false };
    return (await readIdentities({ ...nothing, kubeconfigPaths: paths, env })).identities.absence;
  };
  const quoted = await absence(['~/.kube/config'], { KUBECONFIG: '~/.kube/config', HOME: '/home/alice' });
  assert.equal(quoted?.code, 'kubeconfig-quoted');
  const broken = await read({
    '/k/broken': 'clusters: [',
    '/k/config': kubeconfig(loginTo(SERVER, 'u', 'x')),
  });
  const { remedy } = broken.identities;
  assert.match(String(remedy !== undefined && 'do' in remedy && remedy.do), /^Correct that file, /);
  const sudo = { HOME: '/root', SUDO_USER: 'alice' };
  assert.deepEqual(await absence(['/root/.kube/config'], sudo), {
    code: 'root-by-sudo',
    why: "sudo has root's kubeconfig read, /root/.kube/config, and not the one of alice",
    fix: {
      do: 'Run the engine without sudo, or give it your kubeconfig: sudo KUBECONFIG="$HOME/.kube/config" …',
    },
  });
  assert.equal(await absence(['/k'], { ...sudo, KUBECONFIG: '/k' }), undefined);
  assert.equal(await absence(['/home/alice/.kube/config'], { ...sudo, HOME: '/home/alice' }), undefined);
  assert.equal(await absence(['/root/.kube/config'], { HOME: '/root' }), undefined);
  const { identities } = await read({ '/k/config': kubeconfig(loginTo(SERVER, 'u', 'x')) }, sudo);
  assert.equal(identities.absence, undefined);
});
