import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RenewOutcome } from '../../../src/commands/renew/renew-outcome.ts';
import type { HostLogin } from '../../../src/commands/status/host-status.ts';
import { runStatus, type StatusPorts } from '../../../src/commands/status/run-status.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { unexpected } from '../../support/identities.ts';
import { DAY, facts, NOW } from './sample-hosts.ts';

/** Runs `status` in a pipe; what is asked for without being given fails. */
async function status(args: string[], hosts: readonly HostLogin[], more: Partial<StatusPorts> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runStatus(args, {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    terminal: { columns: undefined, hasColours: false, progress: () => {} },
    bars: 'unicode',
    nowMs: () => NOW,
    hosts: async () => ({ hosts: hosts.map(({ host }) => host), problems: [] }),
    login: async (host) => hosts.find((fact) => fact.host === host) ?? unexpected(`facts ${host}`)(),
    check: unexpected('check'),
    ...more,
  });
  return { code, out, err };
}

const good: RenewOutcome = {
  kind: 'good',
  username: 'alice',
  expiresAtMs: NOW + 9 * DAY,
  warnings: [],
};

test('nobody is asked, and what is wrong is no failure', async () => {
  const { code, out } = await status([], [facts({ expiresAtMs: NOW - DAY })]);
  assert.equal(code, 0);
  assert.deepEqual(out.slice(1), [
    'registry.ci.openshift.org  app.ci   alice  by login  ended 1 day ago  2 minutes ago',
    '  Your login to app.ci expired 1 day ago [token-expired].',
    '  Run: login app.ci',
  ]);
});

test('with --check a host that a person signed out of is as they wanted it, and a config that is not understood is no good', async () => {
  const hosts = [
    facts({ silent: 'signed-out', reasons: [{ code: 'r', why: 'You signed out', fix: { run: 'login a' } }] }),
  ];
  const check = async (): Promise<RenewOutcome> => ({
    kind: 'none',
    reasons: [{ code: 'r', why: 'You signed out.' }],
  });
  assert.equal((await status(['--check'], hosts, { check })).code, 0);
  const broken = { hosts: async () => ({ hosts: [], problems: [{ code: 'r', why: '/c:1:1: broken' }] }) };
  assert.deepEqual(await status(['--check'], [], broken), { code: 1, out: [], err: ['/c:1:1: broken [r]'] });
  assert.equal((await status([], [], broken)).code, 0);
});

test('with --check all hosts are asked at once, and one without a good token is a failure', async () => {
  const hosts = [
    facts(),
    facts({ host: 'b.example.com' }),
    { host: 'c.example.com', silent: 'anonymous' } as const,
  ];
  const started: string[] = [];
  let letGo = () => {};
  const allStarted = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const check = async (host: string): Promise<RenewOutcome> => {
    started.push(host);
    if (started.length === 3) letGo();
    await allStarted;
    if (host === 'b.example.com')
      return { kind: 'none', reasons: [{ code: 'r', why: 'It was revoked', fix: { run: 'login b' } }] };
    return host === 'c.example.com' ? { kind: 'none', reasons: [] } : good;
  };
  const shown: string[] = [];
  const terminal = {
    columns: undefined,
    hasColours: false,
    progress: (line: string) => void shown.push(line),
  };
  const { code, out } = await status(['--check'], hosts, { check, terminal });
  assert.equal(code, 1);
  assert.match(out[1] ?? '', /9 days left/);
  assert.match(out[2] ?? '', /no good token/);
  assert.deepEqual(out.slice(3, 5), ['  It was revoked [r].', '  Run: login b']);
  assert.match(out[5] ?? '', /anonymous/);
  assert.deepEqual([shown[0], shown.at(-1)], ['Checking: 0 of 3 done', '']);
  assert.equal((await status(['--check'], [facts()], { check: async () => good })).code, 0);
});

