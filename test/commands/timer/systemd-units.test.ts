import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { timerCommand } from '../../../src/commands/timer/run-timer.ts';
import { execStartLine, systemdService, systemdTimer } from '../../../src/commands/timer/systemd-units.ts';

const packaged = (path: string) =>
  readFileSync(new URL(`../../../packaging/${path}`, import.meta.url), 'utf8');

test("a helper that systemd can't start is refused before anything is written", () => {
  for (const path of ['/a"b', "/a'b", '/a\\b', 'relative', '/a\nb'])
    assert.throws(() => execStartLine([path]), { code: 'helper-path-unfit' }, path);
});

test('the packaged units are the generated ones for /usr/bin, without an environment', () => {
  const command = timerCommand(['/usr/bin/docker-credential-openshift']);
  const name = 'systemd/docker-credential-openshift-renew';
  assert.equal(packaged(`${name}.service`), systemdService({ command, variables: [] }));
  assert.equal(packaged(`${name}.timer`), systemdTimer());
});

test('a Homebrew path is replaced by the one that an upgrade keeps', () => {
  assert.deepEqual(
    timerCommand(['/opt/homebrew/Cellar/node/24.1.0/bin/node', '/opt/homebrew/Cellar/x/1.0_1/lib/main.js']),
    ['/opt/homebrew/opt/node/bin/node', '/opt/homebrew/opt/x/lib/main.js', 'renew', '--all'],
  );
});
