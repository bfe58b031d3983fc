import assert from 'node:assert/strict';
import { NOT_FOUND } from '../../../src/protocol/serve-get.ts';
import type { ConformanceCases } from '../conformance-suite.ts';
import { type HelperUnderTest, SAID_NOTHING } from '../helper-under-test.ts';

const HOST = 'registry.example.com';
const UNKNOWN = { status: 1, stdout: `${NOT_FOUND}\n`, stderr: '' };

/** The helper answers that there is nothing, in the sentence that engines compare. */
async function assertUnknown(helper: HelperUnderTest, text: string): Promise<void> {
  assert.deepEqual(await helper.run('get', text), UNKNOWN, text);
}

export const fromStoreToErase: ConformanceCases = {
  'get of a host that nothing was stored for says so in the one sentence, on stdout': (helper) =>
    assertUnknown(helper, HOST),

  'what was stored is answered, with the server as it was asked for': async (helper) => {
    await helper.keep(HOST, 'robot', 'first-secret');
    assert.deepEqual(await helper.answer(HOST), {
      ServerURL: HOST,
      Username: 'robot',
      Secret: 'first-secret',
    });
  },

  'a newline or spaces around the server make no difference': async (helper) => {
    await helper.keep(HOST, 'robot', 'first-secret');
    for (const text of [`${HOST}\n`, `${HOST}\r\n`, ` ${HOST} `]) {
      assert.deepEqual(
        await helper.answer(text),
        { ServerURL: HOST, Username: 'robot', Secret: 'first-secret' },
        JSON.stringify(text),
      );
    }
  },

  'a second store replaces the first': async (helper) => {
    await helper.keep(HOST, 'robot', 'first-secret');
    await helper.keep(HOST, 'robot', 'second-secret');
    assert.equal((await helper.answer(HOST)).Secret, 'second-secret');
    assert.deepEqual(await helper.list(), { [HOST]: 'robot' });
  },

  'a second store with another user name replaces the first': async (helper) => {
    for (const name of ['robot', 'person', 'robot', 'someone', 'admin']) {
      await helper.keep(HOST, name, `secret-of-${name}`);
      const { Username, Secret } = await helper.answer(HOST);
      assert.deepEqual([Username, Secret], [name, `secret-of-${name}`]);
      assert.deepEqual(await helper.list(), { [HOST]: name });
    }
  },

  'list tells every server and its user name': async (helper) => {
    assert.deepEqual(await helper.list(), {});
    await helper.keep(HOST, 'robot', 'first-secret');
    await helper.keep('quay.example.com', 'org+robot', 'second-secret');
    assert.deepEqual(await helper.list(), { [HOST]: 'robot', 'quay.example.com': 'org+robot' });
    const { stdout } = await helper.run('list', '');
    assert.match(stdout, /^\{[^\n]*\}\n$/, 'one JSON object, also when nothing is on stdin');
  },

  'erase says nothing, and takes it from list': async (helper) => {
    await helper.keep(HOST, 'robot', 'first-secret');
    await helper.keep('quay.example.com', 'org+robot', 'second-secret');
    assert.deepEqual(await helper.run('erase', HOST), SAID_NOTHING);
    assert.deepEqual(await helper.list(), { 'quay.example.com': 'org+robot' });
    assert.equal((await helper.answer('quay.example.com')).Secret, 'second-secret');
  },

  'get of an erased host says that there is nothing': async (helper) => {
    await helper.keep(HOST, 'robot', 'first-secret');
    await helper.run('erase', `${HOST}\n`);
    await assertUnknown(helper, HOST);
    await helper.keep(HOST, 'robot', 'second-secret');
    assert.equal((await helper.answer(HOST)).Secret, 'second-secret');
  },

  'erase of a host that nothing was stored for is no failure': async (helper) => {
    assert.deepEqual(await helper.run('erase', HOST), SAID_NOTHING);
  },

  'a port makes another server': async (helper) => {
    const hosts = [HOST, `${HOST}:5000`, `${HOST}:8443`, '[::1]:5000'];
    for (const host of hosts) await helper.keep(host, 'robot', `secret-of-${host}`);
    for (const host of hosts) assert.equal((await helper.answer(host)).Secret, `secret-of-${host}`);
    await helper.run('erase', `${HOST}:5000`);
    const [, , ...others] = hosts;
    for (const host of [HOST, ...others]) {
      assert.equal((await helper.answer(host)).Secret, `secret-of-${host}`);
    }
    assert.deepEqual(Object.keys(await helper.list()).sort(), [HOST, ...others].sort());
  },

  'what is stored for the URL of Docker Hub is answered for it, and listed by it': async (helper) => {
    const hub = 'https://index.docker.io/v1/';
    await helper.keep(hub, 'person', 'hub-secret');
    assert.deepEqual(await helper.answer(hub), {
      ServerURL: hub,
      Username: 'person',
      Secret: 'hub-secret',
    });
    assert.deepEqual(await helper.list(), { [hub]: 'person' });
  },

  'servers are compared letter for letter': async (helper) => {
    await helper.keep(HOST, 'robot', 'first-secret');
    for (const text of [`https://${HOST}`, `https://${HOST}/v2/`, `${HOST}/team`, HOST.toUpperCase()]) {
      const { stdout } = await helper.run('get', text);
      assert.doesNotMatch(stdout, /first-secret/, text);
    }
  },
};
