import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { type Authority, createAuthority, type KeyedCertificate } from '../sandbox/certificates.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { TOKEN } from '../support/identities.ts';
import { context, kubeconfig } from '../support/kubeconfig-entries.ts';
import { listening } from '../support/listening.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { findingsOf } from './doctor-findings.ts';
import { bindByConfig, helperHome, loggedIn } from './helper-home.ts';

const TWO_YEARS_MS = 2 * 365 * 86_400_000;

/** A server on loopback that shows this certificate and says 401 to everything. @returns its host and port */
async function serving(t: TestContext, { certPem, keyPem }: KeyedCertificate): Promise<string> {
  const server = createServer({ cert: certPem, key: keyPem }, (_request, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end();
  });
  return `127.0.0.1:${await listening(t, server)}`;
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

for (const program of helperPrograms) {
  test(`${program.name}: an authority in an engine's certs.d counts for that host, in every command but for whose it is`, async (t) => {
    const sandbox = await runningSandbox(t, { separateIngressAuthority: true });
    const host = sandbox.registryHost;
    const home = await loggedIn(t, program, sandbox);
    await bindByConfig(home, sandbox);
    const authfile = () => home.run(['authfile', '--to', join(home.directory, 'auth.json'), host], '');
    assert.equal((await authfile()).status, 1);
    await home.write(
      join(home.directory, '.config/containers/certs.d', host, 'ca.crt'),
      sandbox.ingressCaPem,
    );
    const written = await authfile();
    assert.equal(written.status, 0, written.stderr);
    const setup = await home.run(['setup', host, '--yes'], '');
    assert.match(setup.stdout, /good, as alice|accepts? the login/i, setup.stdout + setup.stderr);
    // Where the cluster can't be asked, the registry decides; it is reached as engines reach it.
    await home.get(host);
    sandbox.setFault('api', 503);
    home.editCached(host, (record) => {
      record.checkedAt.wallMs -= 5 * 60_000;
    });
    assert.equal((await home.get(host)).token, fingerprintOf(home.token));
  });
}

test('what doctor prescribes for an engine that does not trust the registry works as printed, without oc', async (t) => {
  const sandbox = await runningSandbox(t, { separateIngressAuthority: true });
  const host = sandbox.registryHost;
  const home = await loggedIn(t, compiledHelper, sandbox);
  await bindByConfig(home, sandbox);
  // It is looked at as podman, wherever that is installed.
  const bin = join(home.directory, 'bin');
  await home.write(join(bin, 'podman'), '#!/bin/sh\necho podman version 5.4.2\n');
  chmodSync(join(bin, 'podman'), 0o755);
  const env = { ...home.env, PATH: `${bin}:${home.env.PATH}` };
  const untrusted = async () => {
    const { stdout } = await home.run(['doctor', host, '--engine', 'podman', '--json'], '', { env });
    const { findings } = JSON.parse(stdout) as { findings: { code: string; fix?: { run?: string } }[] };
    return findings.find(({ code }) => code === 'registry-untrusted');
  };
  const fix = (await untrusted())?.fix?.run ?? assert.fail('it is not told');
  assert.match(fix, /^mkdir -p \S+ && docker-credential-openshift doctor \S+ --authority > \S+\/ca\.crt$/);
  const directory = join(home.directory, '.config/containers/certs.d', host);
  // Root's own place is the machine's: the test writes to its home instead.
  const own = fix.replaceAll(/\/etc\/containers\/certs\.d\/[^/\s]+/g, directory);
  await promisify(execFile)('sh', ['-c', own], { env });
  assert.equal(readFileSync(join(directory, 'ca.crt'), 'utf8').trim(), sandbox.ingressCaPem.trim());
  assert.equal(await untrusted(), undefined);
});
