import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginCommand } from '../../src/hosts/login-command.ts';

const SERVER = 'https://api.example.com:6443';

test('the command names the context, which says whose token is meant', () => {
  const context = 'alice-ns/api-example-com:6443/alice';
  assert.equal(loginCommand(SERVER, context), `docker-credential-openshift login ${context}`);
  assert.equal(loginCommand(SERVER), `docker-credential-openshift login ${SERVER}`);
  assert.equal(loginCommand(''), 'docker-credential-openshift login');
  const withOption = 'docker-credential-openshift login --certificate-authority FILE work';
  assert.equal(loginCommand(SERVER, 'work', '--certificate-authority FILE'), withOption);
});

test('a name that a shell would take apart is one word of it', () => {
  assert.equal(
    loginCommand(SERVER, "my $(cluster)'s"),
    `docker-credential-openshift login 'my $(cluster)'\\''s'`,
  );
});

test('a name that could be an option, drives a terminal, or is shown as another, gives way to the URL', () => {
  for (const context of ['--token', '-u', 'a\nb', '\u001b[2J', 'a\u202eb', '\u200bwork', 'a\u2028b', '']) {
    assert.equal(loginCommand(SERVER, context), `docker-credential-openshift login ${SERVER}`);
  }
});
