import assert from 'node:assert/strict';
import {
  askForLogin,
  askForManifest,
  askForTypedLogin,
  type Send,
} from '../../../src/cluster/ask-registry.ts';
import { oauthState } from '../../../src/cluster/contact.ts';
import { discoverRegistryHosts, findImage } from '../../../src/cluster/discover-registry-hosts.ts';
import { imageRights } from '../../../src/cluster/image-rights.ts';
import { mintToken } from '../../../src/cluster/mint-service-account-token.ts';
import { startProject } from '../../../src/cluster/oauth/access.ts';
import { answerChallenge, basicAnswer } from '../../../src/cluster/oauth/challenge-flow.ts';
import { exchangeCode, prepareAuthorization } from '../../../src/cluster/oauth/code-flow.ts';
import { readOAuthMetadata } from '../../../src/cluster/oauth/metadata.ts';
import { inspectToken, revokeToken } from '../../../src/cluster/oauth-tokens.ts';
import type { Reply } from '../../../src/cluster/send-request.ts';
import { normaliseRegistryHost } from '../../../src/registry/registry-host.ts';
import { readTranscript, transcriptNames, transcriptServer } from '../../sandbox/transcript.ts';
import { mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { awaitedOrRefused, PASSWORD, type Target, TOKEN, tellsNoSecret } from '../target.ts';

const HOST = 'registry.example.com';
const SERVER = 'https://api.a.example.com:6443';
const ISSUER = 'https://oauth.a.example.com';
const TOLD = ['www-authenticate', 'content-type', 'location', 'warning'];

/** A reply as a text: its status, the headers that are looked at, an empty line and the body. */
function seedsOf(server: 'api' | 'oauth' | 'registry'): string[] {
  return transcriptNames()
    .filter((name) => transcriptServer(readTranscript(name)) === server)
    .map((name) => {
      const { status, headers, body } = readTranscript(name).response;
      const told = headers.filter(([header]) => TOLD.includes(header.toLowerCase()));
      return [status, ...told.map((header) => header.join(': ')), '', withCanary(body ?? '')].join('\n');
    })
    .filter((text) => text.length < 4000);
}

/** Names of tokens that a transcript leaves open are such a token. */
function withCanary(body: string): string {
  return body
    .replaceAll(/\{\{\w*TOKEN\w*\}\}/g, TOKEN)
    .replaceAll('localhost:28445', 'oauth.a.example.com')
    .replaceAll('localhost:25000', HOST);
}

/** A reply as HTTP's parser lets it pass: a status of three digits, and headers without controls. */
function replyOf(text: string): Reply {
  const [head = '', ...rest] = text.split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.split(':', 1)[0]?.toLowerCase() ?? '',
      line
        .slice(line.indexOf(':') + 1)
        .replaceAll(/[^\t -~\x80-\xff]/g, '')
        .trim(),
    ]),
  );
  const status = /^\d{1,3}$/.test(first) ? Number(first) : 200;
  return { status, headers, body: rest.join('\n\n'), dateMs: 0, detail: '', timedOut: false };
}

/** Answers the first request with the text, and later ones with what comes, among them the text again. */
function answers(
  text: string,
  target: Pick<Target, 'seeds' | 'words'>,
  random: Random,
): () => Promise<Reply> {
  let isFirst = true;
  return async () => {
    const reply = isFirst || random.oneIn(3) ? text : mutated(target.seeds, target.words, random);
    isFirst = false;
    return replyOf(reply);
  };
}

const WORDS = [
  ...[
    '200\n',
    '201\n',
    '401\n',
    '403\n',
    '404\n',
    '500\n',
    '0\n',
    '"kind":"UserOAuthAccessToken"',
    '"status":{',
    '"token":',
  ],
  ...[
    '"metadata":{"name":"alice"}',
    '"items":[',
    '"expiresIn":',
    '"message":"',
    '"details":{"kind":"secrets"}',
    '\\u0000',
  ],
  ...[
    '"creationTimestamp":"2026-01-01T00:00:00Z"',
    '"expirationTimestamp":"',
    '+292278994-08-17',
    'User \\"x\\"',
    'null',
  ],
  ...[
    '"publicDockerImageRepository":"',
    '"imagePullSecrets":[{"name":"x"}]',
    '"data":{"token":"',
    '"scopes":[',
    '{}',
    '[]',
  ],
];

