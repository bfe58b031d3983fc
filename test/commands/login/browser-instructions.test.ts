import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserInstructions } from '../../../src/commands/login/browser-instructions.ts';

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
