import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { catalogue } from '../../src/registry/catalogue.ts';
import { fairClock } from '../support/fair-clock.ts';
import { type HelperProgram, helperPrograms } from '../support/helper-program.ts';
import { TOKEN } from '../support/identities.ts';
import { context, kubeconfig } from '../support/kubeconfig-entries.ts';
import { inNamespaces, testAsRoot } from './as-root.ts';
import { helperHome } from './helper-home.ts';

const registries = catalogue.filter(({ decommissioned }) => decommissioned !== true);
const servers = [...new Set(registries.flatMap(({ server }) => server ?? []))];
/** For all of them, beside what the computer takes over the starts of 16 programs. */
const LONGEST_MS = 10_000;
/** What an answer that has to be made takes to compute, in runs of `version`: 3.4 of the binary, 2.8 of Node. */
const TIMES_VERSION = 4;

/** Every cluster of OpenShift CI, and a login to each. */
const logins = kubeconfig({
  clusters: servers.map((server) => ({ name: server, cluster: { server } })),
  users: [{ name: 'alice', user: { token: TOKEN } }],
  contexts: servers.map((server) => context(server, server, 'alice')),
  ...(servers[0] === undefined ? {} : { current: servers[0] }),
});

/** Addresses that nothing answers from: what is sent there comes back to a machine that is not meant, and is dropped. */
const NO_ANSWER =
  'ip link set lo up && ip route add 192.0.2.0/24 dev lo && mount --bind HOME/hosts /etc/hosts';
const names = [...registries.map(({ host }) => host), ...servers.map((server) => new URL(server).hostname)];
const hosts = names.map((name, index) => `192.0.2.${index + 2} ${name}\n`).join('');

/** Asks for all of them, one after another, in such namespaces. */
async function askForAll(t: TestContext, program: HelperProgram, prepare: string): Promise<void> {
  const home = helperHome(t, program);
  await home.write(home.kubeconfigFile, logins);
  await home.write(join(home.directory, 'hosts'), hosts);
  const away = helperHome(
    t,
    inNamespaces(program, ['--mount', '--net'], prepare.replaceAll('HOME', home.directory)),
  );
  let tookMs = 0;
  let startsMs = 0;
  for (const { host, server } of registries) {
    const elapsed = fairClock();
    const { token, said } = await away.get(host, { env: home.env });
    tookMs += elapsed();
    startsMs += (await away.run('version', '', { env: home.env })).elapsedMs;
    assert.equal(token, undefined);
    const why = /could not be checked \(.*\), so pulls from .* go on anonymously \[token-unchecked\]$/;
    assert.match(said, server === null ? /whose API server is not public/ : why);
  }
  assert.equal(registries.length, 16);
  const told = `${Math.round(tookMs)} ms, and as many runs of version ${Math.round(startsMs)} ms`;
  t.diagnostic(told);
  assert.ok(tookMs < LONGEST_MS + TIMES_VERSION * startsMs, told);
}

for (const program of helperPrograms) {
  for (const [where, prepare] of [
    ['without a network', ':'],
    ['where no server answers', NO_ANSWER],
  ] as const) {
    testAsRoot(`${program.name}: ${where} all of OpenShift CI's registries are soon anonymous`, (t) =>
      askForAll(t, program, prepare),
    );
  }
}