const identity = { server: SERVER, route: '', user: 'alice', context: 'one', namespace: 'ns' } as Parameters<
  typeof discoverRegistryHosts
>[0];

const api: Target = {
  name: 'api-replies',
  seeds: seedsOf('api'),
  words: WORDS,
  async run(text, random) {
    const ask = answers(text, api, random);
    const nowMs = () => 1_800_000_000_000;
    switch (random.below(6)) {
      case 0: {
        const token = random.pick([TOKEN, 'opaque', 'e30.eyJleHAiOjF9.x']);
        const said = await inspectToken(token, { ask, askOAuthServer: ask }, nowMs);
        if ('detail' in said) tellsNoSecret(said.detail, text);
        if (said.kind === 'accepted') assert.equal(typeof said.username, 'string');
        break;
      }
      case 1: {
        const order = { namespace: 'ns', name: 'puller', lifeSeconds: 3600, boundSecret: undefined };
        const minted = await mintToken(order, HOST, ask, nowMs);
        if (minted.kind === 'minted') {
          assert.match(minted.token.token, /^[\x21-\x7e]+$/);
          assert.ok(!Number.isNaN(minted.token.expiresAtMs));
        } else if ('detail' in minted) tellsNoSecret(minted.detail, text);
        break;
      }
      case 2: {
        const { hosts } = await discoverRegistryHosts(identity, ask, () => random.oneIn(3));
        for (const host of hosts) assert.equal(normaliseRegistryHost(host), host);
        break;
      }
      case 3:
        assert.match((await findImage(identity, ask)) ?? 'a/b:c', /^[\w./:-]+$/);
        assert.match((await startProject(SERVER, TOKEN, { askApi: ask })) ?? '', /^/);
        break;
      case 4: {
        const rights = imageRights(ask);
        await rights.right(HOST, 'get', 'ns', 'name');
        await rights.imageStream(HOST, 'ns', 'name');
        await rights.hasNamespace(HOST, 'ns');
        break;
      }
      default: {
        const ended = await revokeToken(TOKEN, ask);
        if (ended.kind === 'failed') tellsNoSecret(ended.detail, text);
      }
    }
  },
};

const trust = { givenFile: undefined, command: 'login' };
const endpoint = (path: string) => new URL(`${ISSUER}/oauth/${path}`);
const metadata = {
  issuer: ISSUER,
  authorizationEndpoint: endpoint('authorize'),
  tokenEndpoint: endpoint('token'),
};

