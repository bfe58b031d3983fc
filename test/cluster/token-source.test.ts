import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenSource } from '../../src/cluster/token-source.ts';
import { SERVER, TOKEN } from '../support/identities.ts';

const V1 = 'client.authentication.k8s.io/v1';
const sourceOf = (fields: Record<string, unknown>) =>
  tokenSource('u', { fields, directory: '/home/alice/.kube' }, SERVER, 'work');

test('an exec plugin is taken over as it is written', () => {
  const exec = {
    apiVersion: V1,
    command: 'kubectl',
    args: ['oidc-login', 'get-token', 8000],
    env: [{ name: 'A', value: 'a' }, { name: 'B' }, { value: 'c' }, null, { name: 'D', value: 4 }],
    installHint: 'brew install kubelogin',
    interactiveMode: 'IfAvailable',
    provideClusterInfo: true,
  };
  assert.deepEqual(sourceOf({ exec }), {
    kind: 'exec',
    plugin: {
      apiVersion: V1,
      command: 'kubectl',
      args: ['oidc-login', 'get-token', '8000'],
      env: { A: 'a' },
      directory: '/home/alice/.kube',
      needsPerson: false,
      wantsCluster: true,
      installHint: 'brew install kubelogin',
    },
  });
});

test('a plugin without arguments and variables is one all the same', () => {
  const source = sourceOf({ exec: { apiVersion: `${V1}beta1`, command: 'oc', args: null } });
  assert.ok(source.kind === 'exec');
  assert.deepEqual([source.plugin.args, source.plugin.env], [[], {}]);
});

test('a plugin that always needs a terminal is marked', () => {
  const source = sourceOf({ exec: { apiVersion: V1, command: 'oc', interactiveMode: 'Always' } });
  assert.equal(source.kind === 'exec' && source.plugin.needsPerson, true);
});

test('a plugin of a version that is gone is refused with its name', () => {
  for (const version of ['client.authentication.k8s.io/v1alpha1', 'v1', `${V1}beta11`, '']) {
    assert.deepEqual(sourceOf({ exec: { apiVersion: version, command: 'oc' } }), {
      kind: 'none',
      reason: {
        code: 'no-token',
        why: `The context work has an exec plugin of the version "${version}": only client.authentication.k8s.io/v1 and v1beta1 are known`,
        fix: { run: 'docker-credential-openshift login work' },
      },
    });
  }
});

test('file, token, plugin, certificate: the first that is there counts', () => {
  const all = {
    tokenFile: '/t',
    token: TOKEN,
    exec: { apiVersion: V1, command: 'oc' },
    'client-certificate': '/c',
  };
  const fields: Record<string, unknown> = { ...all };
  for (const kind of ['token-file', 'token', 'exec', 'client-certificate', 'none']) {
    assert.equal(sourceOf(fields).kind, kind);
    const [first = ''] = Object.keys(fields);
    delete fields[first];
  }
});

test('who logs in by an auth provider, or by name and password, is not signed out', () => {
  // client-go 1.34 still has the provider oidc; gcp and azure went with 1.26.
  for (const [fields, what] of [
    [
      { 'auth-provider': { name: 'oidc', config: { 'id-token': 'a.b.c' } } },
      'logs in by the auth provider oidc, whose token only kubectl gets',
    ],
    [
      { username: 'admin', password: 'secret' },
      'has a user name and a password, which no registry and no OpenShift 4 takes for a token',
    ],
    [{ 'as-user-extra': {} }, 'has no token: it is logged out'],
  ] as const) {
    const source = sourceOf(fields);
    assert.equal(source.kind === 'none' && source.reason.why, `The context work ${what}`);
  }
});

test('a name of many lines is cut: it may be a whole kubeconfig that was pasted in its place', () => {
  const pasted = `alice\nusers:\n- name: bob\n  user:\n    username: bob\n    token: none\n    password: canary-pass\n`;
  const source = tokenSource(pasted, undefined, SERVER, pasted);
  assert.ok(source.kind === 'none');
  assert.doesNotMatch(source.reason.why, /canary|\n/);
});
