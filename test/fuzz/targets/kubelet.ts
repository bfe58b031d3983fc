import assert from 'node:assert/strict';
import { providerResponse, readProviderRequest, versionAskedIn } from '../../../src/kubelet/protocol.ts';
import { checkProviderConfig } from '../../../src/kubelet/provider-config.ts';
import { normaliseRegistryHost } from '../../../src/registry/registry-host.ts';
import { GROUP } from '../../kubelet/provided.ts';
import cases from '../../kubelet/provider-configs.json' with { type: 'json' };
import { decodeStrictly } from '../../kubelet/strict-response.ts';
import { readOrRefused, type Target, TOKEN } from '../target.ts';

const request = (fields: object, version = 'v1') =>
  JSON.stringify({ kind: 'CredentialProviderRequest', apiVersion: `${GROUP}/${version}`, ...fields });

/** Its config of providers, which others write as well. */
const providerConfigs: Target = {
  name: 'provider-configs',
  seeds: cases.taken.flatMap(({ files }) => Object.values(files)),
  words: [
    'tokenAttributes:',
    'cacheType: Token',
    '- name: a',
    '*',
    '&a ',
    '<<: *a',
    '[fd00::1]:5000',
    '%',
    '\t',
    '5m',
    '---',
  ],
  isSlow: true,
  run(text) {
    const { providers, findings } = checkProviderConfig([{ path: '/etc/providers/a.yaml', text }]);
    const lines = text.split('\n').length;
    for (const { line, why, fix } of findings) {
      assert.ok(line >= 1 && line <= lines, why);
      assert.ok(fix !== undefined && why.startsWith(`/etc/providers/a.yaml line ${line}: `));
    }
    // What a kubelet takes has all that it needs.
    if (findings.some(({ isFatal }) => isFatal)) return;
    assert.ok(providers.length > 0);
    for (const { provider } of providers)
      assert.ok(
        provider.name &&
          provider.apiVersion &&
          provider.matchImages?.length &&
          provider.defaultCacheDuration !== undefined,
      );
  },
};

/** What a kubelet writes to stdin, and reads itself. */
export const kubeletTargets: readonly Target[] = [
  providerConfigs,
  {
    name: "a kubelet's request",
    seeds: [
      request({ image: 'registry.example.com/team/app' }),
      request({ image: 'registry.example.com:5000/team/app:v1' }, 'v1beta1'),
      request({ image: '[2001:db8::1]:5000/a' }, 'v1alpha1'),
      request({ image: `Registry.example.com:443/a/b@sha256:${'0'.repeat(64)}`, serviceAccountToken: TOKEN }),
      request({
        image: 'localhost/a',
        serviceAccountToken: TOKEN,
        serviceAccountAnnotations: { 'docker-credential-openshift/pull-as': 'robots/puller' },
      }),
      request({ image: 'nginx' }),
    ],
    words: [
      '"image":',
      '"serviceAccountToken":',
      '"serviceAccountAnnotations":',
      '"apiVersion":',
      GROUP,
      '/v1"',
      '/',
      ':',
      '@',
      '*',
      '[',
      ']',
    ],
    run: (text) => {
      const version = versionAskedIn(text);
      const read = readOrRefused(text, () => readProviderRequest(text));
      const answer = { kind: 'credential', username: 'u', secret: TOKEN, expiresAtMs: null } as const;
      const { out } = providerResponse(read ?? { version, registry: '' }, answer, 0);
      const { auth } = decodeStrictly(out, `${GROUP}/${read?.version ?? version}`);
      if (read === undefined) return;
      // The key is a registry, and neither wider nor a pattern.
      assert.deepEqual(Object.keys(auth), [read.registry]);
      assert.match(read.registry, /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\](?=:))(?::\d+)?$/);
      assert.equal(normaliseRegistryHost(read.registry), read.host);
    },
  },
];
