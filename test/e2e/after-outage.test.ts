import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { helperPrograms } from '../support/helper-program.ts';
import { inTime } from '../support/in-time.ts';
import { homeAtSandbox, linkedHome } from './helper-home.ts';

/** How long `setup` may take, whatever hangs. */
const SETUP_MS = 6000;

for (const program of helperPrograms) {
  test(`${program.name}: what a person runs after an outage asks the cluster, whatever was remembered of it`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program);
    for (const server of ['api', 'registry'] as const) sandbox.setFault(server, 'stall');
    assert.equal((await home.get(host)).token, undefined);
    for (const server of ['api', 'registry'] as const) sandbox.setFault(server, null);

    const file = join(home.directory, 'auth.json');
    const written = await home.run(['authfile', '--to', file, host], '');
    assert.equal(written.status, 0, written.stderr);
    const revoked = await home.run(['logout', '--revoke', '--yes', host], '');
    assert.equal(revoked.status, 0, revoked.stderr);
    assert.match(revoked.stdout, /^Your login to \S+ \(alice\) was revoked\. /);
    assert.equal(sandbox.requests.filter(({ method }) => method === 'DELETE').length, 1);
  });

  test(`${program.name}: setup run again while the cluster and its registry hang is done within 6 s`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const first = await home.run(['setup', '--yes'], '');
    assert.equal(first.status, 0, first.stderr);
    for (const server of ['api', 'registry'] as const) sandbox.setFault(server, 'stall');
    const { status, stderr, elapsedMs } = await inTime(
      SETUP_MS,
      () => home.run(['setup', '--yes'], ''),
      () => home.run('version', ''),
    );
    t.diagnostic(`it took ${Math.round(elapsedMs)} ms`);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /could not be asked for its registry: /);
    assert.match(stderr, /pulls go on anonymously for now|can't be reached|whether it takes the login/);
  });
}