test('what a check finds counts also where nothing of it can be kept, and an end that is not known stays so', async () => {
  const endless = async (): Promise<RenewOutcome> => ({ ...good, expiresAtMs: null });
  const unkept = facts({ expiresAtMs: undefined, checkedAtMs: undefined });
  const { code, out } = await status(['--check'], [unkept], { check: endless });
  assert.equal(code, 0);
  assert.match(out[1] ?? '', / good +just now$/);
  const stored = facts({ renews: 'stored', expiresAtMs: undefined, checkedAtMs: undefined });
  assert.match((await status(['--check'], [stored], { check: endless })).out[1] ?? '', / good +-$/);
  const again = facts({
    renews: 'plugin',
    expiresAtMs: undefined,
    checkedAtMs: undefined,
    isEndAssumed: true,
  });
  const inTenMinutes = async (): Promise<RenewOutcome> => ({ ...good, expiresAtMs: NOW + 600_000 });
  assert.match(
    (await status(['--check'], [again], { check: inTenMinutes })).out[1] ?? '',
    / good +just now$/,
  );
});

test('a check tells who got in where a typed login failed, and why it did', async () => {
  const refused = { code: 'r', why: 'The login of robot was refused', fix: { run: 'docker login r' } };
  const bobs = async (): Promise<RenewOutcome> => ({ ...good, username: 'bob', warnings: [refused] });
  const typed = facts({ renews: 'stored', user: 'robot' });
  const told = ['  The login of robot was refused [r].', '  Run: docker login r'];
  const unkept = await status(['--check'], [typed], { check: bobs });
  assert.match(unkept.out[1] ?? '', / - +bob +/);
  assert.deepEqual([unkept.code, unkept.out.slice(2)], [0, told]);
  const own = facts({ warnings: [{ code: 'r', why: 'The login of robot could not be read' }] });
  assert.deepEqual((await status(['--check'], [own], { check: bobs })).out.slice(2), told);
});

test('what a check throws is that host’s, and so is what keeps its files from being read', async () => {
  const fault = new AppError({ code: 'x', message: '/t can’t be read', fix: { run: 'ls -l /t' } });
  const fail = async () => {
    throw fault;
  };
  const checked = await status(['--check'], [facts()], { check: fail });
  assert.deepEqual([checked.code, checked.out.slice(2)], [1, ['  /t can’t be read [x].', '  Run: ls -l /t']]);
  const unread = await status([], [facts()], { login: fail });
  assert.match(unread.out.join('\n'), /no good token/);
});

test('hosts may be named, and where there is none a person is told what to do', async () => {
  const named = await status(['https://registry.ci.openshift.org/'], [facts()], {
    hosts: unexpected('hosts'),
  });
  assert.equal(named.out.length, 2);
  assert.deepEqual((await status([], [])).out, [
    'No registry host is linked yet. Run: docker-credential-openshift setup',
  ]);
  const broken = { hosts: async () => ({ hosts: [], problems: [{ code: 'r', why: '/c:1:1: broken' }] }) };
  assert.deepEqual(await status([], [], broken), { code: 0, out: [], err: ['/c:1:1: broken [r]'] });
});

test('as JSON each host has every field, and times as people and programs read them', async () => {
  const { out } = await status(['--json'], [facts(), { host: 'q.example.com', silent: 'anonymous' }]);
  assert.deepEqual(JSON.parse(out.join('\n')), {
    version: 1,
    hosts: [
      {
        host: 'registry.ci.openshift.org',
        state: 'good',
        cluster: 'app.ci',
        server: 'https://api.ci.l2s4.p1.openshiftapps.com:6443',
        user: 'alice',
        renewal: 'login',
        expiresAt: '2026-12-14T12:00:00.000Z',
        neverExpires: false,
        secondsLeft: 23 * 86_400,
        lifeSeconds: 30 * 86_400,
        checkedAt: '2026-11-21T11:58:00.000Z',
        renewedAt: null,
        problem: null,
        command: null,
        reasons: [],
      },
      {
        host: 'q.example.com',
        state: 'anonymous',
        cluster: null,
        server: null,
        user: null,
        renewal: null,
        expiresAt: null,
        neverExpires: false,
        secondsLeft: null,
        lifeSeconds: null,
        checkedAt: null,
        renewedAt: null,
        problem: null,
        command: null,
        reasons: [],
      },
    ],
    problems: [],
  });
});

test('a wrong command line is told with the usage', async () => {
  for (const args of [['--chek'], ['no host']]) assert.equal((await status(args, [])).code, 2);
});
