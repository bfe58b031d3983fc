import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Authority, createAuthority, type KeyedCertificate } from '../sandbox/certificates.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { TOKEN } from '../support/identities.ts';
import { context, kubeconfig } from '../support/kubeconfig-entries.ts';
import { findingsOf } from './doctor-findings.ts';
import { helperHome } from './helper-home.ts';

const TWO_YEARS_MS = 2 * 365 * 86_400_000;

/** A server on loopback that shows this certificate and says 401 to everything. @returns its host and port */
async function serving(t: TestContext, { certPem, keyPem }: KeyedCertificate): Promise<string> {
  const server = createServer({ cert: certPem, key: keyPem }, (_request, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end();
  });
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An authority, and a certificate of it for loopback, that both ended a year ago. */
async function longAgo(t: TestContext): Promise<{ authority: Authority; certificate: KeyedCertificate }> {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() - TWO_YEARS_MS });
  try {
    const authority = await createAuthority('old-ca');
    return { authority, certificate: await authority.issueServer(['127.0.0.1']) };
  } finally {
    t.mock.timers.reset();
  }
}

for (const program of helperPrograms) {
  test(`${program.name}: doctor tells what is wrong with a certificate, of the API and of the registry`, async (t) => {
    const authority = await createAuthority('ca');
    const old = await longAgo(t);
    const hosts = {
      expired: await serving(t, old.certificate),
      other: await serving(t, await authority.issueServer(['other.example.com'])),
      untrusted: await serving(t, await (await createAuthority('stranger')).issueServer(['127.0.0.1'])),
      good: await serving(t, await authority.issueServer(['127.0.0.1'])),
    };
    const home = helperHome(t, program);
    const ca = join(home.directory, 'ca.crt');
    await home.write(ca, authority.caPem + old.authority.caPem);
    const names = Object.values(hosts);
    const logins = kubeconfig({
      clusters: names.map((name) => ({
        name,
        cluster: { server: `https://${name}`, 'certificate-authority': ca },
      })),
      users: [{ name: 'alice', user: { token: TOKEN } }],
      contexts: names.map((name) => context(name, name, 'alice')),
    });
    await home.write(home.kubeconfigFile, logins);
    const entries = names.map((name) => [name, { server: `https://${name}` }] as const);
    await home.write(home.configFile, JSON.stringify({ registries: Object.fromEntries(entries) }));
    const findings = await findingsOf(home, []);
    const told = (check: string, host: string) =>
      findings.find((finding) => finding.check === check && finding.why.includes(host))?.why ?? '';
    for (const check of ['cluster', 'registry']) {
      assert.match(told(check, hosts.expired), /its certificate has expired$/, check);
      assert.match(told(check, hosts.other), /its certificate is for another name$/, check);
      assert.match(told(check, hosts.good), /answers/, check);
    }
    assert.match(told('cluster', hosts.untrusted), /of another authority than the kubeconfig names$/);
    assert.match(told('registry', hosts.untrusted), /its certificate is not trusted$/);
  });
}
