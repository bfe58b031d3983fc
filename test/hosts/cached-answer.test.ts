import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerEnvironment, DECIDING_VARIABLES, digestOf, logLevel } from '../../src/hosts/cached-answer.ts';
import { unexpected } from '../support/identities.ts';

const KEY = '000102030405060708090a0b0c0d0e0f';
const nowhere = unexpected('cwd');

test('the working directory counts only where a path depends on it', () => {
  const at = (cwd: string, env: Record<string, string>) => answerEnvironment(env, 1000, () => cwd, KEY);
  for (const env of [
    { KUBECONFIG: 'config' },
    { KUBECONFIG: '/a/config:config' },
    { KUBECONFIG: './config' },
    // A drive's letter on Windows only.
    { KUBECONFIG: 'k:/a/config' },
    { KUBECONFIG: '/a/config:k:/b/config' },
    { DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: 'config.yaml' },
    { HOME: 'home' },
    { DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE: 'token' },
    { DOCKER_CREDENTIAL_OPENSHIFT_CA_FILE: '../ca.pem' },
    { SSL_CERT_FILE: 'roots.pem' },
    { SSL_CERT_DIR: '/etc/ssl/certs:certs' },
  ] as Record<string, string>[]) {
    assert.notEqual(at('/a', env), at('/b', env), JSON.stringify(env));
  }
  for (const KUBECONFIG of ['/a/config', '/a/config:/b/config', '/a/config:', ':/a/config', '']) {
    assert.doesNotThrow(() => answerEnvironment({ KUBECONFIG, HOME: '/h' }, 1000, nowhere, KEY));
  }
  const onWindows = { KUBECONFIG: 'C:\\k\\config;D:/config', HOME: 'C:\\h' };
  assert.doesNotThrow(() => answerEnvironment(onWindows, undefined, nowhere, KEY));
  for (const KUBECONFIG of ['config', 'C:\\k\\config;config', 'C:config']) {
    assert.throws(() => answerEnvironment({ KUBECONFIG }, undefined, nowhere, KEY), KUBECONFIG);
  }
});

test('every variable that decides where things are found, and the user, make another environment', () => {
  const base = answerEnvironment({}, 1000, nowhere, KEY);
  const seen = new Set([base, answerEnvironment({}, 0, nowhere, KEY)]);
  for (const name of DECIDING_VARIABLES) seen.add(answerEnvironment({ [name]: '/x' }, 1000, nowhere, KEY));
  assert.equal(seen.size, DECIDING_VARIABLES.length + 2);
  assert.equal(answerEnvironment({ LANG: 'C', PWD: '/x' }, 1000, nowhere, KEY), base);
});

test('on Windows another profile, or another place of our config, is another environment', () => {
  const env = { USERPROFILE: 'C:\\a', APPDATA: 'C:\\a\\roaming' };
  const base = answerEnvironment(env, undefined, nowhere, KEY);
  for (const other of [{ USERPROFILE: 'C:\\b' }, { APPDATA: 'C:\\b\\roaming' }]) {
    assert.notEqual(answerEnvironment({ ...env, ...other }, undefined, nowhere, KEY), base);
  }
});

test('a variable that is set to nothing is another environment than one that is not set', () =>
  assert.notEqual(
    answerEnvironment({ KUBECONFIG: '' }, 1000, nowhere, KEY),
    answerEnvironment({}, 1000, nowhere, KEY),
  ));

test('nothing of a value can be read from it, and another key makes another one', () => {
  const env = { HTTPS_PROXY: 'http://user:canary@proxy.example.com' };
  const environment = answerEnvironment(env, 1000, nowhere, KEY);
  assert.match(environment, /^[0-9a-f]{32} 1000$/);
  assert.notEqual(environment, answerEnvironment(env, 1000, nowhere, KEY.replace('0f', '10')));
});

test('what is decided while the log is on holds where it is off, and nothing is repeated where it is on', () => {
  const base = answerEnvironment({}, 1000, nowhere, KEY);
  for (const level of ['info', 'debug']) {
    const env = { DOCKER_CREDENTIAL_OPENSHIFT_LOG: level };
    assert.equal(logLevel(env), level);
    assert.equal(answerEnvironment(env, 1000, nowhere, KEY), base);
    assert.notEqual(digestOf(DECIDING_VARIABLES, env, KEY), digestOf(DECIDING_VARIABLES, {}, KEY));
  }
  for (const level of ['off', '', 'DEBUG', 'trace', undefined]) {
    const env = { DOCKER_CREDENTIAL_OPENSHIFT_LOG: level };
    assert.equal(logLevel(env), 'off');
    assert.equal(
      answerEnvironment(env, 1000, nowhere, KEY).split(' ')[0],
      digestOf(DECIDING_VARIABLES, env, KEY),
    );
  }
});
