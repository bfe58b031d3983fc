import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RevocableLogin, RevokeOutcome } from '../../../src/commands/logout/revocable-logins.ts';
import { type LogoutPorts, runLogout } from '../../../src/commands/logout/run-logout.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { unexpected } from '../../support/identities.ts';

const HOST = 'r.example.com';
const OTHER = 'other.example.com:5000';

/** Runs `logout`; what is asked for without being given fails. */
async function logout(args: string[], more: Partial<LogoutPorts> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const done: string[] = [];
  const status = await runLogout(args, {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    terminal: { isInteractive: false, confirm: unexpected('confirm') },
    knownHosts: async () => [HOST, OTHER],
    mayGetLogin: async () => true,
    revocable: unexpected('revocable'),
    signOut: async (host) => void done.push(`sign out of ${host}`),
    places: [
      async (host, say) => {
        done.push(`clear ${host}`);
        say(`/f: removed ${host}`);
      },
    ],
    signInFix: async (host) => ({ run: `login ${host}` }),
    ...more,
  });
  return { status, out, err, done };
}

function login(more: Partial<RevocableLogin> = {}, outcome: RevokeOutcome = { kind: 'revoked' }) {
  const revoked: string[] = [];
  const found: RevocableLogin = {
    kind: 'possible',
    fingerprint: 'one',
    cluster: 'app.ci',
    user: 'alice',
    server: 'https://api.example.com:6443',
    otherHosts: [],
    revoke: async () => {
      revoked.push(more.fingerprint ?? 'one');
      return outcome;
    },
    ...more,
  };
  return { revoked, revocable: async () => [found] };
}

const asked = (answer: boolean) => {
  const questions: string[] = [];
  const confirm = async (question: string) => {
    questions.push(question);
    return answer;
  };
  return { questions, terminal: { isInteractive: true, confirm } };
};

test('each host is signed out before anything of it is dropped, and the way back is named', async () => {
  assert.deepEqual(await logout([`https://${HOST}/v1/`, OTHER, HOST]), {
    status: 0,
    out: [
      `${HOST}: signed out. To sign in again, run: login ${HOST}`,
      `  /f: removed ${HOST}`,
      `${OTHER}: signed out. To sign in again, run: login ${OTHER}`,
      `  /f: removed ${OTHER}`,
    ],
    err: [],
    done: [`sign out of ${HOST}`, `clear ${HOST}`, `sign out of ${OTHER}`, `clear ${OTHER}`],
  });
});

test('at a terminal a host that nothing is known of is asked about, with the one that was meant', async () => {
  for (const answer of [true, false]) {
    const { questions, terminal } = asked(answer);
    const { status, err, done } = await logout(['r.exmple.com'], { terminal });
    assert.deepEqual(questions, [
      'Nothing is known here of r.exmple.com. Did you mean r.example.com? Sign out all the same?',
    ]);
    assert.deepEqual([status, err, done.length], answer ? [0, [], 2] : [1, ['Nothing was changed.'], 0]);
  }
  const terminal = { isInteractive: true, confirm: unexpected('confirm') };
  for (const args of [['r.exmple.com', '--yes'], [HOST], ['docker.io'], ['registry.ci.openshift.org']])
    assert.equal((await logout(args, { terminal })).status, 0);
  assert.equal((await logout(['r.exmple.com'], { knownHosts: unexpected('knownHosts') })).status, 0);
});

test('a host that no login can be had for, and none lies of anywhere, is not kept as signed out', async () => {
  const none = await logout([HOST], { mayGetLogin: async () => false, places: [] });
  assert.deepEqual([none.status, none.done], [0, []]);
  assert.deepEqual(none.out, [`${HOST}: there is no login of it here to sign out of.`]);
  const { status, done } = await logout([HOST], { mayGetLogin: async () => false });
  assert.deepEqual([status, done], [0, [`clear ${HOST}`, `sign out of ${HOST}`]]);
});

test("what can't be cleared is told when all else is done, and is a failure", async () => {
  const broken = async (_host: string, say: (sentence: string) => void) => {
    say('/a: removed');
    throw new AppError({ code: 'broken', message: '/b:1:2: the file is broken', fix: { do: 'Fix it.' } });
  };
  const signOut = async () => {
    throw new AppError({ code: 'not-signed-out', message: 'You are still signed in' });
  };
  const { status, out, err } = await logout([HOST], {
    signOut,
    places: [broken, async (_host, say) => say('/f: removed')],
  });
  assert.deepEqual(
    [status, out, err],
    [
      1,
      ['  /a: removed', '  /f: removed'],
      [
        `${HOST}: You are still signed in [not-signed-out]`,
        `${HOST}: /b:1:2: the file is broken [broken]. Fix it.`,
      ],
    ],
  );
});

