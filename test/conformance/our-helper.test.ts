import assert from 'node:assert/strict';
import { NOT_FOUND } from '../../src/protocol/serve-get.ts';
import {
  bundledHelper,
  compiledHelper,
  hasFront,
  isEveryFormWanted,
  mainHelper,
} from '../support/helper-program.ts';
import { secretServicePrograms } from '../support/secret-service.ts';
import { conformanceSuite, type Departures } from './conformance-suite.ts';
import { type HelperUnderTest, SAID_NOTHING } from './helper-under-test.ts';
import { sanitizedHelper, withFiles, withKeychain } from './our-helper.ts';

const HOST = 'registry.example.com';

/** Refused with a sentence on stdout, and nothing is stored. */
async function assertRefused(helper: HelperUnderTest, input: string, sentence: string): Promise<void> {
  const refused = { status: 1, stdout: `${sentence}\n`, stderr: '' };
  assert.deepEqual(await helper.run('store', input), refused);
  assert.deepEqual(await helper.list(), {});
}

const departures: Departures = {
  'get without a server is refused in the sentence for it': {
    instead: 'it says "not found": by any other text an engine gives up',
    async observed(helper) {
      for (const input of ['', '\n', ' ']) {
        assert.deepEqual(await helper.run('get', input), { status: 1, stdout: `${NOT_FOUND}\n`, stderr: '' });
      }
    },
  },
  'erase without a server is refused in the sentence for it, and erases nothing': {
    instead: 'it erases nothing and ends with 0: podman logout crashes on a failure',
    async observed(helper) {
      await helper.keep(HOST, 'robot', 'a-secret');
      for (const input of ['', '\n', ' ']) assert.deepEqual(await helper.run('erase', input), SAID_NOTHING);
      assert.deepEqual(await helper.list(), { [HOST]: 'robot' });
    },
  },
  'servers are compared letter for letter': {
    instead: 'every spelling of a registry host is that host: docker logout erases the URL, too',
    async observed(helper) {
      await helper.keep(HOST, 'robot', 'a-secret');
      for (const ServerURL of [`https://${HOST}`, `https://${HOST}/v2/`, HOST.toUpperCase(), `${HOST}:443`]) {
        assert.deepEqual(await helper.answer(ServerURL), {
          ServerURL,
          Username: 'robot',
          Secret: 'a-secret',
        });
      }
      assert.deepEqual(await helper.run('erase', `http://${HOST}`), SAID_NOTHING);
      assert.deepEqual(await helper.list(), {});
    },
  },
  'of a member that comes twice the last counts': {
    instead: 'it refuses it: nobody knows which one is meant',
    observed: (helper) =>
      assertRefused(
        helper,
        '{"ServerURL":"registry.example.com","Username":"u","Secret":"secret-one","Secret":"secret-two"}',
        '"Secret" is there twice [bad-credential]',
      ),
  },
  'store of an empty secret is no failure': {
    instead: 'it refuses it: a registry would be asked with an empty password',
    observed: (helper) =>
      assertRefused(
        helper,
        '{"ServerURL":"registry.example.com","Username":"u","Secret":""}',
        'no credentials secret [bad-credential]',
      ),
  },
  'a newline at the end of a secret stays': {
    instead: 'it refuses it: a registry would refuse public images, too, for a password that ends in one',
    observed: (helper) =>
      assertRefused(
        helper,
        '{"ServerURL":"registry.example.com","Username":"u","Secret":"one line\\n"}',
        'The login for registry.example.com was not kept: the password ends in a line break, and would be refused ' +
          'with it [unusable-login]. Log in again without it; printf prints none.',
      ),
  },
  'a newline in a user name stays': {
    instead: 'it refuses it: no registry has such users',
    observed: (helper) =>
      assertRefused(
        helper,
        '{"ServerURL":"registry.example.com","Username":"one\\ntwo","Secret":"a-secret"}',
        'the user name holds a line feed, a NUL or another control character [bad-credential]',
      ),
  },
};

conformanceSuite(withKeychain(compiledHelper), departures, secretServicePrograms);
conformanceSuite(withFiles(compiledHelper), departures);
// Where there is no front, the compiled binary is the program alone already.
if (hasFront) {
  conformanceSuite(withFiles(mainHelper), departures);
  conformanceSuite(withFiles(sanitizedHelper()), departures);
  if (isEveryFormWanted) conformanceSuite(withKeychain(sanitizedHelper()), departures, secretServicePrograms);
}
conformanceSuite(withKeychain(bundledHelper), departures, secretServicePrograms);
