import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AuthfilePorts,
  type FreshLogin,
  runAuthfile,
} from '../../../src/commands/authfile/run-authfile.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { TOKEN, unexpected } from '../../support/identities.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
const login = (host: string, more: Partial<FreshLogin> = {}): FreshLogin => ({
  host,
  username: 'alice-',
  user: 'alice',
  secret: TOKEN,
  expiresAtMs: NOW + 8 * HOUR,
  endsWhenIdle: false,
  ownLoginTo: undefined,
  ...more,
});

/** Runs `authfile`; what is asked for without being given fails. */
async function authfile(args: string[], more: Partial<AuthfilePorts> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const written: unknown[] = [];
  const status = await runAuthfile(args, {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    nowMs: () => NOW,
    inspect: async () => [],
    obtain: async (host) => login(host),
    write: async (path, logins) => {
      written.push([path, logins.map(({ host }) => host)]);
      return logins.map(({ host }) => `wrote the login for ${host}`);
    },
    ...more,
  });
  assert.ok(![...out, ...err].some((line) => line.includes(TOKEN)));
  return { status, out, err, written };
}

test('each host gets a token, and its end is said', async () => {
  const ends = [NOW + 8 * HOUR, null];
  const obtain = async (host: string) => login(host, { expiresAtMs: ends.shift() ?? null });
  assert.deepEqual(await authfile(['--to', '/f', 'b.example.com', 'a.example.com'], { obtain }), {
    status: 0,
    out: [
      '/f: wrote the login for b.example.com',
      '/f: wrote the login for a.example.com',
      'b.example.com: as alice, valid until 2026-11-21 20:00 UTC (8 hours)',
      'a.example.com: as alice, valid without a known end',
    ],
    err: [],
    written: [['/f', ['b.example.com', 'a.example.com']]],
  });
});

test('where one host has no token nothing is written, and all that is missing is told', async () => {
  const obtain = async (host: string) => {
    if (host === 'b.example.com') return login(host);
    throw new AppError({ code: 'x', message: 'There is none', fix: { run: 'fix it' } });
  };
  const { status, out, err } = await authfile(
    ['--to', '/f', 'c.example.com', 'b.example.com', 'a.example.com'],
    {
      obtain,
      write: unexpected('write'),
    },
  );
  assert.deepEqual([status, out], [1, []]);
  assert.deepEqual(err, [
    'a.example.com: There is none [x]. Run: fix it',
    'c.example.com: There is none [x]. Run: fix it',
    'Nothing was written to /f.',
  ]);
});

test("a file that can't hold logins is refused before any token is had", async () => {
  const inspect = async () => {
    throw new AppError({ code: 'x', message: '/f is broken' });
  };
  const refused = await authfile(['--to', '/f', 'a.example.com'], { inspect, obtain: unexpected('obtain') });
  assert.deepEqual([refused.status, refused.err], [1, ['/f is broken [x]']]);
});

test('whoever gives their own login away is warned, and so is whoever uses a file that overrides it', async () => {
  const { status, err, out } = await authfile(['--to', '/f', 'a.example.com'], {
    inspect: async () => ['Warning: credsStore'],
    obtain: async (host) => login(host, { ownLoginTo: 'app.ci', endsWhenIdle: true }),
  });
  assert.equal(status, 0);
  assert.deepEqual(err, [
    'Warning: credsStore',
    'Warning: whoever reads /f can do what you can at app.ci. A service account can do less: --service-account NAMESPACE/NAME',
  ]);
  assert.match(out.at(-1) ?? '', /, or until nobody used it for a while$/);
});

test('the wish for an account and a context is passed on', async () => {
  const wishes: unknown[] = [];
  const obtain = async (host: string, wish: object) => {
    wishes.push(wish);
    return login(host);
  };
  await authfile(['--to', '/f', '--service-account', 'ci/puller', '--context', 'work', 'a.example.com'], {
    obtain,
  });
  assert.deepEqual(wishes, [{ context: 'work', serviceAccount: 'ci/puller' }]);
});

test('a wrong command line is told with the usage', async () => {
  for (const [args, said] of [
    [['a.example.com'], 'Which file? Name it with --to FILE.'],
    [
      ['--to', '-', 'a.example.com'],
      'Tokens are written to a file only, and not printed: name one with --to FILE.',
    ],
    [['--to', '/f'], 'Which registry? Name at least one HOST.'],
    [
      ['--to', '/f', '--service-account', 'puller', 'a.example.com'],
      '--service-account needs NAMESPACE/NAME.',
    ],
    [['--to', '/f', '--context=', 'a.example.com'], '--context needs a value: NAME.'],
    [['--to', '/f', 'no host'], '"no host" is not a registry host.'],
  ] as const) {
    const { status, err } = await authfile([...args], { inspect: unexpected('inspect') });
    assert.deepEqual([status, err[0]], [2, said]);
  }
});
