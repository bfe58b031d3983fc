import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { catalogue } from '../../src/registry/catalogue.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { TOKEN } from '../support/identities.ts';
import { inTime } from '../support/in-time.ts';
import { context, kubeconfig } from '../support/kubeconfig-entries.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { inNamespaces, testAsRoot } from './as-root.ts';
import { type HelperHome, helperHome } from './helper-home.ts';

const WITHOUT_NETWORK_MS = 1000;
const ALL_DOWN_MS = 6000;

const registries = catalogue.filter(({ decommissioned }) => decommissioned !== true);
const servers = [...new Set(registries.flatMap(({ server }) => server ?? []))];

/** A login to every cluster of OpenShift CI, and an engine that asks the helper for every registry of theirs. */
async function loggedInEverywhere(t: TestContext): Promise<HelperHome> {
  const home = helperHome(t, compiledHelper);
  const logins = kubeconfig({
    clusters: servers.map((server) => ({ name: server, cluster: { server } })),
    users: [{ name: 'alice', user: { token: TOKEN } }],
    contexts: servers.map((server) => context(server, server, 'alice')),
    ...(servers[0] === undefined ? {} : { current: servers[0] }),
  });
  await home.write(home.kubeconfigFile, logins);
  const credHelpers = Object.fromEntries(registries.map(({ host }) => [host, 'openshift']));
  await home.write(join(home.directory, '.docker/config.json'), JSON.stringify({ credHelpers }));
  return home;
}

interface Told {
  readonly check: string;
  readonly why: string;
}

/** @returns what doctor found, which it did within so long */
async function examined(home: HelperHome, limitMs: number): Promise<readonly Told[]> {
  const examine = async () => {
    const result = await home.run(['doctor', '--json'], '', { env: home.env });
    assert.ok(result.stdout !== '', result.stderr);
    return result;
  };
  const { stdout } = await inTime(limitMs, examine, () => home.run('version', '', { env: home.env }));
  return (JSON.parse(stdout) as { findings: readonly Told[] }).findings;
}

function assertAllAway(findings: readonly Told[]): void {
  const saw = (check: string) => findings.filter((finding) => finding.check === check).map((one) => one.why);
  assert.match(saw('cluster').join('\n'), new RegExp(`^${servers.length} API servers can't be reached: `));
  assert.match(saw('registry').join('\n'), new RegExp(`^${registries.length} registries can't be reached: `));
  assert.ok(findings.every(({ why: text }) => !/time was up|check failed/.test(text)));
}

testAsRoot('without a network doctor has looked at all of OpenShift CI within a second', async (t) => {
  const home = await loggedInEverywhere(t);
  const away = helperHome(t, inNamespaces(compiledHelper, ['--mount', '--net']));
  assertAllAway(await examined({ ...away, env: home.env }, WITHOUT_NETWORK_MS));
});

testAsRoot(
  'where no server answers doctor has looked at all of OpenShift CI within six seconds',
  async (t) => {
    const home = await loggedInEverywhere(t);
    const names = [
      ...registries.map(({ host }) => host),
      ...servers.map((server) => new URL(server).hostname),
    ];
    const hosts = names.map((name, index) => `192.0.2.${index + 2} ${name}\n`).join('');
    await home.write(join(home.directory, 'hosts'), hosts);
    // What is sent to these addresses comes back to a machine that is not meant, and is dropped.
    const prepare = `ip link set lo up && ip route add 192.0.2.0/24 dev lo && mount --bind ${home.directory}/hosts /etc/hosts`;
    const away = helperHome(t, inNamespaces(compiledHelper, ['--mount', '--net'], prepare));
    assertAllAway(await examined({ ...away, env: home.env }, ALL_DOWN_MS));
  },
);

test('servers that take the connection and say nothing, and plugins that hang, keep doctor for less than six seconds', async (t) => {
  const home = helperHome(t, compiledHelper);
  const plugin = join(home.directory, 'plugin');
  await home.write(plugin, '#!/bin/sh\nexec sleep 60\n');
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/bin/sh',
    args: [plugin],
    interactiveMode: 'Never',
  };
  const sandboxes = await Promise.all([1, 2, 3, 4].map(() => runningSandbox(t)));
  const logins = kubeconfig({
    clusters: sandboxes.map(({ apiUrl, caFile }) => ({
      name: apiUrl,
      cluster: { server: apiUrl, 'certificate-authority': caFile },
    })),
    users: [
      { name: 'alice', user: { token: TOKEN } },
      { name: 'bob', user: { exec } },
    ],
    contexts: sandboxes.map(({ apiUrl }, index) => context(apiUrl, apiUrl, index === 0 ? 'bob' : 'alice')),
    // Only the current context's plugin is run unasked.
    ...(sandboxes[0] === undefined ? {} : { current: sandboxes[0].apiUrl }),
  });
  await home.write(home.kubeconfigFile, logins);
  const entries = sandboxes.map(({ registryHost, apiUrl }) => [registryHost, { server: apiUrl }] as const);
  await home.write(home.configFile, JSON.stringify({ registries: Object.fromEntries(entries) }));
  for (const [index, sandbox] of sandboxes.entries()) {
    for (const server of ['api', 'registry'] as const) {
      sandbox.setFault(server, index % 2 === 0 ? 'stall-handshake' : 'stall');
    }
  }
  const findings = await examined(home, ALL_DOWN_MS);
  const told = findings.filter(({ check }) => check === 'login').map(({ why }) => why);
  assert.match(told.join('\n'), /^The exec plugin .*\nWhose token .* would get could not be checked/);
  assert.match(
    findings.map(({ why }) => why).join('\n'),
    /4 API servers can't be reached: no answer within 2 s/,
  );
  assert.ok(findings.every(({ why: text }) => !/time was up|check failed/.test(text)));
});
