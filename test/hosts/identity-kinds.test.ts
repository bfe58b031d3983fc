import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity, ServiceAccountOrder } from '../../src/hosts/identity.ts';
import { tokenWords } from '../../src/hosts/identity-kinds.ts';
import { inWords } from '../../src/hosts/reason.ts';
import { identity, plugin } from '../support/identities.ts';
import { HOST, ORDER } from './obtain-token-world.ts';

const RENEW = `Run: docker-credential-openshift renew ${HOST}`;
const LOGIN = `Run: docker-credential-openshift login work`;
const said = (who: Identity, order?: ServiceAccountOrder) => {
  const { phrase, fix } = tokenWords(HOST, who, order);
  return [phrase, inWords(fix)];
};

test("a person's token is their login, and a login fixes it", () =>
  assert.deepEqual(said(identity()), ['Your login to api.example.com:6443', LOGIN]));

test('a minted token is named by its account, whoever minted it, and `renew` fixes it', () => {
  for (const who of [identity(), identity({ source: { kind: 'client-certificate' } })]) {
    assert.deepEqual(said(who, ORDER), ['The token of ci/puller', RENEW]);
  }
});

test("a plugin's token is named by its command, and a login fixes it, where it may ask a person", () =>
  assert.deepEqual(said(identity({ source: { kind: 'exec', plugin: plugin() } })), [
    'The token that oc gave for api.example.com:6443',
    LOGIN,
  ]));

test("a pod's token is the kubelet's affair", () => {
  const source = { kind: 'token-file', path: '/var/run/token' } as const;
  assert.deepEqual(said(identity({ inCluster: true, context: undefined, source })), [
    "The pod's service account token",
    'The kubelet renews it.',
  ]);
});

test("the environment's token is named by its variable, and the job has to give another", () =>
  assert.deepEqual(said(identity({ context: undefined })), [
    'The token in DOCKER_CREDENTIAL_OPENSHIFT_TOKEN',
    'Give the job a new one.',
  ]));

test('a token file of the environment or the config is named by its path, and no login fixes it', () => {
  const source = { kind: 'token-file', path: '/run/token' } as const;
  const fix = (user: string) => said(identity({ context: undefined, user, source }));
  assert.deepEqual(fix('the environment'), ['The token in /run/token', 'Give the job a new one.']);
  assert.deepEqual(fix('/run/token'), ['The token in /run/token', 'Put a new one there.']);
});

test('a token file of the kubeconfig is named by its path', () =>
  assert.deepEqual(said(identity({ source: { kind: 'token-file', path: '/run/token' } })), [
    'The token in /run/token',
    LOGIN,
  ]));

test("a cluster of OpenShift CI is called by CI's name for it", () => {
  const appCi = identity({ server: 'https://api.ci.l2s4.p1.openshiftapps.com:6443' });
  assert.equal(tokenWords(HOST, appCi, undefined).cluster, 'app.ci');
});
