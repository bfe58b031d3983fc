import assert from 'node:assert/strict';
import { AppError, describeError } from '../../../src/hosts/reason.ts';
import { readTypedCredential, typedText } from '../../../src/protocol/read-typed-credential.ts';
import {
  inWords,
  NOT_FOUND,
  requestedHost,
  requestedText,
  respelt,
  serveGet,
} from '../../../src/protocol/serve-get.ts';
import { serveOther } from '../../../src/protocol/serve-others.ts';
import {
  isDockerToken,
  normaliseLoginKey,
  normaliseRegistryHost,
} from '../../../src/registry/registry-host.ts';
import { PASSWORD, readOrRefused, type Target, TOKEN, tellsNoSecret } from '../target.ts';

const HOSTS = [
  'registry.example.com',
  'registry.example.com:5000\n',
  'https://index.docker.io/v1/',
  'https://index.docker.io/v1/access-token',
  'http://REGISTRY.Example.COM:443/v2/',
  'registry.example.com./namespace/name',
  '[2001:db8::1]:5000',
  '[::ffff:10.0.0.1]',
  '10.0.0.1:5000',
  'bücher.example.com',
  'xn--bcher-kva.example.com',
  'default-route-openshift-image-registry.apps.a.example.com',
  'image-registry.openshift-image-registry.svc:5000',
  'my_registry',
  '0x7f.1',
];
const HOST_WORDS = [
  ...HOSTS,
  '.',
  '..',
  ':',
  ':443',
  ':0',
  'https://',
  'http://',
  '@',
  '//',
  '[',
  ']',
  '％',
  '。',
  'xn--',
];

function holdsHost(host: string): void {
  assert.match(host, /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:]+\])(?::[1-9]\d{0,4})?$/);
  assert.ok(host.length <= 260 && !host.endsWith(':443'));
  // One spelling, whichever way it is read.
  assert.equal(normaliseRegistryHost(host), host);
  assert.equal(normaliseRegistryHost(`https://${host}/`), host);
}

/** What engines and people write for a host. */
const hosts: Target = {
  name: 'hosts',
  seeds: HOSTS,
  words: HOST_WORDS,
  run(text) {
    const host = normaliseRegistryHost(text);
    if (host !== null) holdsHost(host);
    const key = normaliseLoginKey(text);
    if (key !== host) assert.ok(key !== null && isDockerToken(key));
  },
};

/** `get`: a line on stdin, read as bytes. */
const get: Target = {
  name: 'get',
  seeds: HOSTS,
  words: HOST_WORDS,
  run(text, random) {
    const bytes = Buffer.from(text).toString('latin1');
    const host = requestedHost(bytes);
    const typed = requestedText(bytes);
    assert.ok(!typed.includes('\n') && typed === typed.trim());
    if (host !== null && !isDockerToken(host)) holdsHost(host);
    const secret = random.pick([TOKEN, text, 's']);
    const said = respelt(
      typed,
      host ?? '',
      inWords(host ?? '', { kind: 'credential', username: typed, secret, expiresAtMs: null }),
    );
    assert.ok(!/[\n\r]/.test(said.out));
    const serverUrl = host !== null && typed === host ? host : typed;
    assert.deepEqual(JSON.parse(said.out), { ServerURL: serverUrl, Username: typed, Secret: secret });
    const ends: string[] = [];
    serveGet({
      readStdinAtOnce: () => ({ bytes, complete: true }),
      recall: (asked) => {
        assert.equal(asked, host);
        return { kind: 'said', status: 1, out: NOT_FOUND, err: '' };
      },
      write: (fd, line) => assert.deepEqual([fd, line], [1, `${NOT_FOUND}\n`]),
      exit: (status) => ends.push(`exit ${status}`),
      getKept: () => ends.push('kept'),
      getSlowly: () => ends.push('slowly'),
    });
    assert.deepEqual(ends, [host === null ? 'slowly' : 'exit 1']);
  },
};

/** What `store` reads, as engines write it. */
const credential = (fields: Record<string, unknown>) => JSON.stringify(fields);
const STORES = [
  credential({ ServerURL: 'registry.example.com', Username: 'alice', Secret: PASSWORD }),
  `${credential({ ServerURL: 'https://index.docker.io/v1/', Username: '<token>', Secret: TOKEN })}\n`,
  credential({
    ServerURL: 'r.example.com:5000',
    Username: 'system:serviceaccount:ns:name',
    Secret: PASSWORD,
    More: [1],
  }),
  `{\n  "Secret": "${PASSWORD}",\n  "ServerURL": "registry.example.com",\n  "Username": "b\\u00fccher"\n}`,
  credential({ ServerURL: '', Username: '', Secret: '' }),
];
const STORE_WORDS = [
  '"ServerURL"',
  '"Username":',
  '"Secret"',
  'null',
  '\\ud800',
  '\\n',
  '{"a":{',
  '[[',
  'ServerURL',
];

