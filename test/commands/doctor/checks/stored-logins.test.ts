import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type EnginePullPorts,
  enginePull,
  isPulledByLogins,
} from '../../../../src/commands/doctor/checks/engine-pull.ts';
import { storedLogins } from '../../../../src/commands/doctor/checks/stored-logins.ts';
import { parseSubject } from '../../../../src/commands/doctor/subject.ts';
import type { Winner } from '../../../../src/engines/engine-state.ts';
import { engineState, K, X } from '../../../engines/lookup/lookup-world.ts';
import { unexpected } from '../../../support/identities.ts';
import { CONTEXT, fixOf, HOST, inShort } from './checking.ts';
import { noToken, token } from './network.ts';

const refusedIn = (path: string, current = true) => {
  const { files } = engineState({ [path]: { current, logins: [HOST] } });
  return files.flatMap((file) => file.logins.map((login) => ({ file, login, host: HOST })));
};

test('logins in files that a registry refuses are told with what takes them out', async () => {
  const at = (current: boolean) =>
    storedLogins({ refusedLogins: async () => refusedIn(X, current), fixOf }, CONTEXT);
  const [found] = await at(true);
  assert.deepEqual(
    [found?.status, found?.mend, found?.fix?.key],
    ['problem', `docker-credential-openshift doctor ${HOST} --fix`, X],
  );
  assert.equal((await at(false))[0]?.status, 'warning');
});

test('of a registry that is nobody`s by any word, a refused login is told, and is not the helper`s to take out', async () => {
  const context = { ...CONTEXT, ours: [], unclaimed: [HOST] };
  const at = async (path: string) =>
    (
      await storedLogins({ refusedLogins: async () => refusedIn(path), fixOf: unexpected('fixOf') }, context)
    ).map(({ status, mend, fix }) => [status, mend, fix]);
  assert.deepEqual(await at(X), [['problem', `podman logout --authfile ${X} ${HOST}`, undefined]]);
  assert.deepEqual(await at(K), [['problem', `docker logout ${HOST}`, undefined]]);
});

test('a host that is kept anonymous is freed of a refused login as the helper`s own are', async () => {
  const context = { ...CONTEXT, ours: [], anonymous: [HOST] };
  const [found] = await storedLogins({ refusedLogins: async () => refusedIn(X), fixOf }, context);
  assert.deepEqual(
    [found?.status, found?.mend, found?.fix?.key],
    ['problem', `docker-credential-openshift doctor ${HOST} --fix`, X],
  );
});

test('with --engine no file is told of that the engine does not read', async () => {
  const at = (path: string) =>
    storedLogins({ refusedLogins: async () => refusedIn(path), fixOf }, { ...CONTEXT, engines: ['docker'] });
  assert.deepEqual(await at(X), []);
  assert.deepEqual(inShort(await at(K)), [['problem', K]]);
});

const IMAGE = `${HOST}/team/app`;
const UNCLAIMED = {
  ...CONTEXT,
  subject: parseSubject(IMAGE) ?? assert.fail(),
  ours: [],
  unclaimed: [HOST],
  engines: ['podman' as const],
};
const LOGIN: Winner = { kind: 'login', key: HOST, where: X, dead: false };
const NO_PORTS: EnginePullPorts = {
  isInstalled: async () => true,
  winnerOf: unexpected('winnerOf'),
  loginOf: unexpected('loginOf'),
  refusedLogins: async () => [],
  manifest: unexpected('manifest'),
  manifestByStored: unexpected('manifestByStored'),
};

test('an image of a registry that is not the helper`s is asked for with the login that the engine sends', async () => {
  const at = async (kind: 'there' | 'absent' | 'refused') => {
    const ports = { ...NO_PORTS, winnerOf: async () => LOGIN, manifestByStored: async () => ({ kind }) };
    assert.equal(await isPulledByLogins(ports, UNCLAIMED), true);
    const [found, ...none] = await enginePull(ports, UNCLAIMED);
    assert.deepEqual(none, []);
    return [found?.status, found?.mend];
  };
  assert.deepEqual(await at('there'), ['ok', undefined]);
  assert.deepEqual(await at('refused'), ['problem', `podman login ${HOST}`]);
  assert.deepEqual(await at('absent'), ['problem', 'Compare the name, and the tag or digest.']);
});

test('that a login is dead is told once, with what takes it out', async () => {
  const dead = { ...NO_PORTS, winnerOf: async () => ({ ...LOGIN, dead: true }) as Winner };
  assert.deepEqual(await enginePull(dead, UNCLAIMED), []);
  const refused = { ...NO_PORTS, winnerOf: async () => LOGIN, refusedLogins: async () => refusedIn(X) };
  assert.deepEqual(await enginePull(refused, UNCLAIMED), []);
});

test('a stored login behind the helper is sent where the helper has none', async () => {
  const winner: Winner = { kind: 'helper', helper: 'openshift', where: X, otherwise: LOGIN };
  const at = (login: ReturnType<typeof token>) => ({
    ...NO_PORTS,
    winnerOf: async () => winner,
    loginOf: async () => login,
    manifestByStored: async () => ({ kind: 'there' as const }),
  });
  assert.deepEqual(inShort(await enginePull(at(noToken(null)), UNCLAIMED)), [['ok', undefined]]);
  assert.deepEqual(await enginePull(at(token()), UNCLAIMED), []);
  assert.equal(await isPulledByLogins(at(token()), UNCLAIMED), false);
});

test('an engine that goes on anonymously is told where the helper has a login, and the image is not public', async () => {
  const at = async (login: ReturnType<typeof token>, kind: 'there' | 'refused') =>
    (
      await enginePull(
        {
          ...NO_PORTS,
          winnerOf: async () => ({ kind: 'anonymous' }),
          loginOf: async () => login,
          manifest: async () => ({ kind }),
        },
        UNCLAIMED,
      )
    ).map(({ status, mend }) => [status, mend]);
  assert.deepEqual(await at(token(), 'refused'), [['problem', `podman login ${HOST}`]]);
  assert.deepEqual(await at(token(), 'there'), []);
  assert.deepEqual(await at(noToken(null), 'refused'), []);
});

test('of the helper`s own hosts, of other subjects and of what is not installed nothing is said twice', async () => {
  for (const context of [{ ...UNCLAIMED, ours: [HOST] }, { ...UNCLAIMED, anonymous: [HOST] }, CONTEXT]) {
    assert.deepEqual(await enginePull(NO_PORTS, context), []);
    assert.equal(await isPulledByLogins(NO_PORTS, context), false);
  }
  const ports = { ...NO_PORTS, isInstalled: async () => false };
  assert.deepEqual(await enginePull(ports, UNCLAIMED), []);
  assert.equal(await isPulledByLogins(ports, UNCLAIMED), false);
});
