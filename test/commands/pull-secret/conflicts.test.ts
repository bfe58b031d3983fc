import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refreshSecret } from '../../../src/commands/pull-secret/refresh-secret.ts';
import type { ApiRequest } from '../../../src/commands/service-account/ensure-object.ts';
import { refresherPod, textWith } from './refresher-pod.ts';

/** `CONFLICTS=1000`: as many as were counted once. */
const CONFLICTS = Number(process.env.CONFLICTS ?? 60);
const HOUR = 3600;

test(`${CONFLICTS} conflicts with others who write the same Secret: it keeps its UID, all that they wrote, and a login that is good or none`, async (t) => {
  const pod = await refresherPod(t);
  const { uid } = pod.secret();
  const count = { conflicts: 0, others: 0, refreshes: 0, removals: 0 };
  const written: Record<string, object> = {};
  /** Somebody else adds a login of theirs, to what is there. */
  const interfere = () => {
    count.others += 1;
    written[`other-${count.others % 7}.example.com`] = {
      auth: Buffer.from(`a:${count.others}`).toString('base64'),
    };
    const root = JSON.parse(pod.text());
    pod.put(JSON.stringify({ ...root, auths: { ...root.auths, ...written } }, null, count.others % 3));
  };
  /** Whether the one that was there before is still there, though it has ended. */
  let ended: string | undefined;
  const look = () => {
    assert.equal(pod.secret().uid, uid);
    const { auths } = JSON.parse(pod.text());
    const own = auths[pod.host];
    for (const [host, login] of Object.entries(written)) assert.deepEqual(auths[host], login);
    if (own === undefined) return;
    const isGood = pod.sandbox.cluster.credentials.validate(own.password) !== undefined;
    assert.ok(isGood || own.password === ended, 'the login is neither good nor the one that was there');
    assert.equal(Buffer.from(own.auth, 'base64').toString(), `${own.username}:${own.password}`);
  };
  const contended = (request: ApiRequest): ApiRequest => {
    // Two at once lose to these eight and to each other's write: fewer than the twelve times that one tries.
    let left = 4;
    return async (method, path, body) => {
      if (method === 'PATCH' && left > 0) {
        left -= 1;
        interfere();
      }
      const reply = await request(method, path, body);
      if (reply.status === 409) count.conflicts += 1;
      look();
      return reply;
    };
  };
  const refresh = async () => {
    const { place, tokens } = await pod.open();
    const silent = { print: () => {}, printError: () => {} };
    const status = await refreshSecret({
      place: { ...place, request: contended(place.request) },
      account: 'alice-ns/puller',
      tokens,
      ports: { ...silent, nowMs: Date.now, wait: async () => {}, random: Math.random },
    });
    count.refreshes += 1;
    return status;
  };
  while (count.conflicts < CONFLICTS || count.removals === 0) {
    const isRemoval = count.refreshes % 8 === 6;
    ended = isRemoval ? pod.tokenOf(9 * HOUR, 8 * HOUR) : undefined;
    const token = ended ?? pod.tokenOf(5 * HOUR, 8 * HOUR);
    const auths = { ...JSON.parse(textWith(pod.host, token)).auths, ...written };
    pod.put(JSON.stringify({ auths }));
    pod.sandbox.setEndpointFault('tokenrequest', isRemoval ? 503 : null);
    // Two pods at once, as after a job that was started by hand.
    const statuses = await Promise.all([refresh(), refresh()]);
    const expected = isRemoval ? undefined : 'a login';
    assert.deepEqual([statuses[0], pod.entry() && 'a login'], [isRemoval ? 1 : 0, expected]);
    if (isRemoval) count.removals += 1;
    look();
  }
  t.diagnostic(JSON.stringify(count));
});

test('a Secret that others change at every moment is left to them, with an error that says so', async (t) => {
  const pod = await refresherPod(t);
  const { place, tokens } = await pod.open();
  const err: string[] = [];
  const waits: number[] = [];
  const job = {
    place: {
      ...place,
      request: (async (method, path, body) => {
        if (method === 'PATCH') pod.put('{"auths":{}}');
        return place.request(method, path, body);
      }) satisfies ApiRequest,
    },
    account: 'alice-ns/puller',
    tokens,
    ports: {
      print: (line: string) => void err.push(line),
      printError: (line: string) => void err.push(line),
      nowMs: Date.now,
      wait: async (ms: number) => void waits.push(ms),
      random: () => 0.5,
    },
  };
  await assert.rejects(refreshSecret(job), {
    code: 'object-keeps-changing',
    message:
      /^Secret alice-ns\/pull was changed by others each of 12 times that it was to be written; it is as they left it$/,
  });
  assert.deepEqual(waits.slice(0, 3), [50, 100, 200]);
  assert.deepEqual([Math.max(...waits), waits.length], [2500, 12]);
  assert.equal(pod.sandbox.mints.length, 1, 'one token is minted, however often it is tried');
  assert.equal(pod.text(), '{"auths":{}}');
});
