import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { compiledHelper, hasFront } from '../support/helper-program.ts';
import { leavePrinted } from '../support/printed-commands.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { type HelperHome, loggedIn } from './helper-home.ts';

const canHang =
  hasFront &&
  process.geteuid?.() === 0 &&
  existsSync('/dev/fuse') &&
  spawnSync('bindfs', ['--version']).status === 0;
const LOOKS = 500;

/** Does something while a directory is a file system in a process, which can be stopped. */
async function whileMounted(
  directory: string,
  act: (server: { hang(): void; goOn(): void }) => Promise<void>,
): Promise<void> {
  const behind = `${directory}.behind`;
  if (existsSync(directory)) renameSync(directory, behind);
  else mkdirSync(behind, { recursive: true, mode: 0o700 });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const device = statSync(directory).dev;
  // The kernel remembers nothing of it, and asks each time.
  const options = ['-f', '-o', 'attr_timeout=0,entry_timeout=0,negative_timeout=0'];
  const server = spawn('bindfs', [...options, behind, directory], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const goOn = () => void server.kill('SIGCONT');
  try {
    // Another's mount is no event.
    for (let look = 0; look < LOOKS && statSync(directory).dev === device; look += 1) await pause(20);
    assert.notEqual(statSync(directory).dev, device, 'bindfs mounted nothing');
    await act({ hang: () => void server.kill('SIGSTOP'), goOn });
  } finally {
    leavePrinted();
    // Before anything looks at the directory again, were it to remove it.
    goOn();
    spawnSync('umount', ['--lazy', directory]);
    server.kill('SIGTERM');
    await ended;
  }
}

const PLACES: Readonly<Record<string, (home: HelperHome) => string>> = {
  'the kubeconfig': ({ directory }) => join(directory, '.kube'),
  'our config': ({ directory }) => join(directory, '.config'),
  'the cache': ({ directory }) => join(directory, '.cache'),
  'the state': ({ directory }) => join(directory, '.local'),
};

for (const [what, placeIn] of Object.entries(PLACES)) {
  const name = `a file system that hangs under ${what} keeps no get waiting, warm or cold, and get serves again after it`;
  const why = ' (left out: it takes root on Linux, /dev/fuse, bindfs and the front)';
  test(canHang ? name : name + why, { skip: !canHang }, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, compiledHelper, sandbox);
    const host = sandbox.registryHost;
    const token = fingerprintOf(home.token);
    await whileMounted(placeIn(home), async ({ hang, goOn }) => {
      assert.equal((await home.get(host)).token, token);
      assert.equal((await home.get(host)).token, token);
      hang();
      // `get` holds each answer to the rule: one of the two, in time.
      const [warm, cold, erased, listed] = await Promise.all([
        home.get(host),
        home.get('cold.example.com'),
        // Another's: what the warm one is answered from stays.
        home.run('erase', 'cold.example.com'),
        home.run('list', ''),
      ]);
      assert.match(
        warm.said,
        /^No answer for \S+ in time: the file system of \/\S+ does not answer \[late\]\. /,
      );
      assert.deepEqual([warm.token, cold.token], [undefined, undefined]);
      assert.deepEqual([erased.status, erased.stdout, listed.status], [0, '', 0]);
      assert.match(listed.stdout, /^\{.*\}\n$/);
      t.diagnostic(`${warm.said}\n${cold.said}\n${erased.stderr}${listed.stderr}`);
      goOn();
      assert.equal((await home.get(host)).token, token);
    });
  });
}
