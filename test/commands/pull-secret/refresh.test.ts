import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, refresherPod, textWith } from './refresher-pod.ts';

const HOUR = 3600;

test('with the rights of the manifest alone the pod fills the Secret, in place, with a token that the registry takes', async (t) => {
  const pod = await refresherPod(t);
  const { uid } = pod.secret();
  pod.sandbox.clearRequests();
  const { status, stdout, stderr } = await pod.refresh();
  assert.deepEqual([status, stderr], [0, ''], stderr);
  assert.match(
    stdout,
    /^Secret alice-ns\/pull: \S+ gets a new token of alice-ns\/puller, accepted by the registry, valid until 20\S+ \S+ UTC \((?:7|8) hours\)\n$/,
  );
  const asked = pod.sandbox.requests.map(({ method, path }) => `${method} ${path.split('?', 1)[0]}`);
  assert.deepEqual(asked, [
    'GET /api/v1/namespaces/alice-ns/secrets/pull',
    'POST /api/v1/namespaces/alice-ns/serviceaccounts/puller/token',
    'GET /openshift/token',
    'PATCH /api/v1/namespaces/alice-ns/secrets/pull',
  ]);
  const { username, password, auth } = pod.entry() ?? assert.fail('there is no entry');
  assert.equal(username, 'system-serviceaccount-alice-ns-puller');
  assert.equal(Buffer.from(auth, 'base64').toString(), `${username}:${password}`);
  assert.ok(await pod.isGood(password));
  assert.equal(pod.secret().uid, uid);
});

test('a token is left alone for half of its life, and replaced from then on', async (t) => {
  const pod = await refresherPod(t);
  const young = textWith(pod.host, pod.tokenOf(3 * HOUR, 8 * HOUR));
  pod.put(young);
  const { resourceVersion } = pod.secret();
  const kept = await pod.refresh();
  assert.deepEqual([kept.status, kept.stderr], [0, '']);
  assert.match(
    kept.stdout,
    / keeps its token of alice-ns\/puller, valid until .*; it is renewed in \d+ minutes\n$/,
  );
  assert.deepEqual([pod.text(), pod.secret().resourceVersion], [young, resourceVersion]);
  assert.equal(pod.sandbox.mints.length, 0);
  pod.put(textWith(pod.host, pod.tokenOf(4.1 * HOUR, 8 * HOUR)));
  assert.equal((await pod.refresh()).status, 0);
  assert.equal(pod.entry()?.password, pod.sandbox.mints.at(-1)?.token);
});

test('a good entry that only some clients can read is written anew with the same token', async (t) => {
  const pod = await refresherPod(t);
  const whole = textWith(pod.host, pod.tokenOf(HOUR, 8 * HOUR));
  const { auth } = JSON.parse(whole).auths[pod.host];
  pod.put(JSON.stringify({ auths: { [pod.host]: { auth } } }));
  assert.equal((await pod.refresh()).status, 0);
  assert.deepEqual([pod.text(), pod.sandbox.mints.length], [whole, 0]);
});

test('a young token that the registry refuses, since it was revoked, is replaced', async (t) => {
  const pod = await refresherPod(t);
  const token = pod.tokenOf(HOUR, 8 * HOUR);
  pod.put(textWith(pod.host, token));
  pod.sandbox.revoke(token);
  assert.equal((await pod.refresh()).status, 0);
  assert.ok(await pod.isGood(pod.entry()?.password ?? ''));
});

test('logins of others stay as they were, byte for byte, and those that fit the host are named', async (t) => {
  const pod = await refresherPod(t);
  const [before, after] = [
    '{ "HttpHeaders" : {"a":"\\u0062"},\n  "auths": {\n    "quay.io": { "auth" :"eDp5","email":1e3 },',
    '\n}}',
  ];
  const others = `"https://${pod.host}/v1/":{"auth":"eDp5"}, "${pod.host}/bob-ns":{ "auth":"eDp6" }`;
  pod.put(`${before}\n    ${others}${after}`);
  const { status, stderr } = await pod.refresh();
  assert.equal(status, 0, stderr);
  const text = pod.text();
  assert.ok(text.startsWith(`${before}\n    ${others}`), text.slice(0, 200).replace(/eyJ.*/, ''));
  assert.match(
    stderr,
    /^Secret alice-ns\/pull has other logins that fit \S+, which stay as they are: "https:\/\/\S+\/v1\/", "\S+\/bob-ns"\. The kubelet tries each, and once one has ended public images fail: take out those that nobody keeps fresh \[more-logins-for-host\]\. Run: .* oc set data secret\/pull -n alice-ns .*\n$/,
  );
  assert.notEqual(pod.entry(), undefined);
});

