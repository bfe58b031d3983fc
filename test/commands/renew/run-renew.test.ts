import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RenewOutcome } from '../../../src/commands/renew/renew-outcome.ts';
import { type RenewPorts, runRenew } from '../../../src/commands/renew/run-renew.ts';
import { AppError, type Reason } from '../../../src/hosts/reason.ts';
import type { KnownHosts } from '../../../src/session/known-hosts.ts';
import { unexpected } from '../../support/identities.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const NOTHING = { did: [], left: [] };
const good = (changes: Partial<Extract<RenewOutcome, { kind: 'good' }>> = {}): RenewOutcome => ({
  kind: 'good',
  username: 'alice',
  expiresAtMs: NOW + 8 * HOUR,
  warnings: [],
  ...changes,
});

const reason = (why: string, run: string): Reason => ({ code: 'r', why, fix: { run } });

const known = (hosts: string[], more: Partial<KnownHosts> = {}): KnownHosts => ({
  hosts,
  broken: new Set(),
  problems: [],
  ...more,
});

/** Runs `renew`; what is asked for without being given fails. */
async function renew(
  args: string[],
  outcomes: Record<string, RenewOutcome> = {},
  more: Partial<RenewPorts> = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const renewed: string[] = [];
  const status = await runRenew(args, {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    nowMs: () => NOW,
    hosts: async () => known(Object.keys(outcomes)),
    renew: async (host) => {
      renewed.push(host);
      return outcomes[host] ?? unexpected(`renew ${host}`)();
    },
    repairEngines: async () => NOTHING,
    prune: args.includes('--background') ? unexpected('prune') : async () => {},
    timer: unexpected('timer'),
    ...more,
  });
  return { status, out, err, renewed };
}

test('a host that was signed out of is told, and no failure', async () => {
  const outcome = { kind: 'signed-out', reason: reason('You signed out of it', 'login a') } as const;
  const { out, status } = await renew([], { 'a.example.com': outcome });
  assert.deepEqual([out, status], [['a.example.com: You signed out of it [r]. Run: login a'], 0]);
});

test('every host that is known gets a line, and all is well if all are good', async () => {
  const hosts = {
    'a.example.com': good(),
    'b.example.com': good({ username: 'system-serviceaccount-ci-puller', expiresAtMs: null }),
    'c.example.com': good({ warnings: [reason('Your login to app.ci ends in 8 hours', 'oc login')] }),
    'd.example.com': { kind: 'left-alone' },
  } as const;
  for (const args of [[], ['--all']]) {
    assert.deepEqual(await renew(args, hosts), {
      status: 0,
      out: [
        'a.example.com: good, as alice, ends in 8 hours',
        'b.example.com: good, as system-serviceaccount-ci-puller, no known end',
        'c.example.com: good, as alice, ends in 8 hours. Your login to app.ci ends in 8 hours [r]. Run: oc login',
        'd.example.com: left alone: the login ends when it is not used, and a check would be a use',
      ],
      err: [],
      renewed: Object.keys(hosts),
    });
  }
});

test('a host without a good token is told with its reason, the others are renewed, and the status is 1', async () => {
  const { status, out } = await renew([], {
    'a.example.com': {
      kind: 'none',
      reasons: [{ code: 'r', why: 'Your login expired 3 days ago', fix: { run: 'oc login' } }],
    },
    'b.example.com': { kind: 'none', reasons: [] },
    'c.example.com': good(),
  });
  assert.equal(status, 1);
  assert.deepEqual(out, [
    'a.example.com: Your login expired 3 days ago [r]. Run: oc login',
    'b.example.com: linked to no cluster [not-linked]. Run: docker-credential-openshift setup b.example.com',
    'c.example.com: good, as alice, ends in 8 hours',
  ]);
});

test("one host's fault keeps no other from being renewed, and is told without secrets", async () => {
  const { status, out } = await renew(
    [],
    {},
    {
      hosts: async () => known(['a.example.com', 'b.example.com']),
      renew: async (host) => {
        if (host === 'b.example.com') return good();
        throw new AppError({ code: 'x', message: 'no space for sha256~secret' });
      },
    },
  );
  assert.equal(status, 1);
  assert.deepEqual(out, [
    'a.example.com: no space for *** [x]',
    'b.example.com: good, as alice, ends in 8 hours',
  ]);
});