test('a defect is not told as something that a person can fix', async () => {
  const places = [
    async () => {
      throw new TypeError('a defect');
    },
  ];
  await assert.rejects(logout([HOST], { places }), TypeError);
});

test('a login is revoked only after a yes, and nothing is done after a no', async () => {
  const yes = { ...login({ otherHosts: [OTHER] }), ...asked(true) };
  const { status, out, err } = await logout([HOST, '--revoke'], yes);
  assert.deepEqual([status, err, yes.revoked], [0, [], ['one']]);
  assert.equal(
    out[0],
    'Your login to app.ci (alice) was revoked. `oc` and everything else that used it are logged out, too. The API server may accept it for two more minutes [login-revoked]',
  );
  assert.deepEqual(yes.questions, [
    `End your login to app.ci (alice)? \`oc\` and everything else that uses it are logged out, too, and so are ${OTHER}.`,
  ]);

  const no = { ...login(), ...asked(false) };
  assert.deepEqual(await logout([HOST, '--revoke'], no), {
    status: 1,
    out: [],
    err: ['Nothing was changed.'],
    done: [],
  });
  assert.deepEqual(no.revoked, []);
});

test('without a terminal it takes --yes, which asks nothing', async () => {
  const { revoked, revocable } = login();
  const refused = await logout([HOST, '--revoke'], { revocable });
  assert.deepEqual([refused.status, refused.done, revoked], [1, [], []]);
  assert.match(refused.err.join(), /Run: docker-credential-openshift logout r\.example\.com --revoke --yes$/);
  const accepted = await logout([HOST, '--revoke', '--yes'], { revocable });
  assert.deepEqual([accepted.status, revoked], [0, ['one']]);
});

test('hosts that share a login have it revoked once', async () => {
  const { revoked, revocable } = login();
  assert.equal((await logout([HOST, OTHER, '--revoke', '--yes'], { revocable })).status, 0);
  assert.deepEqual(revoked, ['one']);
});

test('whatever comes of the revocation, the hosts are signed out here; a login that goes on is a failure', async () => {
  const outcomes: [outcome: RevokeOutcome, status: number, said: RegExp][] = [
    [{ kind: 'gone' }, 0, /had been revoked before \[login-gone\]$/],
    [
      { kind: 'rejected' },
      1,
      /app\.ci refuses it\. It expired or was revoked, or can't be checked just now \[revoke-rejected\]$/,
    ],
    [{ kind: 'forbidden' }, 1, /Run: oc logout --server=https:\/\/api\.example\.com:6443$/],
    [
      { kind: 'failed', detail: 'no route' },
      1,
      /goes on until it ends: no route \[revoke-failed\]\. Run the same command again/,
    ],
  ];
  for (const [outcome, expected, said] of outcomes) {
    const { status, out, err, done } = await logout([HOST, '--revoke', '--yes'], login({}, outcome));
    assert.equal(status, expected);
    assert.match((expected === 0 ? out : err)[0] ?? '', said);
    assert.deepEqual(done, [`sign out of ${HOST}`, `clear ${HOST}`]);
  }
});

test('what no cluster can revoke is signed out here, and said', async () => {
  const revocable = async () => [
    { kind: 'impossible', reason: { code: 'r', why: 'its tokens are a service account’s' } } as const,
  ];
  const { status, err, done } = await logout([HOST, '--revoke'], { revocable });
  assert.deepEqual([status, err, done.length], [1, ['its tokens are a service account’s [r]'], 2]);
});

test('a wrong command line is told with the usage, and repeats no token', async () => {
  for (const [args, said] of [
    [[], 'Which registry? Name at least one HOST.'],
    [['no host'], '"no host" is not a registry host.'],
    [[`sha256~${'k'.repeat(43)}@`], 'One of the arguments is not a registry host.'],
    [['--rvoke', HOST], 'There is no option --rvoke. Did you mean --revoke?'],
  ] as const) {
    const { status, err, done } = await logout([...args]);
    assert.deepEqual([status, done], [2, []]);
    assert.equal(err[0], said);
    assert.match(err[1] ?? '', /^Usage: docker-credential-openshift logout HOST/);
  }
});

test('of several logins of a host each is named and revoked, and what goes on is told', async () => {
  const robots = login({ fingerprint: 'two', user: 'robot' });
  const alices = login();
  const left = { kind: 'left', reason: { code: 'r', why: 'Your login to b (bob) goes on' } } as const;
  const revocable = async () => [...(await robots.revocable()), ...(await alices.revocable()), left];
  const { questions, terminal } = asked(true);
  const { status, out } = await logout([HOST, '--revoke'], { revocable, terminal });
  assert.deepEqual([status, robots.revoked, alices.revoked], [0, ['two'], ['one']]);
  assert.match(
    questions[0] ?? '',
    /^End your login to app\.ci \(robot\) and your login to app\.ci \(alice\)\? /,
  );
  assert.equal(out[2], `${left.reason.why} [r]`);
});
