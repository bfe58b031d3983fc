import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { parse } from 'yaml';
import { basic, send } from './https-client.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { runCommand } from './sandbox-commands.ts';

async function withSandbox(
  run: (sandbox: Sandbox) => Promise<void>,
  options: Parameters<typeof startSandbox>[0] = {},
): Promise<void> {
  const sandbox = await startSandbox(options);
  try {
    await run(sandbox);
  } finally {
    await sandbox.stop();
  }
}

test('a sandbox records what it receives, the Authorization header included', () =>
  withSandbox(async (sandbox) => {
    const authorization = basic('alice', 'garbage');
    await send(`${sandbox.registryUrl}/openshift/token?service=x`, {
      caPem: sandbox.caPem,
      headers: { Authorization: authorization },
    });
    const [request] = sandbox.requests;
    assert.deepEqual(
      [request?.server, request?.method, request?.path, request?.headers.authorization],
      ['registry', 'GET', '/openshift/token?service=x', authorization],
    );
    sandbox.clearRequests();
    assert.equal(sandbox.requests.length, 0);
  }));

test('its certificates are valid for loopback and for the names it was given', () =>
  withSandbox(
    async (sandbox) => {
      const { hostname, port } = new URL(sandbox.registryUrl);
      const socket = connect({ host: hostname, port: Number(port), ca: sandbox.caPem });
      await once(socket, 'secureConnect');
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      for (const name of ['localhost', 'registry.example.com', 'public.example.com']) {
        assert.equal(certificate?.checkHost(name), name);
      }
      for (const address of ['127.0.0.1', '::1']) assert.equal(certificate?.checkIP(address), address);
    },
    { registryHostNames: ['registry.example.com'], publicHostname: 'public.example.com:5000' },
  ));

test('with an authority for ingress, the API authority does not vouch for the registry', () =>
  withSandbox(
    async (sandbox) => {
      const url = `${sandbox.registryUrl}/v2/`;
      await assert.rejects(send(url, { caPem: sandbox.caPem }));
      assert.equal((await send(url, { caPem: sandbox.ingressCaPem })).status, 401);
      assert.equal(readFileSync(sandbox.ingressCaFile, 'utf8'), sandbox.ingressCaPem);
      assert.ok(new X509Certificate(sandbox.ingressCaPem).ca);
    },
    { separateIngressAuthority: true },
  ));

test('a kubeconfig has the names that oc login gives, and the entries added to it', () =>
  withSandbox(async (sandbox) => {
    const { host } = new URL(sandbox.apiUrl);
    const dashed = host.replaceAll('.', '-');
    const config = parse(
      sandbox.kubeconfig({ token: 'secret', extra: { contexts: [{ name: 'other', context: {} }] } }),
    );
    assert.equal(config['current-context'], `alice-ns/${dashed}/alice`);
    assert.deepEqual(config.clusters, [
      { cluster: { 'certificate-authority': sandbox.caFile, server: sandbox.apiUrl }, name: dashed },
    ]);
    assert.deepEqual(config.users, [{ name: `alice/${dashed}`, user: { token: 'secret' } }]);
    assert.deepEqual(config.contexts[1], { name: 'other', context: {} });
  }));

test('a kubeconfig can name an exec plugin or a token file instead of a token', () =>
  withSandbox(async (sandbox) => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'plugin' };
    assert.deepEqual(parse(sandbox.kubeconfig({ exec })).users[0].user, { exec });
    const tokenFile = '/run/token';
    assert.deepEqual(parse(sandbox.kubeconfig({ tokenFile })).users[0].user, { tokenFile });
  }));

test('stopping removes the directory and closes the ports, also under a stalled request', async () => {
  const sandbox = await startSandbox();
  sandbox.setFault('api', 'stall');
  const stalled = assert.rejects(send(`${sandbox.apiUrl}/version`, { caPem: sandbox.caPem }));
  await sandbox.stop();
  await stalled;
  assert.equal(existsSync(sandbox.directory), false);
  await assert.rejects(send(`${sandbox.apiUrl}/version`, { caPem: sandbox.caPem }), { code: 'ECONNREFUSED' });
});

test('a taken port is an error that leaves nothing running', () =>
  withSandbox(async (sandbox) => {
    const taken = Number(new URL(sandbox.apiUrl).port);
    await assert.rejects(startSandbox({ registryPort: taken }), { code: 'EADDRINUSE' });
  }));

test('commands end tokens, set faults and take them back, and print no token', () =>
  withSandbox(async (sandbox) => {
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const context = {
      sandbox,
      token: (holder: string) => (holder === 'alice' ? token : undefined),
      renew: () => Promise.reject(new Error('nothing was to be renewed')),
    };
    const status = async () =>
      (
        await send(`${sandbox.registryUrl}/openshift/token`, {
          caPem: sandbox.caPem,
          headers: { Authorization: basic('a', token) },
        })
      ).status;
    assert.equal(await status(), 200);
    await runCommand(context, 'fault registry 503');
    assert.equal(await status(), 503);
    await runCommand(context, 'recover');
    await runCommand(context, 'outage on');
    assert.equal(await status(), 401);
    await runCommand(context, 'outage off');
    assert.equal(await status(), 200);
    await runCommand(context, 'expire alice');
    assert.equal(await status(), 401);
    await send(`${sandbox.oauthUrl}/oauth/info?code=${token}`, { caPem: sandbox.caPem });
    assert.doesNotMatch((await runCommand(context, 'requests')) ?? '', /sha256~/);
    assert.equal(await runCommand(context, 'endpoint oauth-token no-token'), 'oauth-token: no-token\n');
    assert.equal(await runCommand(context, 'endpoint oauth-token none'), 'oauth-token: none\n');
    assert.match((await runCommand(context, 'endpoint nowhere 503')) ?? '', /see help/);
    assert.equal(await runCommand(context, 'approval deny'), 'approval: deny\n');
    assert.match((await runCommand(context, 'fault registry 418')) ?? '', /see help/);
    assert.match((await runCommand(context, 'expire carol')) ?? '', /nobody called carol/);
    assert.equal(await runCommand(context, 'quit'), undefined);
  }));
