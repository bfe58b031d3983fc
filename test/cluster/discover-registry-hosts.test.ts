import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discoverRegistryHosts, findImage } from '../../src/cluster/discover-registry-hosts.ts';
import { noAnswer, type Reply } from '../../src/cluster/send-request.ts';
import { identity } from '../support/identities.ts';

const streams = (namespace: string) =>
  `/apis/image.openshift.io/v1/namespaces/${namespace}/imagestreams?limit=1`;
const IMAGES = '/apis/config.openshift.io/v1/images/cluster';
const ROUTES = '/apis/route.openshift.io/v1/namespaces/openshift-image-registry/routes';
const ALL = [streams('alice-ns'), streams('openshift'), IMAGES, ROUTES];

function reply(status: number, body: object | string = {}): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, body: text, dateMs: undefined, detail: '', timedOut: false };
}
const stream = (repository: unknown) =>
  reply(200, { items: [{ status: { publicDockerImageRepository: repository } }] });

/** Asks a cluster that forbids whatever is not answered here. */
async function discover(answers: Record<string, Reply>, wanted = 'never found', namespace?: string) {
  const asked: string[] = [];
  const who = namespace === undefined ? identity() : identity({ namespace });
  const ask = async (path: string) => {
    asked.push(path);
    return answers[path] ?? reply(403);
  };
  const found = await discoverRegistryHosts(who, ask, (hosts) => hosts.includes(wanted));
  return { ...found, asked };
}

test("the image streams of the context's namespace are asked first, and one that names the host is enough", async () => {
  const answers = { [streams('alice-ns')]: stream('r.example.com/alice-ns/app') };
  assert.deepEqual(await discover(answers, 'r.example.com'), {
    hosts: ['r.example.com'],
    answered: true,
    exhaustive: false,
    asked: ALL.slice(0, 1),
  });
});

test('every source is asked while the host is not found, and then the word is final', async () => {
  const answers = {
    [streams('openshift')]: stream('a.example.com:5000/openshift/tools'),
    [IMAGES]: reply(200, { status: { externalRegistryHostnames: ['b.example.com', 'A.example.com:5000'] } }),
    [ROUTES]: reply(200, { items: [{ spec: { host: 'c.example.com' } }] }),
  };
  assert.deepEqual(await discover(answers), {
    hosts: ['a.example.com:5000', 'b.example.com', 'c.example.com'],
    answered: true,
    exhaustive: true,
    asked: ALL,
  });
});

test('that everything is forbidden, or not there, is an answer: the cluster names no host', async () => {
  const absent = Object.fromEntries(ALL.map((path) => [path, reply(404, '404 page not found')]));
  for (const answers of [{}, absent]) {
    const { hosts, answered, exhaustive } = await discover(answers);
    assert.deepEqual({ hosts, answered, exhaustive }, { hosts: [], answered: true, exhaustive: true });
  }
});

test('a 401, or no connection, ends it: the cluster was not asked', async () => {
  for (const first of [reply(401), noAnswer('connection refused')]) {
    const { asked, ...found } = await discover({ [streams('alice-ns')]: first });
    assert.deepEqual(found, { hosts: [], answered: false, exhaustive: false, endedBy: first });
    assert.equal(asked.length, 1);
  }
});

test('a server that is broken in one place is asked in the others, but its word is not final', async () => {
  const answers = { [streams('alice-ns')]: reply(503), [ROUTES]: reply(500) };
  const { asked, ...found } = await discover(answers);
  assert.deepEqual(found, { hosts: [], answered: true, exhaustive: false });
  assert.deepEqual(asked, ALL);
});

test('a server that is broken everywhere did not answer', async () => {
  const { answered } = await discover(Object.fromEntries(ALL.map((path) => [path, reply(503)])));
  assert.equal(answered, false);
});

test('answers of another form name no host', async () => {
  const odd: (object | string)[] = [
    '<html>',
    'null',
    [],
    { items: 'x' },
    { items: [null, 7, {}, { status: null }, { status: { publicDockerImageRepository: 7 } }] },
    { items: [{ status: { publicDockerImageRepository: 'user@r.example.com/ns/x' } }] },
    { items: [{ status: { publicDockerImageRepository: '' } }] },
  ];
  for (const body of odd) {
    const { hosts } = await discover({ [streams('alice-ns')]: reply(200, body) });
    assert.deepEqual(hosts, [], JSON.stringify(body));
  }
});

test('the namespace stands escaped in the path, and `openshift` is asked once', async () => {
  const { asked } = await discover({}, undefined, '../../x?y');
  assert.equal(asked[0], streams('..%2F..%2Fx%3Fy'));
  assert.equal((await discover({}, undefined, 'openshift')).asked.length, 3);
});

test('an image to try is one with a filled tag, of the own namespace first', async () => {
  const twenty = (namespace: string) => streams(namespace).replace('limit=1', 'limit=20');
  const item = (name: string, tag: object) => ({ metadata: { name }, status: { tags: [tag] } });
  const filled = { tag: 'v1', items: [{ image: 'sha256:0' }] };
  const find = (answers: Record<string, Reply>) =>
    findImage(identity(), async (path) => answers[path] ?? reply(403));
  const own = reply(200, { items: [item('empty', { tag: 'v0', items: null }), item('app', filled)] });
  const shared = reply(200, { items: [item('cli', filled)] });
  assert.equal(await find({ [twenty('alice-ns')]: own, [twenty('openshift')]: shared }), 'alice-ns/app:v1');
  assert.equal(await find({ [twenty('openshift')]: shared }), 'openshift/cli:v1');
  assert.equal(await find({}), undefined);
  // What a shell would read otherwise is no name.
  assert.equal(
    await find({ [twenty('openshift')]: reply(200, { items: [item('a;b', filled)] }) }),
    undefined,
  );
});
