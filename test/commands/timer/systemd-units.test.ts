import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { timerCommand } from '../../../src/commands/timer/run-timer.ts';
import {
  environmentLine,
  execStartLine,
  systemdService,
  systemdTimer,
} from '../../../src/commands/timer/systemd-units.ts';

const packaged = (path: string) =>
  readFileSync(new URL(`../../../packaging/${path}`, import.meta.url), 'utf8');

test('the service starts the helper once, with the environment it was given', () => {
  const service = systemdService({
    command: timerCommand(['/opt/my tools/node', '/opt/main.js']),
    variables: [
      ['HOME', '/home/ann'],
      ['KUBECONFIG', '/a b:/c'],
    ],
  });
  assert.equal(
    service,
    `[Unit]
Description=Renew OpenShift registry logins (docker-credential-openshift)

[Service]
Type=oneshot
Environment=HOME=/home/ann
Environment="KUBECONFIG=/a b:/c"
ExecStart="/opt/my tools/node" /opt/main.js renew --all
TimeoutStartSec=5min
UMask=0077
Nice=10
`,
  );
});

test('the timer fires hourly, spread over a quarter of an hour, and makes up for a missed hour', () => {
  for (const line of ['OnCalendar=hourly', 'RandomizedDelaySec=15min', 'Persistent=true'])
    assert.ok(systemdTimer().split('\n').includes(line), line);
});

test('percent, dollar, quotes, backslashes and spaces keep their meaning', () => {
  assert.equal(environmentLine('A', '100%'), 'Environment=A=100%%');
  assert.equal(environmentLine('A', '$HOME'), 'Environment=A=$HOME');
  assert.equal(environmentLine('A', 'x "y" \\z'), 'Environment="A=x \\"y\\" \\\\z"');
  assert.equal(environmentLine('A', "it's"), 'Environment="A=it\'s"');
  assert.equal(execStartLine(['/a$b%c', '$x%y', ';']), 'ExecStart=/a$b%%c $$x%%y ";"');
});

test('a helper that systemd can not start is refused before anything is written', () => {
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
