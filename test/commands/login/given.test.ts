import assert from 'node:assert/strict';
import { test } from 'node:test';
import { givenPassword, givenToken, readGivenLogin } from '../../../src/commands/login/given.ts';
import { SERVER, TOKEN, unexpected } from '../../support/identities.ts';

type GivenSecretPorts = Parameters<typeof readGivenLogin>[0];

const piped = (text: string): GivenSecretPorts => ({
  isInteractive: false,
  ask: unexpected('ask'),
  readStdin: async () => text,
  interrupted: new AbortController().signal,
});

const given = async (text: string) => givenToken(SERVER, await readGivenLogin(piped(text)));

test('a token is taken alone, or out of the oc login command for this cluster', async () => {
  for (const text of [TOKEN, ` ${TOKEN} `, `oc login --token=${TOKEN} --server=${SERVER}`]) {
    assert.equal(await given(text), TOKEN);
  }
  const elsewhere = `oc login --token=${TOKEN} --server=https://api.elsewhere.example.com:6443`;
  await assert.rejects(given(elsewhere), { code: 'token-of-another-cluster' });
  await assert.rejects(given(''), { code: 'nothing-typed' });
  await assert.rejects(given('what is this'), { code: 'no-token' });
});

test('whoever stops it while stdin is silent does so at once', async () => {
  const stopping = new AbortController();
  const silent = {
    ...piped(''),
    readStdin: () => new Promise<never>(() => {}),
    interrupted: stopping.signal,
  };
  const asked = [
    readGivenLogin(silent),
    givenPassword({ kind: 'password', username: 'alice', fromStdin: true }, 'app.ci', silent),
  ];
  stopping.abort();
  for (const each of asked) await assert.rejects(each, { code: 'interrupted' });
});

test('a password is given on stdin as it is, and asked for only where somebody is', async () => {
  const method = { kind: 'password', username: 'alice', fromStdin: true } as const;
  assert.equal(await givenPassword(method, 'app.ci', piped(' with blanks ')), ' with blanks ');
  const nobody = givenPassword({ ...method, fromStdin: false }, 'app.ci', piped('x'));
  await assert.rejects(nobody, { code: 'no-terminal' });
});
