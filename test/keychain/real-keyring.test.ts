import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { NOT_FOUND } from '../../src/protocol/serve-get.ts';
import { type HelperUnderTest, helperIn, SAID_NOTHING } from '../conformance/helper-under-test.ts';
import { compiledHelper, type HelperProgram, helperPrograms } from '../support/helper-program.ts';
import { inTime } from '../support/in-time.ts';
import {
  type SecretService,
  secretServicePrograms,
  startSecretService,
  testOfKeyring,
} from '../support/secret-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const HOST = 'registry.example.com';
const SECRET = 'what-was-typed';
/** A keyring's fault is known within a second; what is left is for a busy machine to start a process. */
const FAULT_WITHIN_MS = 3500;

interface Machine {
  readonly service: SecretService;
  readonly helper: HelperUnderTest;
}

async function machineFor(t: TestContext, program: HelperProgram): Promise<Machine> {
  const service = await startSecretService(temporaryDirectory(t));
  t.after(service.stop);
  return { service, helper: helperIn({ command: program.command, env: service.env }) };
}

/** Every verb while the keyring is out of order: each in time, in the protocol's words, and none kept from ending. */
async function assertFaultIsTold({ helper }: Machine, fault: RegExp): Promise<void> {
  const timed = async <T>(run: () => Promise<T>) => {
    const startedMs = performance.now();
    return { result: await run(), elapsedMs: performance.now() - startedMs };
  };
  const version = () => timed(() => helper.run('version', ''));
  const soon = async <T>(run: () => Promise<T>): Promise<T> =>
    (await inTime(FAULT_WITHIN_MS, () => timed(run), version)).result;
  const got = await soon(() => helper.run('get', HOST));
  assert.deepEqual([got.status, got.stdout], [1, `${NOT_FOUND}\n`]);
  assert.match(got.stderr, /^docker-credential-openshift: [^\n]+\n$/);
  assert.match(got.stderr, fault);
  const stored = await soon(() => helper.store('other.example.com', 'robot', 'another-secret'));
  assert.deepEqual([stored.status, stored.stderr], [1, '']);
  assert.match(stored.stdout, fault);
  assert.match(stored.stdout, /secrets: file/, 'it says what else can be done');
  assert.deepEqual(await soon(() => helper.list()), { [HOST]: 'robot' });
  const { status, stdout } = await soon(() => helper.run('get', 'unknown.example.com'));
  assert.deepEqual([status, stdout], [1, `${NOT_FOUND}\n`]);
}

/** A keyring that is well again has kept what it had. */
async function assertStillThere({ helper }: Machine): Promise<void> {
  assert.deepEqual(await helper.answer(HOST), { ServerURL: HOST, Username: 'robot', Secret: SECRET });
  assert.deepEqual(await helper.list(), { [HOST]: 'robot' });
}

for (const program of helperPrograms) {
  const test = (title: string, run: (t: TestContext) => Promise<void>) =>
    testOfKeyring(secretServicePrograms, `${program.name}: ${title}`, run);

  test('what was stored outlives the keyring, which alone holds the secret', async (t) => {
    const machine = await machineFor(t, program);
    const { helper, service } = machine;
    await helper.keep(HOST, 'robot', SECRET);
    assert.equal(await service.countItems(), 1);
    await helper.answer(HOST);
    await service.restart();
    await assertStillThere(machine);
    const home = service.env.HOME ?? '';
    const holding = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => readFileSync(path).includes(SECRET));
    assert.deepEqual(holding, []);
    assert.deepEqual(await helper.run('erase', HOST), SAID_NOTHING);
    assert.equal(await service.countItems(), 0);
    await service.restart();
    assert.equal((await helper.run('get', HOST)).stdout, `${NOT_FOUND}\n`);
  });

  test('a locked keyring is named, shows no dialogue, and answers again once it is unlocked', async (t) => {
    const machine = await machineFor(t, program);
    await machine.helper.keep(HOST, 'robot', SECRET);
    await machine.service.lock();
    await assertFaultIsTold(machine, /keyring is locked/);
    await machine.service.restart();
    await assertStillThere(machine);
  });

  test('a keyring that is not running is named, and answers again once it runs', async (t) => {
    const machine = await machineFor(t, program);
    await machine.helper.keep(HOST, 'robot', SECRET);
    await machine.service.endKeyring();
    await assertFaultIsTold(machine, /no keyring \(Secret Service\) runs/);
    await machine.service.restart();
    await assertStillThere(machine);
  });

  test('a keyring that hangs is named within a second, and answers again once it does', async (t) => {
    const machine = await machineFor(t, program);
    await machine.helper.keep(HOST, 'robot', SECRET);
    machine.service.freeze();
    // Before the keyring is ended: one that is stopped ends by no other signal.
    t.after(machine.service.resume);
    await assertFaultIsTold(machine, /keyring does not answer/);
    machine.service.resume();
    await assertStillThere(machine);
  });

  test('what is erased while the keyring is locked is answered no more', async (t) => {
    const { helper, service } = await machineFor(t, program);
    await helper.keep(HOST, 'robot', SECRET);
    await service.lock();
    const { status, stdout, stderr } = await helper.run('erase', HOST);
    assert.deepEqual([status, stdout], [0, '']);
    assert.match(stderr, /^docker-credential-openshift: [^\n]*stays in the keychain[^\n]*\n$/);
    await service.restart();
    assert.equal((await helper.run('get', HOST)).stdout, `${NOT_FOUND}\n`);
    assert.deepEqual(await helper.list(), {});
    await helper.keep(HOST, 'robot', 'another-secret');
    assert.equal((await helper.answer(HOST)).Secret, 'another-secret');
    assert.equal(await service.countItems(), 1, 'what was left is removed by the next store');
  });

  test('a store while the keyring is locked leaves what was there', async (t) => {
    const machine = await machineFor(t, program);
    await machine.helper.keep(HOST, 'robot', SECRET);
    await machine.service.lock();
    const { status } = await machine.helper.store(HOST, 'person', 'another-secret');
    assert.equal(status, 1);
    await machine.service.restart();
    await assertStillThere(machine);
  });
}

const aHundred = `${compiledHelper.name}: a hundred secrets are kept, listed, answered and erased`;
testOfKeyring(secretServicePrograms, aHundred, async (t) => {
  const { helper, service } = await machineFor(t, compiledHelper);
  const hosts = Array.from({ length: 100 }, (_, index) => `registry-${index}.example.com`);
  const secretOf = (host: string) => `secret of ${host}`;
  for (const host of hosts) await helper.keep(host, `robot of ${host}`, secretOf(host));
  assert.equal(await service.countItems(), 100);
  await service.restart();
  assert.deepEqual(await helper.list(), Object.fromEntries(hosts.map((host) => [host, `robot of ${host}`])));
  for (const host of hosts) assert.equal((await helper.answer(host)).Secret, secretOf(host));
  for (const host of hosts) assert.deepEqual(await helper.run('erase', host), SAID_NOTHING);
  assert.deepEqual([await helper.list(), await service.countItems()], [{}, 0]);
});