const store: Target = {
  name: 'store',
  seeds: STORES,
  words: STORE_WORDS,
  run(text) {
    const bytes = Buffer.from(text).toString('latin1');
    const read = readOrRefused(text, () => readTypedCredential(typedText(bytes)));
    if (read === undefined) return;
    const { ServerURL, Username, Secret } = JSON.parse(typedText(bytes));
    assert.deepEqual([read.serverUrl, read.username, read.secret], [ServerURL.trim(), Username, Secret]);
    assert.equal(read.host, normaliseLoginKey(ServerURL));
    assert.doesNotMatch(read.username, /\p{Cc}/u);
  },
};

/** `store` and `erase` from stdin to their last word. */
const otherVerbs: Target = {
  name: 'other-verbs',
  seeds: [...STORES, ...HOSTS],
  words: [...STORE_WORDS, ...HOST_WORDS],
  async run(text, random) {
    const verb = random.pick(['store', 'erase'] as const);
    const said: [number, string][] = [];
    const failing = random.oneIn(3);
    const fail = async (): Promise<void> => {
      if (failing) throw new AppError({ code: 'keychain-broken', message: 'The keychain is broken' });
    };
    const status = await serveOther(verb, {
      waitForStdin: async () => text,
      eraseCredential: fail,
      storeCredential: fail,
      listCredentials: () => assert.fail('nothing is listed'),
      whyNotListed: () => assert.fail('nothing is listed'),
      write: (fd, line) => said.push([fd, line]),
      onDeadline: () => {},
    });
    for (const [, line] of said) {
      tellsNoSecret(line, text);
      assert.match(line, /^[^\n]+\n$/);
      assert.doesNotMatch(line.trimEnd(), /\p{Cc}/u);
    }
    const fds = said.map(([fd]) => fd);
    if (verb === 'erase') assert.deepEqual([status, fds.filter((fd) => fd !== 2)], [0, []]);
    else assert.deepEqual(fds, status === 1 ? [1] : []);
  },
};

const PLANT = 'planted-5150';
/** Where a secret is known to be one, whatever stands around it. */
const PLANTED = [
  ...[
    `https://bob:${PLANT}@r.example.com`,
    `//bob:${PLANT}@r.example.com/v2/`,
    `bob:${PLANT}@r.example.com:5000`,
  ],
  ...[
    `https://a.example.com,https://bob:${PLANT}@r.example.com`,
    `bob:${PLANT}@r.example.com/ns@sha256:0123`,
  ],
  ...[`token=${PLANT}`, `Bearer ${PLANT}`, `Basic  ${PLANT}`, `sha256~${PLANT}`, `ghp_${PLANT}`],
];
const BETWEEN = [' ', '\n', '\t', '\b', '\u200b', '\u2028', ' "', "' ", '  (', '> <'];

/** Every printer's last step, for what others say: it is not to drive a terminal, nor to tell what looks like a token. */
const sentences: Target = {
  name: 'sentences',
  seeds: [
    `the plugin said: Bearer ${TOKEN} is over`,
    `https://bob:${PASSWORD}@registry.example.com/v2/ token=${TOKEN}&x=1`,
    'Authorization: Basic YWxpY2U6Y2FuYXJ5LXBhc3MtNzI5MQ==',
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2ln and more',
    'bob:pass@host:5000/ns@sha256:0123456789abcdef',
  ],
  words: ['://', '@', 'Bearer ', 'token=', 'password=', 'sha256~', 'eyJ', 'ghp_', '%3A', '/', 'https:'],
  run(text, random) {
    const between = () => random.pick(BETWEEN);
    const message = [text, between(), random.pick(PLANTED), between(), text].join('');
    const line = describeError(new AppError({ code: 'a-code', message, fix: { do: text } }));
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.ok(!line.includes(PLANT), 'what is planted is told');
    tellsNoSecret(line, `${text} ${text}`);
  },
};

/** What is read of stdin, and what is said. */
export const protocolTargets: readonly Target[] = [hosts, get, store, otherVerbs, sentences];
