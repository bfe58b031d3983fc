import assert from 'node:assert/strict';
import { passwordStorePrograms, startGpgHome } from '../support/password-store.ts';
import { secretServicePrograms, startSecretService } from '../support/secret-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { conformanceSuite, type Departures } from './conformance-suite.ts';
import type { HelperKind, HelperUnderTest } from './helper-under-test.ts';

const HOST = 'registry.example.com';

const secretService: HelperKind = {
  name: 'docker-credential-secretservice',
  async start(t) {
    const service = await startSecretService(temporaryDirectory(t));
    t.after(service.stop);
    return { command: ['docker-credential-secretservice'], env: service.env };
  },
};

const secretServiceDepartures: Departures = {
  'a second store with another user name replaces the first': {
    instead: 'it keeps both, and answers one of them',
    // Which one it finds first follows from how the keyring names its items.
    byChance: true,
    async observed(helper) {
      await helper.keep(HOST, 'robot', 'first-secret');
      await helper.keep(HOST, 'person', 'second-secret');
      const { Username, Secret } = await helper.answer(HOST);
      assert.ok(['robot first-secret', 'person second-secret'].includes(`${Username} ${Secret}`));
    },
  },
  'a NUL in a secret stays': {
    instead: 'it ends the secret there',
    async observed(helper) {
      await helper.keep(HOST, 'robot', 'before\0after');
      assert.equal((await helper.answer(HOST)).Secret, 'before');
    },
  },
  'a user name with a NUL is no other user name': {
    instead: 'it ends the name there',
    async observed(helper) {
      await helper.keep(HOST, 'before\0after', 'a-secret');
      assert.equal((await helper.answer(HOST)).Username, 'before');
    },
  },
};
conformanceSuite(secretService, secretServiceDepartures, [secretService.name, ...secretServicePrograms]);

const pass: HelperKind = {
  name: 'docker-credential-pass',
  async start(t) {
    const gpg = await startGpgHome(temporaryDirectory(t));
    t.after(gpg.stop);
    return { command: ['docker-credential-pass'], env: await gpg.passwordStore(temporaryDirectory(t)) };
  },
};

/** What it answers where there is nothing: podman and docker go on with an empty login. */
async function assertEmptyAnswer(helper: HelperUnderTest): Promise<void> {
  assert.deepEqual(await helper.answer(HOST), { ServerURL: HOST, Username: '', Secret: '' });
}

/** `get` answers one of these secrets, whole, or fails: gpg tells a file that it has only a part of, or parts of two. */
async function assertWholeOrFailed(helper: HelperUnderTest, secrets: readonly string[]): Promise<void> {
  const { status, stdout } = await helper.run('get', HOST);
  if (status === 0) assert.ok(secrets.includes(JSON.parse(stdout).Secret), 'another text was answered');
  else assert.doesNotMatch(stdout, /^\{/);
}

const passDepartures: Departures = {
  'get of a host that nothing was stored for says so in the one sentence, on stdout': {
    instead: 'it answers a credential without name and secret',
    observed: assertEmptyAnswer,
  },
  'get of an erased host says that there is nothing': {
    instead: 'it answers a credential without name and secret',
    async observed(helper) {
      await helper.keep(HOST, 'robot', 'first-secret');
      await helper.run('erase', HOST);
      await assertEmptyAnswer(helper);
    },
  },
  'erase of a host that nothing was stored for is no failure': {
    instead: 'it fails, on which podman logout crashes',
    async observed(helper) {
      const { status, stdout } = await helper.run('erase', HOST);
      assert.equal(status, 1);
      assert.match(stdout, /is not in the password store/);
    },
  },
  'a second store with another user name replaces the first': {
    instead: 'it keeps both, and answers the first by the alphabet',
    async observed(helper) {
      await helper.keep(HOST, 'person', 'first-secret');
      await helper.keep(HOST, 'robot', 'second-secret');
      assert.equal((await helper.answer(HOST)).Username, 'person');
    },
  },
  'a user name with slashes comes back as it is': {
    instead: 'it makes directories of it, and answers their names',
    async observed(helper) {
      await helper.keep(HOST, 'project/robot', 'a-secret');
      const { Username, Secret } = await helper.answer(HOST);
      assert.equal(Username, 'project');
      assert.match(Secret, /-- robot$/);
    },
  },
  'a newline at the end of a secret stays': {
    instead: 'it drops it',
    async observed(helper) {
      await helper.keep(HOST, 'robot', 'one line\n');
      assert.equal((await helper.answer(HOST)).Secret, 'one line');
    },
  },
  // `pass insert` has gpg write into the file itself, which other programs read and write meanwhile (pass 1.7.4).
  'of stores of one server at once, one is kept, whole': {
    instead: 'two may be mixed, and neither is answered any more',
    byChance: true,
    async observed(helper) {
      const secrets = ['first', 'second', 'third'].map((word) => word.repeat(500));
      await Promise.all(secrets.map((secret) => helper.keep(HOST, 'robot', secret)));
      await assertWholeOrFailed(helper, secrets);
    },
  },
  'a store beside gets is seen by each of them either not at all or whole': {
    instead: 'a get may find half a file, and fails',
    byChance: true,
    async observed(helper) {
      const [before, after] = ['before'.repeat(500), 'after'.repeat(500)];
      await helper.keep(HOST, 'robot', before);
      await Promise.all([
        helper.keep(HOST, 'robot', after),
        assertWholeOrFailed(helper, [before, after]),
        assertWholeOrFailed(helper, [before, after]),
      ]);
      assert.equal((await helper.answer(HOST)).Secret, after);
    },
  },
};
conformanceSuite(pass, passDepartures, [pass.name, ...passwordStorePrograms]);
