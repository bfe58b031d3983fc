import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RefresherPod, refresherPod, textWith } from '../commands/pull-secret/refresher-pod.ts';
import type { Delayed } from '../sandbox/http/endpoint-switches.ts';
import { helperPrograms, mainHelper, runHelper } from '../support/helper-program.ts';
import { killAtRandom } from '../support/kill-at-random.ts';
import { loggedIn } from './helper-home.ts';

/** `KILLS=1000`: as many as scripts/soak --repeats takes. */
const KILLS = Number(process.env.KILLS ?? 15);
const HOUR = 3600;

for (const program of helperPrograms) {
  test(`${program.name}: as a pod's only process, without a home and a place to write, it fills the Secret`, async (t) => {
    const pod = await refresherPod(t);
    const run = () => runHelper(program, pod.words, '', { env: pod.env, cwd: '/' });
    const { status, stdout, stderr } = await run();
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^Secret alice-ns\/pull: \S+ gets a new token of alice-ns\/puller, /);
    assert.doesNotMatch(stdout, /eyJ/);
    const token = pod.entry()?.password ?? '';
    assert.ok(await pod.isGood(token));
    const again = await run();
    assert.match(again.stdout, / keeps its token of alice-ns\/puller, /);
    assert.equal(pod.entry()?.password, token);
  });
}

test('an API server that has too many requests is asked once, and the run says until when it is left alone', async (t) => {
  const pod = await refresherPod(t);
  pod.sandbox.setEndpointFault('tokenrequest', { retryAfter: '60' });
  const { status, stderr } = await runHelper(mainHelper, pod.words, '', { env: pod.env, cwd: '/' });
  assert.equal(status, 1);
  assert.match(stderr, /too many requests \(429\), and asks to be left alone until \d\d:\d\d:\d\d UTC/);
  const minting = pod.sandbox.requests.filter(({ path }) => path.endsWith('/token'));
  assert.equal(minting.length, 1);
});

test('a person runs it with the login of oc, and what stops it is told with a command that works', async (t) => {
  const pod = await refresherPod(t);
  const { sandbox, host } = pod;
  const home = await loggedIn(t, mainHelper, sandbox, sandbox.issueOAuthToken({ user: 'kube:admin' }));
  const refresh = async () => {
    const words = ['alice-ns/pull', '--host', host, '--service-account', 'alice-ns/puller'];
    const { status, stdout, stderr } = await home.run(['pull-secret', 'refresh', ...words], '');
    assert.doesNotMatch(stdout + stderr, /sha256~|eyJ[\w-]{8}/);
    return { status, stderr };
  };
  assert.deepEqual(await refresh(), { status: 0, stderr: '' });
  const good = pod.secret();
  const { secrets, serviceAccounts } = sandbox.cluster;
  const account = serviceAccounts.get('alice-ns/puller') ?? assert.fail('there is no account');
  const put = (changes: Partial<typeof good>) => void secrets.set('alice-ns/pull', { ...good, ...changes });
  const refusals: readonly (readonly [string, () => void])[] = [
    ['pull-secret-type', () => put({ type: 'Opaque' })],
    [
      'pull-secret-broken',
      () => put({ data: { '.dockerconfigjson': Buffer.from('{"auths":[]}').toString('base64') } }),
    ],
    ['pull-secret-managed', () => put({ annotations: { 'openshift.io/token-secret.name': 'puller-token' } })],
    ['pull-secret-immutable', () => put({ immutable: true })],
    ['pull-secret-gone', () => void secrets.delete('alice-ns/pull')],
    [
      'new-token-unchecked',
      () => {
        put({ data: { '.dockerconfigjson': Buffer.from('{}').toString('base64') } });
        sandbox.setEndpointFault('registry-token', 503);
      },
    ],
    [
      'no-such-account',
      () => {
        sandbox.setEndpointFault('registry-token', null);
        put({});
        serviceAccounts.delete('alice-ns/puller');
      },
    ],
  ];
  for (const [code, stop] of refusals) {
    stop();
    const { status, stderr } = await refresh();
    assert.equal(status, 1, code);
    assert.match(stderr, new RegExp(` \\[${code}\\]\\. Run: `));
  }
  // The commands are run after this, by someone who has put right what was wrong.
  serviceAccounts.set('alice-ns/puller', account);
});

