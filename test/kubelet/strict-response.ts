import assert from 'node:assert/strict';

/** A response as a kubelet understood it. */
export interface DecodedResponse {
  readonly cacheKeyType: 'Image' | 'Registry' | 'Global';
  /** Undefined: the kubelet's own default. */
  readonly cacheSeconds: number | undefined;
  readonly auth: Readonly<Record<string, { readonly username: string; readonly password: string }>>;
}

/**
 * Decodes what a provider printed as strictly as a kubelet's runner (k8s.io/kubernetes, pkg/credentialprovider/plugin,
 * `decodeResponse`: the codec factory's EnableStrict, sigs.k8s.io/json): one object, keys in their exact letters, none
 * twice, none that is not known, no value of another kind, and the apiVersion that was asked in.
 * @param apiVersion that of the kubelet's config
 * @throws AssertionError: the kubelet would have no credentials, and an error in its log
 */
export function decodeStrictly(text: string, apiVersion: string): DecodedResponse {
  const response = objectOf(parseStrictly(text), 'the response');
  const fields = ['kind', 'apiVersion', 'cacheKeyType', 'cacheDuration', 'auth'];
  for (const name of Object.keys(response)) assert.ok(fields.includes(name), `unknown field "${name}"`);
  const { cacheKeyType, cacheDuration, auth } = response;
  assert.equal(response.apiVersion, apiVersion, 'apiVersion did not match expected apiVersion');
  assert.equal(response.kind, 'CredentialProviderResponse', 'unexpected Kind');
  assert.ok(
    cacheKeyType === 'Image' || cacheKeyType === 'Registry' || cacheKeyType === 'Global',
    'did not return a valid cacheKeyType',
  );
  const entries = auth === undefined || auth === null ? {} : objectOf(auth, 'auth');
  for (const [key, entry] of Object.entries(entries)) {
    const { username, password, ...more } = objectOf(entry, key);
    assert.deepEqual([typeof username, typeof password, more], ['string', 'string', {}], key);
  }
  return {
    cacheKeyType,
    cacheSeconds:
      cacheDuration === undefined || cacheDuration === null ? undefined : durationOf(cacheDuration),
    auth: entries as DecodedResponse['auth'],
  };
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} is no object`);
  return value as Record<string, unknown>;
}

/** JSON, in which no object has a key twice; `JSON.parse` takes the last. */
function parseStrictly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const strings = /"(?:[^"\\]|\\.)*"/g;
  const outside = text.replaceAll(strings, '""').replaceAll(/\s/g, '');
  const again = JSON.stringify(value).replaceAll(strings, '""');
  assert.equal(outside, again, 'a key is there twice');
  return value;
}

/** Go's time.ParseDuration, of which whole hours, minutes, seconds and milliseconds are known here. In seconds. */
function durationOf(value: unknown): number {
  assert.ok(typeof value === 'string', 'cacheDuration is no text');
  assert.match(value, /^(?:0|(?:\d+(?:h|ms|m|s))+)$/, 'cacheDuration is no duration');
  const unit: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...value.matchAll(/(\d+)(h|ms|m|s)/g)];
  return parts.reduce((sum, [, count, name = '']) => sum + Number(count) * (unit[name] ?? Number.NaN), 0);
}
