import assert from 'node:assert/strict';
import { providerResponse, readProviderRequest, versionAskedIn } from '../../../src/kubelet/protocol.ts';
import { normaliseRegistryHost } from '../../../src/registry/registry-host.ts';
import { GROUP } from '../../kubelet/provided.ts';
import { decodeStrictly } from '../../kubelet/strict-response.ts';
import { readOrRefused, type Target, TOKEN } from '../target.ts';

const request = (fields: object, version = 'v1') =>
  JSON.stringify({ kind: 'CredentialProviderRequest', apiVersion: `${GROUP}/${version}`, ...fields });

/** What a kubelet writes to stdin. */
export const kubeletTargets: readonly Target[] = [
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
