import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contact, NO_MEMORY, oauthState } from '../../src/cluster/contact.ts';
import { noAnswer, type Reply } from '../../src/cluster/send-request.ts';

const CONNECTION = {
  server: 'https://api.example.com:6443',
  ca: undefined,
  tlsServerName: undefined,
  insecure: false,
  proxyUrl: undefined,
  clientCertificate: { cert: 'cert', key: 'key' },
  fault: undefined,
};

function told(reply: Reply, env: Record<string, string> = {}, proxyUrl?: string) {
  return contact(
    new URL('https://api.example.com:6443/version'),
    { ...CONNECTION, proxyUrl },
    {
      send: async (_url, { clientCertificate }, headers) => {
        // It is asked by nobody in particular.
        assert.deepEqual([clientCertificate, headers], [undefined, {}]);
        return reply;
      },
      nowMs: Date.now,
      env,
    },
  );
}

test('what keeps a server from answering is told by its code', async () => {
  const faultOf = async (reply: Reply) => {
    const found = await told(reply);
    return found.kind === 'none' ? found.fault : undefined;
  };
  for (const [code, fault] of [
    ['ENOTFOUND', 'unknown-name'],
    ['EAI_AGAIN', 'no-lookup'],
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'no-network'],
    ['CERT_HAS_EXPIRED', 'expired-certificate'],
    ['CERT_NOT_YET_VALID', 'expired-certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'other-name'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted-certificate'],
    ['ECONNRESET', 'other'],
  ] as const) {
    assert.equal(await faultOf({ ...noAnswer('x'), code }), fault);
  }
  assert.equal(await faultOf(noAnswer('no answer within 2 s', true)), 'late');
  assert.equal(await faultOf(noAnswer('no connection')), 'other');
  assert.equal(await faultOf(noAnswer('the certificate authority /ca.crt is not there')), 'own-fault');
});

test('a proxy is told without its password', async () => {
  const env = { HTTPS_PROXY: 'http://user:secret@proxy.example.com:3128' };
  assert.equal((await told(noAnswer('x'), env)).proxy, 'http://proxy.example.com:3128');
  assert.equal((await told(noAnswer('x'), env, 'socks5://u:p@other')).proxy, 'socks5://other');
  assert.equal((await told(noAnswer('x'), { HTTPS_PROXY: 'http://' })).proxy, 'that is set');
  assert.equal((await told(noAnswer('x'))).proxy, undefined);
});

test('the clocks are compared at the middle of the request', async () => {
  const reply: Reply = { ...noAnswer(''), status: 200, dateMs: Date.now() + 3_600_000 };
  const found = await told(reply);
  assert.ok(found.kind === 'answered' && found.skewMs !== undefined);
  assert.ok(Math.abs(found.skewMs - 3_600_500) < 60_000, String(found.skewMs));
  const without = await told({ ...reply, dateMs: undefined });
  assert.equal(without.kind === 'answered' ? without.skewMs : 0, undefined);
});

test('whoever looks for what is wrong asks anew', () => {
  NO_MEMORY.note('https://api.example.com', { detail: 'connection refused', timedOut: false });
  assert.equal(NO_MEMORY.recentFailure('https://api.example.com'), undefined);
  assert.equal(NO_MEMORY.connectLimitMs('https://api.example.com'), 2000);
});

test('an OAuth server is asked for a login without any, and shows by its refusal whether it serves', async () => {
  const server = 'https://api.example.com:6443';
  const metadata = { authorization_endpoint: 'https://oauth.example.com/oauth/authorize' };
  const at = async (answer: Partial<Reply>, body: object = metadata, status = 200) => {
    const asked: string[] = [];
    const state = await oauthState(server, async (url, headers) => {
      assert.deepEqual(Object.keys(headers), url.origin === server ? [] : ['x-csrf-token']);
      asked.push(url.origin + url.pathname);
      const metadataReply = { ...noAnswer(''), status, body: JSON.stringify(body) };
      return url.origin === server ? metadataReply : { ...noAnswer(''), ...answer };
    });
    return [state, asked.length];
  };
  assert.deepEqual(await at({ status: 401 }), ['serving', 2]);
  assert.deepEqual(await at({ status: 400, body: '{"error":"server_error"}' }), ['failing', 2]);
  assert.deepEqual(await at({ status: 503 }), ['failing', 2]);
  assert.deepEqual(await at({ status: 0 }), [undefined, 2]);
  // Kubernetes has none, an identity provider of its own is asked by nobody, and nothing goes over http.
  assert.deepEqual(await at({}, {}, 404), [undefined, 1]);
  assert.deepEqual(await at({}, {}), [undefined, 1]);
  assert.deepEqual(await at({}, { authorization_endpoint: 'http://oauth.example.com/' }), [undefined, 1]);
});
