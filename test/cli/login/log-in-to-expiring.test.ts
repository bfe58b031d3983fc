import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logInToExpiring } from '../../../src/cli/login/log-in-to-expiring.ts';
import { type LoginArguments, parseLoginArguments } from '../../../src/cli/login/login-arguments.ts';
import type { LoginPorts } from '../../../src/cli/login/login-ports.ts';
import type { Inspection } from '../../../src/credential/check-token.ts';
import type { Identity } from '../../../src/credential/identity.ts';
import { identity, unexpected } from '../../support/identities.ts';

const ARGUMENTS = parseLoginArguments(['--all-expiring']) as LoginArguments;
const ACCEPTED = { kind: 'accepted', username: 'alice', opensImages: true, idleEndsAtMs: undefined } as const;

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
    isServiceAccounts: () => false,
    inspectToken: async () => said,
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

test('a cluster that can not be asked is told with the command, and is no success', async () => {
  const { status, complained } = await run([identity()], { kind: 'unreachable', detail: 'no connection' });
  assert.equal(status, 1);
  assert.deepEqual(complained, [
    'api.example.com:6443 could not be asked when the login ends. If it is over, run: docker-credential-openshift login work',
  ]);
});
