import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { startConnectProxy, startSocksProxy } from '../support/test-proxy.ts';
import { anonymous } from './answer-of.ts';
import { bindByConfig, homeAtSandbox, loggedIn } from './helper-home.ts';

for (const program of helperPrograms) {
  test(`${program.name}: HTTPS_PROXY is used for clusters elsewhere, and NO_PROXY exempts them`, async (t) => {
    const sandbox = await runningSandbox(t, { registryHostNames: ['api.example.test'] });
    const proxy = await startConnectProxy(t, 'me:secret');
    const home = await loggedIn(t, program, sandbox);
    // Loopback is never reached through a proxy: the proxy is told another name, which leads there.
    const { port } = new URL(sandbox.apiUrl);
    const server = `https://api.example.test:${port}`;
    await home.write(
      home.kubeconfigFile,
      sandbox.kubeconfig({ token: home.token }).replace(sandbox.apiUrl, server),
    );
    await bindByConfig(home, sandbox, { server });
    const url = `http://me:secret@127.0.0.1:${proxy.port}`;
    for (const [env, isUsed] of [
      [{ HTTPS_PROXY: url }, true],
      [{ https_proxy: url }, true],
      [{ HTTPS_PROXY: url, NO_PROXY: '.other.test,10.0.0.0/8' }, true],
      [{ HTTPS_PROXY: url, NO_PROXY: 'example.test' }, false],
      [{ HTTP_PROXY: url, ALL_PROXY: url }, false],
    ] as const) {
      proxy.targets.length = 0;
      const answer = await home.get(sandbox.registryHost, { env: { ...home.env, ...env } });
      assert.deepEqual(
        proxy.targets,
        isUsed ? [`api.example.test:${port}`] : [],
        JSON.stringify(Object.keys(env)),
      );
      assert.equal(answer.token, fingerprintOf(home.token));
      assert.ok(!answer.said.includes('secret'));
    }
  });

  test(`${program.name}: loopback is reached without the environment's proxy`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const env = { ...home.env, HTTPS_PROXY: 'http://127.0.0.1:1' };
    assert.equal((await home.get(sandbox.registryHost, { env })).token, fingerprintOf(home.token));
  });

  test(`${program.name}: the kubeconfig's proxy-url is used, http or SOCKS`, async (t) => {
    const sandbox = await runningSandbox(t);
    const http = await startConnectProxy(t);
    const socks = await startSocksProxy(t);
    const home = await loggedIn(t, program, sandbox);
    for (const [scheme, proxy] of [
      ['http', http],
      ['socks5', socks],
    ] as const) {
      const text = sandbox
        .kubeconfig({ token: home.token })
        .replace('server: ', `proxy-url: ${scheme}://127.0.0.1:${proxy.port}\n    server: `);
      await home.write(home.kubeconfigFile, text);
      assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token), scheme);
      assert.notEqual(proxy.targets.length, 0, scheme);
    }
  });

  test(`${program.name}: behind a SOCKS proxy names are the proxy's to look up, and a TLS name may be an address`, async (t) => {
    const names = ['api.nowhere.invalid', '10.1.2.3'];
    const sandbox = await runningSandbox(t, { registryHostNames: names });
    const socks = await startSocksProxy(t);
    const home = await loggedIn(t, program, sandbox);
    const server = `https://api.nowhere.invalid:${new URL(sandbox.apiUrl).port}`;
    await bindByConfig(home, sandbox, { server });
    const text = sandbox.kubeconfig({ token: home.token }).replace(sandbox.apiUrl, server);
    for (const more of ['', 'tls-server-name: 10.1.2.3\n    ']) {
      const lines = `proxy-url: socks5://127.0.0.1:${socks.port}\n    ${more}server: `;
      await home.write(home.kubeconfigFile, text.replace('server: ', lines));
      assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token), more);
      assert.ok(socks.targets.includes(new URL(server).host));
    }
    const wrong = `proxy-url: socks5://127.0.0.1:${socks.port}\n    tls-server-name: 10.1.2.4\n    server: `;
    await home.write(home.kubeconfigFile, text.replace('server: ', wrong));
    sandbox.clearRequests();
    await home.get(sandbox.registryHost);
    assert.deepEqual(
      sandbox.requests.filter(({ server: asked }) => asked === 'api'),
      [],
    );
  });

  test(`${program.name}: a proxy that refuses, or is none, is told without its password`, async (t) => {
    const sandbox = await runningSandbox(t);
    const proxy = await startConnectProxy(t, 'me:right');
    const home = await loggedIn(t, program, sandbox);
    await bindByConfig(home, sandbox);
    const good = sandbox.kubeconfig({ token: home.token });
    for (const url of [
      `http://me:wrong@127.0.0.1:${proxy.port}`,
      'nonsense:me:wrong',
      'http://me:wrong@127.0.0.1:1',
    ]) {
      await home.write(home.kubeconfigFile, good.replace('server: ', `proxy-url: ${url}\n    server: `));
      const answer = await home.get(sandbox.registryHost);
      assert.equal(answer.token, undefined);
      assert.notDeepEqual(answer, anonymous());
      assert.ok(!answer.said.includes('wrong'), answer.said);
    }
    assert.deepEqual(sandbox.requests, []);
  });
}