test('while no token is minted the one that lives is kept; once it has ended its entry goes, and only that', async (t) => {
  const pod = await refresherPod(t);
  const rest = { 'quay.io': { auth: 'eDp5' } };
  const withRest = (token: string) => {
    const { auths } = JSON.parse(textWith(pod.host, token));
    return JSON.stringify({ auths: { ...rest, ...auths } });
  };
  pod.sandbox.setEndpointFault('tokenrequest', 503);
  const living = withRest(pod.tokenOf(7 * HOUR, 8 * HOUR));
  pod.put(living);
  const kept = await pod.refresh();
  assert.deepEqual([kept.status, kept.stdout, pod.text()], [1, '', living]);
  assert.match(
    kept.stderr,
    /minted no token of alice-ns\/puller \(.*503\) \[not-minted\]\. Run: docker-credential-openshift pull-secret refresh alice-ns\/pull --host \S+ --service-account alice-ns\/puller\nSecret alice-ns\/pull: \S+ keeps its token of alice-ns\/puller, valid until .*\n$/,
  );
  pod.put(withRest(pod.tokenOf(8 * HOUR, 8 * HOUR)));
  const { uid } = pod.secret();
  const ended = await pod.refresh();
  assert.equal(ended.status, 1);
  assert.match(
    ended.stderr,
    /\nSecret alice-ns\/pull: the token for \S+ has ended and was removed: public images are pulled without one\n$/,
  );
  assert.deepEqual([JSON.parse(pod.text()), pod.secret().uid], [{ auths: rest }, uid]);
  const without = await pod.refresh();
  assert.match(without.stderr, /: it has no login for \S+: public images are pulled without one\n$/);
  pod.sandbox.setEndpointFault('tokenrequest', null);
  assert.equal((await pod.refresh()).status, 0);
  assert.ok(await pod.isGood(pod.entry()?.password ?? ''));
});

test('a new token that the registry refuses, or nobody can ask about, is not written', async (t) => {
  const pod = await refresherPod(t);
  const living = textWith(pod.host, pod.tokenOf(5 * HOUR, 8 * HOUR));
  pod.put(living);
  pod.sandbox.setEndpointFault('registry-token', 503);
  const failing = await pod.refresh();
  assert.match(failing.stderr, /answers and fails just now: .* \[new-token-unchecked\]\. Run: docker-/);
  assert.deepEqual([failing.status, pod.text()], [1, living]);
  await pod.sandbox.close('registry');
  assert.match((await pod.refresh()).stderr, /can't be reached: .* \[new-token-unchecked\]/);
  await pod.sandbox.reopen('registry');
  assert.equal(pod.text(), living);
  // It says no to what was there before, too: with that not even a public image is pulled.
  pod.sandbox.setEndpointFault('registry-token', 401);
  const refused = await pod.refresh();
  assert.match(refused.stderr, /may be the registry of another cluster \[not-accepted\]\. Run: docker-/);
  assert.match(refused.stderr, / is refused by the registry and was removed: public images /);
  assert.equal(pod.entry(), undefined);
});

test('an account that is gone takes its entry with it, and the command that makes it is named', async (t) => {
  const pod = await refresherPod(t);
  pod.put(textWith(pod.host, pod.tokenOf(HOUR, 8 * HOUR)));
  pod.sandbox.cluster.serviceAccounts.delete(ACCOUNT);
  const { status, stderr } = await pod.refresh();
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^There is no service account alice-ns\/puller on \S+ \[no-such-account\]\. Run: docker-credential-openshift service-account manifest alice-ns\/puller --host \S+ \| oc apply -f -\n/,
  );
  assert.equal(pod.entry(), undefined);
});

test("another's login under the host's own name is replaced by a good one, and stays where there is none", async (t) => {
  const pod = await refresherPod(t);
  const foreign = JSON.stringify({ auths: { [pod.host]: { auth: 'eDp5' } } });
  pod.put(foreign);
  pod.sandbox.setEndpointFault('tokenrequest', 403);
  const { stderr } = await pod.refresh();
  assert.match(stderr, / \[minter-forbidden\]\. Run: oc create role /);
  assert.match(stderr, /: the login for \S+ is not a token of alice-ns\/puller, and stays as it is\n$/);
  assert.equal(pod.text(), foreign);
  pod.sandbox.setEndpointFault('tokenrequest', null);
  assert.equal((await pod.refresh()).status, 0);
  assert.equal(pod.entry()?.password, pod.sandbox.mints.at(-1)?.token);
});
