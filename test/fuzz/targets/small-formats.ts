import assert from 'node:assert/strict';
import { proxyFor } from '../../../src/cluster/proxy-for.ts';
import { readPastedLogin } from '../../../src/commands/login/pasted.ts';
import { parseRegistriesConf } from '../../../src/engines/lookup/parse-registries-conf.ts';
import { jwtEndMs, readJwt } from '../../../src/hosts/jwt.ts';
import { hasFormOfToken, typedToken } from '../../../src/hosts/typed-token.ts';
import { hostInKey, keyWithoutUser } from '../../../src/registry/engine-names.ts';
import { imageInWords, parseImageReference, whyNoImage } from '../../../src/registry/image-reference.ts';
import { normaliseRegistryHost } from '../../../src/registry/registry-host.ts';
import { guessApiServer, normaliseServerUrl, readConsoleUrl } from '../../../src/registry/server-url.ts';
import { PASSWORD, type Target, TOKEN } from '../target.ts';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwtOf = (payload: unknown) => `${encoded({ alg: 'RS256' })}.${encoded(payload)}.c2lnbmF0dXJl`;
const NONE = { all: [], current: undefined, problems: [] };

const jwts: Target = {
  name: 'jwts',
  seeds: [
    jwtOf({
      exp: 1_800_000_000,
      iat: 1_700_000_000,
      sub: 'system:serviceaccount:ns:name',
      iss: 'kubernetes/serviceaccount',
    }),
    jwtOf({ sub: 'alice', iss: 'https://idp.example.com', aud: ['a', 'b'] }),
    jwtOf([]),
    TOKEN,
  ],
  words: [
    '.',
    '..',
    'eyJ',
    encoded({ exp: -1 }),
    encoded({ exp: 1e300 }),
    encoded(null),
    encoded('x'),
    '=',
    '_',
    '-',
  ],
  run(text) {
    const claims = readJwt(text);
    for (const seconds of [claims?.exp, claims?.iat])
      if (seconds !== undefined) assert.ok(Number.isFinite(seconds));
    const endMs = jwtEndMs(text);
    if (claims?.exp !== undefined) assert.equal(endMs, claims.exp * 1000);
    const shown = typedToken(text, 'https://a.example.com', NONE);
    if (shown !== undefined) assert.ok(shown === text && hasFormOfToken(text) && /^[\x21-\x7e]+$/.test(text));
  },
};

const registriesConf: Target = {
  name: 'registries.conf',
  seeds: [
    `unqualified-search-registries = ["registry.fedoraproject.org", "docker.io/"]
short-name-mode = "enforcing"
credential-helpers = ["containers-auth.json", "openshift"]

[[registry]]
prefix = "*.example.com"
location = "registry.example.com/ns"
insecure = true
blocked = false

[[registry.mirror]]
location = "mirror.example.com"
pull-from-mirror = "digest-only"

[aliases]
"alpine" = "docker.io/library/alpine"
`,
    "[[registry]]\nlocation = 'r.example.com'\nmirror-by-digest-only = true\nmirror = [{location='m', insecure=false}]\n",
    '[registries.search]\nregistries = ["docker.io"]\n',
    '# nothing\n',
  ],
  words: [
    ...[
      '[[registry]]',
      '[registry.mirror]',
      '[aliases]',
      'credential-helpers = ',
      'prefix',
      '"""',
      "'''",
      ' = ',
      '{a.b=1}',
    ],
    ...[
      '1979-05-27T07:32:00Z',
      '07:32',
      '0xff',
      'inf',
      '\\e',
      '\\x41',
      '\\U0010ffff',
      '[a.b.c]',
      'a.b = 1',
      '{x=[{',
      '[1,]',
    ],
  ],
  run(text, random) {
    const path = random.pick(['/etc/containers/registries.conf', '/etc/containers/registries.conf.d/x.conf']);
    const parsed = parseRegistriesConf(text, path);
    if ('fault' in parsed) {
      assert.ok(parsed.fault.startsWith(path));
      assert.doesNotMatch(parsed.fault.split('\n', 2).join(''), /\n/);
      return;
    }
    for (const { prefix, location, mirrors } of parsed.tables) {
      assert.ok(prefix !== '' || location !== '');
      assert.ok(!mirrors.some((mirror) => mirror.location === ''));
    }
  },
};

/** What is typed or pasted, and stands in files, for images, clusters and logins. */
const typed: Target = {
  name: 'typed-names',
  seeds: [
    'registry.example.com:5000/ns/name:tag@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'docker://Ubuntu',
    'https://console-openshift-console.apps.a.example.com/k8s/ns/ci-op/imagestreams/stable:4.20',
    'https://console.build02.ci.openshift.org/k8s/cluster/projects/ci-op-2c2tvgti',
    'https://api.a.example.com:6443/',
    `oc login --token=${TOKEN} --server=https://api.a.example.com:6443`,
    `$ sudo oc login https://api.a.example.com:6443 -u alice -p ${PASSWORD}`,
    'http://127.0.0.1:1234/callback?code=x&state=y',
    `Authorization: Bearer ${TOKEN}`,
    `https://bob:${PASSWORD}@registry.example.com/v1/`,
  ],
  words: [
    '--token=',
    '--server',
    '=',
    '-s',
    ' ',
    '"',
    '/',
    ':',
    '@',
    'sha256:',
    '%',
    '%zz',
    '__',
    '..',
    '-',
    '--',
    '[',
    '//',
  ],
  run(text) {
    const image = parseImageReference(text);
    if (image === undefined) whyNoImage(text);
    else {
      // Of a tag beside a digest nothing is said: it decides nothing.
      const { digest, tag } = image;
      const asSaid = { ...image, tag: digest === undefined ? tag : undefined };
      assert.deepEqual(parseImageReference(imageInWords(image)), asSaid);
    }
    const server = normaliseServerUrl(text);
    if (server !== null) assert.equal(normaliseServerUrl(server), server);
    if (URL.canParse(text)) readConsoleUrl(new URL(text));
    const guess = guessApiServer(normaliseRegistryHost(text) ?? '');
    if (guess !== undefined) assert.equal(normaliseServerUrl(guess), guess);
    const pasted = readPastedLogin(text);
    if (pasted.kind === 'token') {
      assert.match(pasted.token, /^[\w~.+/=-]{20,}$/);
      if (pasted.server) assert.equal(normaliseServerUrl(pasted.server), pasted.server);
    }
    hostInKey(text);
    assert.ok(!keyWithoutUser(text).includes(`:${PASSWORD}@`) || !text.includes('://bob:'));
  },
};

/** `NO_PROXY`, by its words. */
const noProxy: Target = {
  name: 'no-proxy',
  seeds: [
    '.example.com,10.0.0.0/8,*,b.example.com:8443',
    '::1,[2001:db8::]/32,2001:db8::/129',
    'localhost, .svc , *.a',
  ],
  words: ['/', ':', ',', '.', '*', '/0', '/33', '0.0.0.0/0', '::/0', '[', ']', '%', '1.2.3'],
  run(text, random) {
    const url = new URL(
      random.pick(['https://a.example.com', 'https://10.1.2.3:6443', 'https://[2001:db8::1]/']),
    );
    const proxy = proxyFor(url, { HTTPS_PROXY: 'proxy.example.com:3128', NO_PROXY: text });
    assert.ok(proxy === undefined || proxy === 'http://proxy.example.com:3128');
    if (text.split(',').some((rule) => rule.trim() === '*')) assert.equal(proxy, undefined);
  },
};

/** What is short, and read of many places. */
export const smallFormatTargets: readonly Target[] = [jwts, registriesConf, typed, noProxy];