test("a config that can't be read is told in a line, and the status is 1", async () => {
  const hosts = async () => {
    throw new AppError({
      code: 'x',
      message: "/c can't be read: it is a directory",
      fix: { run: 'ls -lL /c' },
    });
  };
  assert.deepEqual(await renew([], {}, { hosts }), {
    status: 1,
    out: [],
    err: ["/c can't be read: it is a directory [x]. Run: ls -lL /c"],
    renewed: [],
  });
});

test('what is wrong with the config is told, its hosts are listed, and no login stored for them is taken away', async () => {
  const why = '/c:2:3: unknown key "srver" of a.example.com';
  const problem = { code: 'r', why };
  const repaired: (readonly string[])[] = [];
  const hosts = async () =>
    known(['a.example.com', 'b.example.com'], { broken: new Set(['a.example.com']), problems: [problem] });
  const repairEngines = async (asked: readonly string[]) => {
    repaired.push(asked);
    return NOTHING;
  };
  const outcomes = {
    'a.example.com': { kind: 'none', reasons: [problem] },
    'b.example.com': good(),
  } as const;
  assert.deepEqual(await renew([], outcomes, { hosts, repairEngines }), {
    status: 1,
    out: [`a.example.com: ${why} [r]`, 'b.example.com: good, as alice, ends in 8 hours'],
    err: [`${why} [r]`],
    renewed: ['a.example.com', 'b.example.com'],
  });
  assert.deepEqual(repaired, [['b.example.com']]);
});

test('a config that says nothing that can be understood is not taken for an empty one', async () => {
  const hosts = async () => known([], { problems: [{ code: 'r', why: '/c:1:14: a bracket is missing' }] });
  assert.deepEqual(await renew([], {}, { hosts }), {
    status: 1,
    out: [],
    err: ['/c:1:14: a bracket is missing [r]'],
    renewed: [],
  });
});

test('the end of a login is told on stderr, too, each time, and not with --background', async () => {
  const announcement = reason('Your login to app.ci ends in 3 days', 'oc login');
  const outcomes = { 'a.example.com': good({ warnings: [announcement], announcement }) };
  for (let time = 0; time < 2; time++) {
    assert.deepEqual((await renew([], outcomes)).err, [
      'Your login to app.ci ends in 3 days [r]. Run: oc login',
    ]);
  }
  assert.deepEqual((await renew(['--background', 'a.example.com'], outcomes)).err, []);
});

test('what is of no use any more is removed once all hosts are renewed', async () => {
  const done: string[] = [];
  await renew(
    [],
    { 'a.example.com': good() },
    { print: () => done.push('a'), prune: async () => void done.push('prune') },
  );
  assert.deepEqual(done, ['a', 'prune']);
});

test('hosts by name are normalised, and are renewed alone: no file of an engine is looked at', async () => {
  const { status, renewed } = await renew(['A.Example.com:443', 'b.example.com:5000'], {
    'a.example.com:443': good(),
    'a.example.com': good(),
    'b.example.com:5000': good(),
    'c.example.com': good(),
  });
  assert.equal(status, 0);
  assert.equal(renewed.length, 2);
  assert.match(renewed[0] ?? '', /^a\.example\.com/);
  assert.equal(renewed[1], 'b.example.com:5000');
});

test('with --background nothing is printed, and the status still tells', async () => {
  const none = { 'a.example.com': { kind: 'none', reasons: [{ code: 'r', why: 'r' }] } } as const;
  assert.deepEqual(await renew(['--background', 'a.example.com'], none), {
    status: 1,
    out: [],
    err: [],
    renewed: ['a.example.com'],
  });
});

test('where no host is linked the command that links one is told, and that is no failure', async () => {
  const { status, out } = await renew([]);
  assert.equal(status, 0);
  assert.deepEqual(out, ['No registry host is linked yet. Run: docker-credential-openshift setup']);
});

