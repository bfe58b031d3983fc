import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { pluginFor } from '../cluster/running-plugin.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { manyAtOnce } from './running-gets.ts';
import { machineFor } from './test-machine.ts';

/** GETS=500: as many as were seen to run a plugin once more than there were identities; for a machine that does nothing else. */
const GETS = Number(process.env.GETS ?? 40);
const HOSTS_EACH = 2;
const GETS_EACH = 5;
const IDENTITIES = GETS / HOSTS_EACH / GETS_EACH;

interface Kubeconfig {
  users: { name: string; user: object }[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
}

test('of many gets at once a slow plugin is run once for each identity, whichever of its hosts they are for', async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const { made: plugin } = pluginFor(t, { status: { token }, behaviour: 'answers-slowly', delayMs: 700 });
  const kubeconfig = parse(sandbox.kubeconfig({ exec: plugin.entry() })) as Kubeconfig;
  const cluster = kubeconfig.contexts[0]?.context.cluster ?? '';
  const names = Array.from({ length: IDENTITIES }, (_, index) => `robot${index}`);
  kubeconfig.users = names.map((name) => ({ name, user: { exec: plugin.entry({ args: [name] }) } }));
  kubeconfig.contexts = names.map((name) => ({ name, context: { cluster, user: name } }));
  const hosts = names.flatMap((user) =>
    Array.from({ length: HOSTS_EACH }, (_, index) => ({ user, host: `r${index}.${user}.example.com` })),
  );
  const registries = Object.fromEntries(
    hosts.map(({ user, host }) => [host, { server: sandbox.apiUrl, user }]),
  );
  const machine = machineFor(t, stringify(kubeconfig), JSON.stringify({ registries }));
  const ended = await manyAtOnce(
    machine,
    hosts.flatMap(({ host }) => Array.from({ length: GETS_EACH }, () => host)),
  );
  const runs = (await plugin.calls()).map(({ args }) => args.join(' '));
  assert.deepEqual(runs.toSorted(), [...new Set(runs)].sort(), 'for one of them it was run twice');
  assert.deepEqual(
    ended.filter(({ status }) => status !== 0).map(({ stderr }) => stderr),
    [],
  );
  assert.equal(runs.length, IDENTITIES);
});
