import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LoginArguments, parseLoginArguments } from '../../../src/commands/login/arguments.ts';
import { logInToExpiring } from '../../../src/commands/login/expiring.ts';
import type { Answering, LoginPorts, RegistryHosts } from '../../../src/commands/login/ports.ts';
import type { Inspection } from '../../../src/hosts/check-token.ts';
import type { Identity } from '../../../src/hosts/identity.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { resolveHost } from '../../../src/hosts/resolve-host.ts';
import type { RegistrySettings } from '../../../src/registry/bind-host.ts';
import { identity, SERVER, unexpected } from '../../support/identities.ts';

const ARGUMENTS = parseLoginArguments(['--all-expiring']) as LoginArguments;
const ACCEPTED = { kind: 'accepted', username: 'alice', opensImages: true, idleEndsAtMs: undefined } as const;

/** The registry hosts of this machine, by who answers for them. */
function hosts(answers: Record<string, Answering>, signedOut: readonly string[] = []): RegistryHosts {
  return {
    known: async () => Object.keys(answers),
    problems: async () => [],
    signedOut: () => signedOut,
    hasTyped: (host) => host.startsWith('typed'),
    isCurrent: unexpected('isCurrent'),
    whoAnswers: async (host) => answers[host],
    signIn: unexpected('signIn'),
    forgetAbsences: unexpected('forgetAbsences'),
  };
}

/** Whose login a host gets by what the config says of it. */
function resolving(settingsOf: (host: string) => RegistrySettings | undefined): LoginPorts['resolve'] {
  return async (host) => {
    const identities = { all: [identity()], current: identity(), problems: [] };
    const claim = { claimed: false, rivals: [] };
    const facts = { nowMs: 0, settings: { settings: settingsOf(host) }, signedOut: false, identities, claim };
    return { facts, resolution: resolveHost(host, facts) };
  };
}

/** A kubeconfig's logins, the clusters that were asked, and everything else unexpected. */
async function run(all: readonly Identity[], said: Inspection, changes: Partial<LoginPorts> = {}) {
  const printed: string[] = [];
  const complained: string[] = [];
  const given: Partial<LoginPorts> = {
    print: (line) => void printed.push(line),
    printError: (line) => void complained.push(line),
    nowMs: () => 0,
    interrupted: new AbortController().signal,
    identities: async () => ({ all, current: all[0], problems: [] }),
    inspectToken: async () => said,
    openHosts: () => hosts({}),
    ...changes,
  };
  const ports = new Proxy(given, {
    get: (known, name) => Reflect.get(known, name) ?? unexpected(String(name)),
  }) as LoginPorts;
  return { status: await logInToExpiring(ARGUMENTS, ports), printed, complained };
}

test('a login that is good, and whose end the cluster does not tell, is no failure', async () => {
  const { status, printed, complained } = await run([identity()], { ...ACCEPTED, expiresAtMs: undefined });
  assert.deepEqual([status, complained], [0, []]);
  assert.deepEqual(printed, [
    'api.example.com:6443 accepts your login (context work), and does not tell when it ends.',
    'No login is known to end soon: there is nothing to do.',
  ]);
});

test("a cluster that can't be asked is told with the command, and is no success", async () => {
  const { status, complained } = await run([identity()], { kind: 'unreachable', detail: 'no connection' });
  assert.equal(status, 1);
  assert.deepEqual(complained, [
    'api.example.com:6443 could not be asked when the login ends. If it has expired, run: docker-credential-openshift login work',
  ]);
});

const NO_BOB = {
  code: 'no-login',
  why: 'No login of bob to api.example.com:6443 in the kubeconfig',
  fix: { run: 'docker-credential-openshift login X' },
};

test('a registry host that nobody is logged in for has its turn, once, and with it its login', async () => {
  const tried: string[] = [];
  const { status, complained } = await run(
    [identity()],
    { ...ACCEPTED, expiresAtMs: null },
    {
      openHosts: () => hosts({ 'a.example.com': { reason: NO_BOB }, 'b.example.com': { reason: NO_BOB } }),
      resolve: resolving(() => ({ server: SERVER, user: 'bob' })),
      cluster: async ({ server, host, identity: whose }) => {
        tried.push(`${server} ${host} ${whose?.user}`);
        throw new AppError({ code: 'api-unreachable', message: 'away' });
      },
    },
  );
  assert.deepEqual(tried, [`${SERVER} a.example.com undefined`]);
  assert.equal(status, 1);
  assert.deepEqual(complained, [
    '1 of 1: a.example.com: No login of bob to api.example.com:6443 in the kubeconfig.',
    'away [api-unreachable]',
  ]);
});

test('a host that no login helps is told with what does, and is no success', async () => {
  const reason = {
    code: 'several-users',
    why: 'two users fit and neither is current',
    fix: { run: 'docker-credential-openshift setup HOST' },
  };
  const { status, printed, complained } = await run(
    [identity()],
    { ...ACCEPTED, expiresAtMs: null },
    {
      openHosts: () => hosts({ 'a.example.com': { reason } }),
      resolve: resolving(() => ({ server: SERVER })),
    },
  );
  assert.deepEqual(
    [status, printed, complained],
    [
      1,
      [],
      [
        'a.example.com: two users fit and neither is current [several-users]. Run: docker-credential-openshift setup HOST',
      ],
    ],
  );
});

test('hosts that are signed out, that get a typed login or that renew themselves want no login', async () => {
  const answers = {
    'out.example.com': { reason: NO_BOB },
    'typed.example.com': { reason: NO_BOB },
    'robot.example.com': { reason: NO_BOB },
  };
  const { status, printed } = await run(
    [identity()],
    { ...ACCEPTED, expiresAtMs: null },
    {
      openHosts: () => hosts(answers, ['out.example.com']),
      resolve: resolving((host) => (host === 'robot.example.com' ? { selfRenew: true } : undefined)),
    },
  );
  assert.deepEqual([status, printed], [0, ['No login ends soon: there is nothing to do.']]);
});
