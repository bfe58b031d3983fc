import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answerEnvironment,
  CACHE_FORMAT,
  type CachedAnswer,
  isStillGood,
} from '../../src/hosts/cached-answer.ts';
import { unexpected } from '../support/identities.ts';

const NOW = 1_700_000_000_000;
const KUBECONFIG = '/home/alice/.kube/config';
const ABSENT = '/home/alice/.config/docker-credential-openshift/config.yaml';
const record: CachedAnswer = {
  format: CACHE_FORMAT,
  host: 'registry.example.com',
  answer: { kind: 'credential', username: 'alice', secret: 's', expiresAtMs: null },
  checkedAt: { wallMs: NOW, uptimeMs: null },
  environment: 'env',
  sources: [
    [KUBECONFIG, '1:2:3'],
    [ABSENT, null],
  ],
};
const stamps: Record<string, string | null> = { [KUBECONFIG]: '1:2:3', [ABSENT]: null };
const now = {
  host: record.host,
  environment: 'env',
  moment: { wallMs: NOW + 1000, uptimeMs: null },
  stampOf: (path: string) => (path in stamps ? (stamps[path] ?? null) : unexpected(`stampOf ${path}`)()),
};

test('an answer holds while its sources, its environment and the clock say nothing else', () =>
  assert.equal(isStillGood(record, now), true));

test('an answer of another layout, host or environment is void', () => {
  assert.equal(isStillGood({ ...record, format: CACHE_FORMAT + 1 }, now), false);
  assert.equal(isStillGood(record, { ...now, host: 'other.example.com' }), false);
  assert.equal(isStillGood(record, { ...now, environment: 'other' }), false);
});

test('a source that changed, went or appeared makes an answer void', () => {
  const with_ = (changes: Record<string, string | null>) => ({
    ...now,
    stampOf: (path: string) => ({ ...stamps, ...changes })[path] ?? null,
  });
  assert.equal(isStillGood(record, with_({})), true);
  assert.equal(isStillGood(record, with_({ [KUBECONFIG]: '1:2:4' })), false);
  assert.equal(isStillGood(record, with_({ [KUBECONFIG]: null })), false);
  assert.equal(isStillGood(record, with_({ [ABSENT]: '1:9:9' })), false);
});

test('an answer from the future, or too old, is void', () => {
  const at = (wallMs: number) => ({ ...now, moment: { wallMs, uptimeMs: null } });
  assert.equal(isStillGood(record, at(NOW - 1)), false);
  assert.equal(isStillGood(record, at(NOW + 5 * 60_000 - 1)), true);
  assert.equal(isStillGood(record, at(NOW + 5 * 60_000)), false);
});

test('no file is looked at once the answer is void anyway', () => {
  const moment = { wallMs: NOW + 5 * 60_000, uptimeMs: null };
  const late = { ...now, moment, stampOf: unexpected('stampOf') };
  assert.equal(isStillGood(record, late), false);
});

test('the working directory counts only where a path depends on it', () => {
  const at = (cwd: string, env: Record<string, string>) => answerEnvironment(env, 1000, () => cwd);
  for (const env of [
    { KUBECONFIG: 'config' },
    { KUBECONFIG: '/a/config:config' },
    { KUBECONFIG: './config' },
    { DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: 'config.yaml' },
    { HOME: 'home' },
    { DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE: 'token' },
    { DOCKER_CREDENTIAL_OPENSHIFT_CA_FILE: '../ca.pem' },
    { SSL_CERT_FILE: 'roots.pem' },
    { SSL_CERT_DIR: '/etc/ssl/certs:certs' },
  ] as Record<string, string>[]) {
    assert.notEqual(at('/a', env), at('/b', env), JSON.stringify(env));
  }
  const absolute = [
    '/a/config',
    '/a/config:/b/config',
    '/a/config:',
    ':/a/config',
    '',
    'C:\\k\\config;D:/config',
  ];
  for (const KUBECONFIG of absolute) {
    assert.doesNotThrow(() => answerEnvironment({ KUBECONFIG, HOME: '/h' }, 1000, unexpected('cwd')));
  }
});

test('every variable that decides where things are found, and the user, make another environment', () => {
  const base = answerEnvironment({}, 1000, unexpected('cwd'));
  const seen = new Set([base, answerEnvironment({}, 0, unexpected('cwd'))]);
  const names = [
    'HOME',
    'KUBECONFIG',
    'XDG_CONFIG_HOME',
    'XDG_STATE_HOME',
    'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG',
    'DOCKER_CREDENTIAL_OPENSHIFT_SERVER',
    'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE',
    'DOCKER_CREDENTIAL_OPENSHIFT_CA_FILE',
    'DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT',
    'DOCKER_CREDENTIAL_OPENSHIFT_SERVICE_ACCOUNT',
    'DOCKER_CREDENTIAL_OPENSHIFT_REGISTRIES',
    'KUBERNETES_SERVICE_HOST',
    'KUBERNETES_SERVICE_PORT',
    'HTTPS_PROXY',
    'https_proxy',
    'NO_PROXY',
    'no_proxy',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
  ];
  for (const name of names) seen.add(answerEnvironment({ [name]: '/x' }, 1000, unexpected('cwd')));
  assert.equal(seen.size, names.length + 2);
  assert.equal(answerEnvironment({ LANG: 'C', PWD: '/x' }, 1000, unexpected('cwd')), base);
});

test('a variable that is set to nothing is another environment than one that is not set', () =>
  assert.notEqual(
    answerEnvironment({ KUBECONFIG: '' }, 1000, unexpected('cwd')),
    answerEnvironment({}, 1000, unexpected('cwd')),
  ));
