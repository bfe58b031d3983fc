import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timerEnvironment } from '../../../src/commands/timer/timer-environment.ts';
import { answerEnvironment } from '../../../src/hosts/cached-answer.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { bareFix } from '../../support/bare-fix.ts';

const at = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
  timerEnvironment({
    platform,
    env: { HOME: '/home/ann', ...env },
    cwd: platform === 'win32' ? 'C:\\w' : '/w',
  });
const variables = (env: Record<string, string>, platform?: NodeJS.Platform) =>
  Object.fromEntries(at(env, platform).variables);

test('paths become absolute, and what no timer needs stays out', () => {
  assert.deepEqual(
    variables({
      KUBECONFIG: 'a:/b c::sub/d',
      DOCKER_CONFIG: 'docker',
      PATH: '/usr/bin:bin::/opt/x',
      XDG_CONFIG_HOME: '/cfg',
      XDG_CACHE_HOME: 'relative',
      XDG_SESSION_ID: '3',
      NO_PROXY: 'localhost,.lan',
      https_proxy: 'http://proxy:3128',
      DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE: 'token',
      DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: './config.yaml',
      DOCKER_CREDENTIAL_OPENSHIFT_DEBUG: '1',
      SSL_CERT_FILE: '',
      AWS_PROFILE: 'x',
    }),
    {
      HOME: '/home/ann',
      KUBECONFIG: '/w/a:/b c:/w/sub/d',
      DOCKER_CONFIG: '/w/docker',
      XDG_CONFIG_HOME: '/cfg',
      PATH: '/usr/bin:/opt/x',
      https_proxy: 'http://proxy:3128',
      NO_PROXY: 'localhost,.lan',
      DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: '/w/config.yaml',
      DOCKER_CREDENTIAL_OPENSHIFT_DEBUG: '1',
      DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE: '/w/token',
    },
  );
});

test('an answer that the timer caches is good for the shell it was installed from', () => {
  const shell = {
    HOME: '/home/ann',
    KUBECONFIG: '/a:/b',
    XDG_CONFIG_HOME: '/c',
    XDG_STATE_HOME: '/s',
    DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: '/x.yaml',
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    KUBERNETES_SERVICE_PORT: '443',
    HTTPS_PROXY: 'http://p:1',
    https_proxy: 'http://q:1',
    NO_PROXY: 'a',
    no_proxy: 'b',
    SSL_CERT_FILE: '/ca.pem',
    SSL_CERT_DIR: '/ca',
  };
  const cwd = () => assert.fail('nothing is relative');
  const key = '0'.repeat(32);
  assert.equal(answerEnvironment(variables(shell), 1, cwd, key), answerEnvironment(shell, 1, cwd, key));
});

test('Windows gets its own separator, no PATH, and one spelling of a name', () => {
  assert.deepEqual(
    variables(
      { HOME: '', KUBECONFIG: 'a;D:\\b', PATH: 'C:\\x', HTTPS_PROXY: 'http://p', https_proxy: 'http://p' },
      'win32',
    ),
    { KUBECONFIG: 'C:\\w\\a;D:\\b', HTTPS_PROXY: 'http://p' },
  );
});

test('a token is refused, and the error names the way without it but not the token', () => {
  const token = `sha256~${'x'.repeat(43)}`;
  for (const name of [
    'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN',
    'DOCKER_CREDENTIAL_OPENSHIFT_TOKENS',
    'DOCKER_CREDENTIAL_OPENSHIFT_OTHER',
    'NO_PROXY',
  ]) {
    assert.throws(
      () => at({ [name]: token }),
      (error) =>
        error instanceof AppError &&
        error.code === 'timer-would-keep-token' &&
        error.message.startsWith(`${name} holds a token`) &&
        bareFix(error.fix) === `unset ${name}; export DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE=PATH` &&
        !String(error.message + bareFix(error.fix)).includes('xxx'),
    );
  }
  assert.throws(() => at({ DOCKER_CREDENTIAL_OPENSHIFT_TOKEN: 'opaque' }), /holds a token/);
});

test('a proxy with a login is left out and named', () => {
  const { variables: kept, leftOut } = at({
    HTTPS_PROXY: 'http://ann:secret@proxy:1',
    HTTP_PROXY: 'http://p',
  });
  assert.deepEqual(leftOut, ['HTTPS_PROXY']);
  assert.deepEqual(Object.fromEntries(kept), { HOME: '/home/ann', HTTP_PROXY: 'http://p' });
});

test('control characters, lone surrogates and a missing home are errors that name the variable', () => {
  for (const bad of ['/a\n[Service]', '/a\tb', '/a\ud800b', '/a\uffff'])
    assert.throws(() => at({ KUBECONFIG: bad }), { code: 'environment-unfit' });
  assert.throws(() => at({ HOME: '' }), { code: 'home-unknown' });
  assert.throws(() => at({ HOME: 'ann' }), { code: 'home-unknown' });
});
