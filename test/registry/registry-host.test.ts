import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseLoginKey, normaliseRegistryHost } from '../../src/registry/registry-host.ts';
import fc from '../support/properties.ts';

function normalises(spellings: Record<string, string | null>): void {
  for (const [text, host] of Object.entries(spellings)) {
    assert.equal(normaliseRegistryHost(text), host, JSON.stringify(text.slice(0, 80)));
  }
}

test('a plain host, with or without a port, stays as it is', () =>
  normalises({
    'registry.example.com': 'registry.example.com',
    'registry.example.com:5000': 'registry.example.com:5000',
    localhost: 'localhost',
    'localhost:5000': 'localhost:5000',
    'registry-1.my_team.example.com': 'registry-1.my_team.example.com',
    '127.0.0.1:5000': '127.0.0.1:5000',
  }));

test('scheme, path, query, white space and upper case are spellings of the same host', () =>
  normalises({
    'https://registry.example.com': 'registry.example.com',
    'http://registry.example.com': 'registry.example.com',
    'HTTPS://Registry.Example.Com/v1/': 'registry.example.com',
    'registry.example.com/namespace/name:tag': 'registry.example.com',
    'registry.example.com?x=y': 'registry.example.com',
    'registry.example.com#x': 'registry.example.com',
    'registry.example.com\n': 'registry.example.com',
    ' registry.example.com\r\n': 'registry.example.com',
    'https://index.docker.io/v1/': 'index.docker.io',
  }));

test('a dot at the end of a name is left out: to DNS it is the same host', () =>
  normalises({
    'registry.example.com.': 'registry.example.com',
    'Registry.Example.com.:5000': 'registry.example.com:5000',
    'https://registry.example.com./v2/': 'registry.example.com',
    'registry.example.com.:443': 'registry.example.com',
    'registry.example.com..': null,
    '.': null,
  }));

test('the port of https is left out, in every spelling of it', () =>
  normalises({
    'registry.example.com:443': 'registry.example.com',
    'registry.example.com:0443': 'registry.example.com',
    'https://registry.example.com:443/v2/': 'registry.example.com',
    'http://registry.example.com:80': 'registry.example.com:80',
    'registry.example.com:05000': 'registry.example.com:5000',
  }));

test('a port that is none makes it no host', () =>
  normalises({ 'h:0': null, 'h:65536': null, 'h:99999': null, 'h:x': null, 'h:-1': null, ':5000': null }));

test('an IPv6 address keeps its brackets and is shortened', () =>
  normalises({
    '[::1]': '[::1]',
    '[::1]:5000': '[::1]:5000',
    '[0:0:0:0:0:0:0:1]:443': '[::1]',
    'https://[2001:DB8::1]/v2/': '[2001:db8::1]',
    '::1': null,
    '[::1': null,
    '[fe80::1%eth0]': null,
  }));

test('an IDN becomes punycode', () =>
  normalises({
    'bücher.example.com': 'xn--bcher-kva.example.com',
    'BÜCHER.example.com:5000': 'xn--bcher-kva.example.com:5000',
    'xn--bcher-kva.example.com': 'xn--bcher-kva.example.com',
    'ｒegistry.example.com': 'registry.example.com',
  }));

test('a numeric host is the address that a connection would go to', () =>
  normalises({
    '2130706433': '127.0.0.1',
    '0x7f.1': '127.0.0.1',
    '0x7f.1:5000': '127.0.0.1:5000',
    '10.1': '10.0.0.1',
    '256.256.256.256': null,
  }));

test('what could lead a token astray is no host', () =>
  normalises({
    'user@registry.example.com': null,
    'https://user:pass@registry.example.com': null,
    'registry.example.com\\@evil.example.com': null,
    'registry.example.com\0.evil.example.com': null,
    'registry%2eexample.com': null,
    'two words': null,
    'registry.example.com\tx': null,
    'registry..example.com': null,
  }));

test('nothing, and what is too long for any host, is no host', () =>
  normalises({
    '': null,
    ' \n': null,
    'https://': null,
    '/v2/': null,
    [`${'a.'.repeat(130)}b`]: null,
    ['x'.repeat(10_000)]: null,
  }));

test('to normalise twice changes nothing more', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.webAuthority({ withIPv4: true, withIPv4Extended: true, withIPv6: true, withPort: true }),
    fc.stringMatching(/^[a-zA-Z0-9.:_\-[\]]{1,30}$/),
  );
  fc.assert(
    fc.property(text, (input) => {
      const once = normaliseRegistryHost(input);
      if (once !== null) assert.equal(normaliseRegistryHost(once), once);
    }),
    { numRuns: 5000 },
  );
});

test('whatever comes out is a host that a URL is made of without change', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9.:_\-[\]ü/@%]{1,30}$/), (input) => {
      const host = normaliseRegistryHost(input);
      if (host !== null) assert.equal(new URL(`https://${host}/`).host, host);
    }),
    { numRuns: 5000 },
  );
});

test('a login is named by its host, and docker’s own tokens beside that of Docker Hub by their URL', () => {
  for (const [text, key] of [
    ['R.example.com', 'r.example.com'],
    ['https://index.docker.io/v1/', 'index.docker.io'],
    ['https://index.docker.io/v1/access-token', 'index.docker.io/v1/access-token'],
    ['index.docker.io/v1/refresh-token\n', 'index.docker.io/v1/refresh-token'],
    ['index.docker.io/v1/other-token', 'index.docker.io'],
    ['r.example.com/v1/access-token', 'r.example.com'],
    ['', null],
  ] as const)
    assert.equal(normaliseLoginKey(text), key, text);
});