test(`killed ${KILLS} times, half of them while its write is with the API server, it leaves the Secret whole, with its UID, and a login that is good or none`, async (t) => {
  const pod = await refresherPod(t);
  const { sandbox } = pod;
  const { uid } = pod.secret();
  const foreign = '"quay.io" : {"auth":"eDp5"}';
  const withForeign = (own: string) => `{"auths":{${foreign}${own === '' ? '' : `,${own}`}}}`;
  const ownIn = (token: string) => textWith(pod.host, token).slice('{"auths":{'.length, -2);
  const startedAtMs = performance.now();
  const reference = await runHelper(mainHelper, pod.words, '', { env: pod.env });
  const wholeMs = performance.now() - startedAtMs;
  assert.equal(reference.status, 0, reference.stderr);
  let seen: Record<string, number> = {};
  let before = '';
  let from = '';
  prepare(pod);
  /** @param held where the write waits when the kill comes; undefined: it comes at any moment */
  const kill = async (held?: Delayed) => {
    seen = {};
    if (held !== undefined) sandbox.setDelay('secret-write', 24 * HOUR * 1000, held);
    const count = await killAtRandom([...mainHelper.command, ...pod.words], {
      env: pod.env,
      kills: Math.ceil(KILLS / (held === undefined ? 2 : 4)),
      withinMs: held === undefined ? 1.3 * wholeMs : 0,
      after: held === undefined ? 'start' : () => sandbox.received('secret-write'),
      check,
    });
    if (held !== undefined) sandbox.setDelay('secret-write', 0, held);
    t.diagnostic(`${held ?? 'any moment'}: ${JSON.stringify({ ...count, ...seen })}`);
    return Object.keys(seen).map((each) => each.split(', ')[1]);
  };
  await kill();
  assert.deepEqual(new Set(await kill('request')), new Set(['as before']));
  assert.deepEqual(new Set(await kill('answer')), new Set(['renewed', 'removed']));

  function check(wasKilled: boolean): void {
    const text = pod.text();
    assert.equal(pod.secret().uid, uid);
    assert.ok(text.includes(foreign), "another's login is not what it was");
    const own = pod.entry();
    const isGood = own !== undefined && sandbox.cluster.credentials.validate(own.password) !== undefined;
    const state = text === before ? 'as before' : own === undefined ? 'removed' : isGood ? 'renewed' : 'bad';
    assert.notEqual(state, 'bad', 'the login is neither good nor the one that was there');
    const isSent = sandbox.requests.some(({ method }) => method === 'PATCH');
    const when = `${isSent ? 'with' : 'before'} its write`;
    if (wasKilled) seen[`${from}, ${state}, ${when}`] = (seen[`${from}, ${state}, ${when}`] ?? 0) + 1;
    prepare(pod);
  }

  /** Something to do for the next run, in turn: no login, one that is due, one that has ended, and no new one to be had. */
  function prepare({ put, tokenOf }: RefresherPod): void {
    const kinds = ['none', 'due', 'ended', 'ended for good'];
    from = kinds[(kinds.indexOf(from) + 1) % kinds.length] ?? '';
    sandbox.setEndpointFault('tokenrequest', from === 'ended for good' ? 503 : null);
    const age = { none: undefined, due: 5, ended: 9 }[from.split(' ', 1)[0] ?? ''];
    put(withForeign(age === undefined ? '' : ownIn(tokenOf(age * HOUR, 8 * HOUR))));
    sandbox.clearRequests();
    before = pod.text();
  }
});