test('what was repaired in the files of engines is told, for all hosts at once, and what was left on stderr', async () => {
  const repairEngines = async (hosts: readonly string[]) => {
    assert.deepEqual(hosts, ['a.example.com']);
    return { did: ['/auth.json: removed the stored login'], left: ['/c.json: left a login'] };
  };
  const { out, err } = await renew([], { 'a.example.com': good() }, { repairEngines });
  assert.deepEqual([out[0], err], ['/auth.json: removed the stored login', ['/c.json: left a login']]);
});

test('files are repaired for hosts that are named, if they are linked and sound, but not for who pulls an image', async () => {
  const repaired: (readonly string[])[] = [];
  const repairEngines = async (hosts: readonly string[]) => {
    repaired.push(hosts);
    return { ...NOTHING, did: ['/auth.json: removed the stored login'] };
  };
  const outcomes = { 'a.example.com': good(), 'b.example.com': good(), 'new.example.com': good() };
  const hosts = async () =>
    known(['a.example.com', 'b.example.com', 'c.example.com'], { broken: new Set(['b.example.com']) });
  const { out, renewed } = await renew(Object.keys(outcomes), outcomes, { hosts, repairEngines });
  assert.deepEqual([repaired, renewed], [[['a.example.com']], Object.keys(outcomes)]);
  assert.equal(out[0], '/auth.json: removed the stored login');
  const nothing = { hosts: unexpected('hosts'), repairEngines: unexpected('repairEngines') };
  const { status, err } = await renew(['--background', 'a.example.com'], outcomes, nothing);
  assert.deepEqual([status, err], [0, []]);
});

test('where the config can’t be read, nothing is repaired for a host that is named, and it is renewed', async () => {
  const hosts = async () => {
    throw new AppError({ code: 'x', message: "/c can't be read" });
  };
  const outcomes = {
    'a.example.com': { kind: 'none', reasons: [{ code: 'r', why: "/c can't be read" }] },
  } as const;
  const repaired: (readonly string[])[] = [];
  const repairEngines = async (asked: readonly string[]) => {
    repaired.push(asked);
    return NOTHING;
  };
  const { status, err } = await renew(['a.example.com'], outcomes, { hosts, repairEngines });
  assert.deepEqual([status, err, repaired], [1, [], [[]]]);
});

test('a broken file of an engine is told, and no reason to let tokens run out', async () => {
  const repairEngines = async () => {
    throw new AppError({ code: 'x', message: '/auth.json:1:1: broken', fix: { do: 'Fix it.' } });
  };
  const { status, out, err } = await renew([], { 'a.example.com': good() }, { repairEngines });
  assert.deepEqual(err, ['/auth.json:1:1: broken [x]. Fix it.']);
  assert.deepEqual([status, out.length], [0, 1]);
});

test('each flag of the timer is handed on, and nothing is renewed', async () => {
  for (const action of ['install', 'remove', 'status'] as const) {
    const flag = action === 'status' ? '--timer-status' : `--${action}-timer`;
    const asked: string[] = [];
    const timer = async (what: string) => asked.push(what) + 2;
    const { status, renewed } = await renew([flag], {}, { timer, hosts: unexpected('hosts') });
    assert.deepEqual([status, renewed, asked], [3, [], [action]]);
  }
});

test('a wrong command line is told with the usage, renews nothing, and its words are not repeated', async () => {
  const nothing = { hosts: unexpected('hosts'), repairEngines: unexpected('repairEngines') };
  for (const [args, what] of [
    [['--colour'], 'There is no option --colour.'],
    [['--all=sha256~secret'], '--all takes no value.'],
    [
      ['--install-timer', '--remove-timer'],
      'One of --install-timer, --remove-timer and --timer-status at a time.',
    ],
    [['--timer-status', 'a.example.com'], 'The timer renews all hosts: name none.'],
    [['--all', 'a.example.com'], 'Either --all, or the hosts by name.'],
    [['a.example.com', '!!!'], '"!!!" is not a registry host.'],
  ] as const) {
    const { status, out, err, renewed } = await renew([...args], {}, nothing);
    assert.deepEqual([status, out, renewed], [2, [], []], args.join(' '));
    assert.equal(err[0], what);
    assert.match(err[1] ?? '', /^Usage: docker-credential-openshift renew /);
    assert.doesNotMatch(err.join(), /secret/);
  }
});
