import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTimer } from '../../../src/commands/timer/run-timer.ts';
import { fakeMachine } from './fake-machine.ts';

test('a token in the environment ends every install before anything is run or written', async () => {
  const secret = 'opaque-and-secret';
  for (const platform of ['linux', 'darwin', 'win32', 'freebsd'] as const) {
    const env = { HOME: '/home/ann', LOCALAPPDATA: 'C:\\a', DOCKER_CREDENTIAL_OPENSHIFT_TOKEN: secret };
    const { timer, files, ran, out, err } = fakeMachine({ platform, env });
    assert.equal(await timer('install'), 1);
    assert.deepEqual([[...files], ran, out], [[], [], []]);
    assert.deepEqual(err, [
      'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN holds a token, and a timer would write it into a file; name a file with the token instead [timer-would-keep-token]. Run: unset DOCKER_CREDENTIAL_OPENSHIFT_TOKEN; export DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE=PATH',
    ]);
  }
});

test('under sudo with the home of a person nothing is done; root with its own home is a user like others', async () => {
  const env = { HOME: '/home/ann', SUDO_UID: '1000' };
  for (const action of ['install', 'remove', 'status'] as const) {
    const { timer, err, ran } = fakeMachine({ env, uid: 0 });
    assert.equal(await timer(action), 1);
    assert.match(err[0] ?? '', /^sudo left HOME at \/home\/ann, and the timer would be root's/);
    assert.deepEqual(ran, []);
  }
  const programs = {
    'systemctl --user is-system-running': 'missing' as const,
    'crontab -l': 'missing' as const,
  };
  const own = fakeMachine({ env: { ...env, HOME: '/root' }, uid: 0, programs });
  assert.equal(await own.timer('remove'), 0);
});

test('a platform without a timer of its own gets a line for cron', async () => {
  const { timer, out, err } = fakeMachine({ platform: 'freebsd' });
  assert.equal(await timer('install'), 1);
  assert.match(out[0] ?? '', /renew --all/);
  assert.match(err[0] ?? '', /^Nothing was installed: there is no timer for freebsd yet\./);
});

test('an error that no person can fix is not dressed up', async () => {
  const { machine, printer } = fakeMachine();
  const run = async () => Promise.reject(new TypeError('defect'));
  await assert.rejects(runTimer('install', { ...machine, run }, printer), TypeError);
});