const oauth: Target = {
  name: 'oauth-replies',
  seeds: [
    ...seedsOf('oauth'),
    `200\n\n${JSON.stringify({ issuer: ISSUER, authorization_endpoint: `${ISSUER}/a`, token_endpoint: `${ISSUER}/t` })}`,
    `200\ncontent-type: application/json\n\n{"access_token":"${TOKEN}","token_type":"Bearer","expires_in":86400}`,
    `302\nlocation: ${ISSUER}/oauth/token/implicit?code=${TOKEN}&state=x\n\n`,
    `401\nwww-authenticate: Basic realm="openshift"\nwarning: 199 Origin "wrong ${TOKEN}"\n\n`,
  ],
  words: [
    ...WORDS,
    ISSUER,
    'https://evil.example.com',
    '"issuer":"',
    '"access_token":"',
    '"error":"',
    'location: ',
    'Basic',
  ],
  async run(text, random) {
    const ask = answers(text, oauth, random);
    const asked: { url: URL; headers: Record<string, string> }[] = [];
    const send = async ({ url, headers }: { url: URL; headers: unknown }) => {
      asked.push({ url, headers: headers as Record<string, string> });
      return ask();
    };
    const read = await awaitedOrRefused(text, () => readOAuthMetadata(SERVER, { askApi: send }, trust));
    if (read !== undefined) {
      const origins = [read.authorizationEndpoint, read.tokenEndpoint].map((url) => url.origin);
      assert.deepEqual(origins, Array(2).fill(new URL(read.issuer).origin));
      assert.match(origins[0] ?? '', /^https:/);
    }
    const access = { askOAuthServer: send };
    if (random.oneIn(2)) {
      await awaitedOrRefused(text, () => answerChallenge(metadata, basicAnswer('alice', PASSWORD), access));
    } else {
      const authorization = await prepareAuthorization(metadata, 'client', 'http://127.0.0.1:1/callback');
      const query = new URLSearchParams({ code: 'c', state: authorization.state });
      const token = await awaitedOrRefused(text, () => exchangeCode(authorization, query, access));
      if (token !== undefined) assert.notEqual(token, '');
    }
    await oauthState(SERVER, (url) => send({ url, headers: {} }));
    for (const { url, headers } of asked)
      if (headers.authorization !== undefined) assert.equal(url.origin, ISSUER, 'a password leaves');
  },
};

const login = { username: 'alice', token: TOKEN };
const SECRETS = [TOKEN, Buffer.from(`alice:${TOKEN}`).toString('base64')];

const registry: Target = {
  name: 'registry-replies',
  seeds: [
    ...seedsOf('registry'),
    `401\nwww-authenticate: Bearer realm="https://${HOST}/openshift/token",service="${HOST}",scope="repository:a/b:pull"\n\n{}`,
    '401\nwww-authenticate: Bearer realm="https://auth.example.com/token?x=1"\n\n{}',
    '401\nwww-authenticate: Basic realm="x"\n\n{"errors":[{"code":"UNAUTHORIZED","message":"unable to validate token: ServiceUnavailable"}]}',
    `200\n\n{"token":"${TOKEN}","access_token":"x"}`,
    '404\n\n{"errors":[{"code":"OPENSHIFT_PULLTHROUGH_MANIFEST","message":"no"}]}',
  ],
  words: [
    ...[
      'Bearer ',
      'realm="',
      '",service="',
      ',scope="',
      'Basic',
      'https://evil.example.com/t',
      `https://${HOST}/t`,
    ],
    ...[
      `https://${HOST}@evil.example.com/`,
      `https://${HOST}:444/`,
      'http://',
      '\\',
      '"',
      "realm='x'",
      'REALM="',
      ...WORDS,
    ],
  ],
  async run(text, random) {
    const ask = answers(text, registry, random);
    const goesTo = random.pick(['itself', 'its realm'] as const);
    const isTyped = random.oneIn(3);
    const isAnyRealm = isTyped || goesTo === 'its realm';
    const send: Send = async (url, headers) => {
      const sent = `${url.href} ${JSON.stringify(headers)}`;
      assert.equal(url.protocol, 'https:');
      // What a server sends as its own address is known to it.
      const isOurs = (secret: string) => url.href.includes(secret) && !text.includes(secret);
      assert.ok(!SECRETS.some(isOurs), 'a secret is in an address');
      if (SECRETS.some((secret) => sent.includes(secret)) && !isAnyRealm)
        assert.equal(url.host, HOST, 'a login leaves');
      return ask();
    };
    const challenge = replyOf(text).headers?.['www-authenticate'] ?? '';
    const said = isTyped
      ? await askForTypedLogin(HOST, login, send)
      : random.oneIn(2)
        ? await askForLogin(HOST, challenge, login, goesTo, send)
        : await askForManifest(
            { host: HOST, repository: 'a/b', reference: 'latest' },
            goesTo === 'itself' ? login : undefined,
            send,
          );
    if ('detail' in said) assert.equal(typeof said.detail, 'string');
  },
};

/** What clusters and registries reply. */
export const replyTargets: readonly Target[] = [api, oauth, registry];
