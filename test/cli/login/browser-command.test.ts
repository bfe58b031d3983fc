import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserCommand } from '../../../src/cli/login/browser-command.ts';

const URL = 'https://oauth.example.com/oauth/authorize?a=b&c=d';

function commandOn(platform: NodeJS.Platform, env: Record<string, string>, isContainer = false) {
  return browserCommand(URL, { platform, env, isContainer });
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

test('a program that BROWSER names counts before all else; a list or a command line does not', () => {
  const helper = '/home/alice/.vscode-server/bin/browser.sh';
  assert.deepEqual(commandOn('linux', { BROWSER: helper, SSH_CONNECTION: 'x' }, true), [helper, URL]);
  assert.deepEqual(commandOn('linux', { BROWSER: 'w3m %s', DISPLAY: ':0' }), ['xdg-open', URL]);
});
