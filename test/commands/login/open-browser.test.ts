import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserCommands, browserInstructions } from '../../../src/commands/login/open-browser.ts';

const URL = 'https://oauth.example.com/oauth/authorize?a=b&c=d';

const SPACED = '/opt/my browser/run';

function commandsOn(platform: NodeJS.Platform, env: Record<string, string>, isContainer = false) {
  return browserCommands(URL, { platform, env, isContainer, isFile: (path) => path === SPACED });
}
function commandOn(...of: Parameters<typeof commandsOn>) {
  const [command, ...others] = commandsOn(...of);
  assert.deepEqual(others, []);
  return command;
}

test('each system has its own way to a browser, and none goes by a shell', () => {
  assert.deepEqual(commandOn('linux', { DISPLAY: ':0' }), ['xdg-open', URL]);
  assert.deepEqual(commandOn('linux', { WAYLAND_DISPLAY: 'wayland-0' }), ['xdg-open', URL]);
  assert.deepEqual(commandOn('darwin', {}), ['open', URL]);
  assert.deepEqual(commandOn('win32', {}), ['rundll32', 'url.dll,FileProtocolHandler', URL]);
  assert.equal(commandOn('linux', { WSL_DISTRO_NAME: 'Debian' })?.[0], 'rundll32.exe');
});

test('where no browser would be seen none is opened', () => {
  assert.equal(commandOn('linux', {}), undefined);
  assert.equal(commandOn('linux', { DISPLAY: ':0', SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' }), undefined);
  assert.equal(commandOn('darwin', { SSH_TTY: '/dev/ttys001' }), undefined);
  assert.equal(commandOn('linux', { DISPLAY: ':0' }, true), undefined);
});

test('what BROWSER names counts before all else, in each of its usual forms', () => {
  const helper = '/home/alice/.vscode-server/bin/browser.sh';
  assert.deepEqual(commandOn('linux', { BROWSER: helper, SSH_CONNECTION: 'x' }, true), [helper, URL]);
  const forms: [string, string[][]][] = [
    ['w3m %s', [['w3m', URL]]],
    ['firefox --new-window', [['firefox', '--new-window', URL]]],
    ['x --url=%s -q', [['x', `--url=${URL}`, '-q']]],
    [
      'missing:firefox:',
      [
        ['missing', URL],
        ['firefox', URL],
      ],
    ],
    ["'/a b/c' \"d 'e\" f\\ g", [['/a b/c', "d 'e", 'f g', URL]]],
    [SPACED, [[SPACED, URL]]],
    ['chromium %s &', [['chromium', URL]]],
  ];
  for (const [BROWSER, commands] of forms) {
    assert.deepEqual(commandsOn('linux', { BROWSER, DISPLAY: ':0' }), commands, BROWSER);
  }
  for (const BROWSER of ['', ' : ']) {
    assert.deepEqual(commandOn('linux', { BROWSER, DISPLAY: ':0' }), ['xdg-open', URL]);
  }
});

const WAITING = {
  cluster: 'app.ci',
  isOpen: false,
  timeoutMs: 300_000,
  port: 8000,
  redirectUri: 'http://127.0.0.1:8000/callback',
  url: 'https://oauth.example.com/oauth/authorize?state=1',
  tokenPage: 'https://oauth.example.com/oauth/token/request',
  hostname: 'builder',
};

test('the port is forwarded to the address that listens, IPv6 or not', () => {
  const forward = (redirectUri: string) =>
    browserInstructions({ ...WAITING, redirectUri }).find((line) => line.includes('ssh -L'));
  assert.equal(
    forward(WAITING.redirectUri),
    '  - before you log in, run there: ssh -L 8000:127.0.0.1:8000 builder',
  );
  assert.equal(
    forward('http://[::1]:8000/callback'),
    '  - before you log in, run there: ssh -L 8000:[::1]:8000 builder',
  );
});

test('in a container, which ssh does not reach, the paste comes first', () => {
  const [, , , first, second] = browserInstructions({ ...WAITING, hostname: undefined });
  assert.match(String(first), /^ {2}- after you have logged in, paste the address /);
  assert.match(String(second), /^ {2}- paste a token/);
});
