import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unkeptTokens } from '../../../src/cluster/oauth/unkept-tokens.ts';

const never = () => new Promise<void>(() => {});

function recorder(isOver = true) {
  const revoked: string[] = [];
  const revoke = async (token: string) => {
    revoked.push(token);
    return isOver;
  };
  return { revoked, revoke };
}

test('a token that was got and not kept is ended, one that is kept goes on', async () => {
  const { revoked, revoke } = recorder();
  const tokens = unkeptTokens(revoke, never);
  await tokens.got(Promise.resolve('kept'));
  await tokens.got(Promise.resolve('lost'));
  assert.equal(await tokens.keep('kept', Promise.resolve('done')), 'done');
  assert.equal(await tokens.discard(), true);
  assert.deepEqual(revoked, ['lost']);
  assert.equal(await tokens.discard(), true);
  assert.deepEqual(revoked, ['lost']);
});

test("a token that can't be kept is ended, and one of a person is not", async () => {
  const { revoked, revoke } = recorder();
  const tokens = unkeptTokens(revoke, never);
  await tokens.got(Promise.resolve('got'));
  for (const token of ['got', 'pasted']) {
    await assert.rejects(tokens.keep(token, Promise.reject(new Error('read-only'))), /read-only/);
  }
  await tokens.discard();
  assert.deepEqual(revoked, ['got']);
});

test('what is on its way is waited for: got, it is ended, and written, it goes on', async () => {
  const { revoked, revoke } = recorder();
  const tokens = unkeptTokens(revoke, never);
  let arrive = (_token: string): void => {};
  let write = (): void => {};
  const arriving = new Promise<string>((resolve) => {
    arrive = resolve;
  });
  const writing = new Promise<void>((resolve) => {
    write = resolve;
  });
  await tokens.got(Promise.resolve('written'));
  const getting = tokens.got(arriving);
  const keeping = tokens.keep('written', writing);
  const discarding = tokens.discard();
  assert.deepEqual(revoked, []);
  arrive('late');
  write();
  assert.equal(await discarding, true);
  await Promise.all([getting, keeping]);
  assert.deepEqual(revoked, ['late']);
});

test('that a token goes on is told, also where the cluster hangs', async () => {
  const refusing = unkeptTokens(recorder(false).revoke, never);
  await refusing.got(Promise.resolve('t'));
  assert.equal(await refusing.discard(), false);
  const hanging = unkeptTokens(
    () => new Promise(() => {}),
    async () => {},
  );
  await hanging.got(Promise.resolve('t'));
  assert.equal(await hanging.discard(), false);
});
