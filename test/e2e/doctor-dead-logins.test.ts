import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { engineLogins } from '../../src/hosts/login-command.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { findingsOf, installEngine } from './doctor-findings.ts';
import { helperHome, homeAtSandbox, linkedHome, loggedIn } from './helper-home.ts';
import { store } from './storing.ts';

for (const program of helperPrograms) {
  test(`${program.name}: a typed login that is dead is told as that, and opens no namespace to everybody`, async (t) => {
    const sandbox = await runningSandbox(t);
    const bare = helperHome(t, program);
    const home = { ...bare, env: { ...bare.env, SSL_CERT_FILE: sandbox.caFile } };
    const { registryHost: host } = sandbox;
    await home.write(home.configFile, JSON.stringify({ secrets: 'file' }));
    const token = sandbox.issueOAuthToken({ user: 'bob' });
    assert.equal((await store(home, host, token, home.env, 'bob')).status, 0);
    const about = async (word: string, check: string) =>
      (await findingsOf({ ...home, token }, [word], check)).map(({ status, fix }) => [status, fix]);
    const image = `${host}/public-ns/public`;
    assert.deepEqual(await about(image, 'registry-login'), [['ok', null]]);
    assert.deepEqual((await about(image, 'image-pull'))[0], ['ok', null]);
    // Nobody is told that a login is missing which nothing needs.
    assert.deepEqual(await about(host, 'login'), [['ok', null]]);
    assert.deepEqual(await about(host, 'kubeconfig'), [['skipped', null]]);
    sandbox.revoke(token);
    const fix = `Run ${engineLogins(host)}.`;
    for (const [word, pull] of [
      [image, ['ok', null]],
      [`${host}/bob-ns/secret`, ['problem', fix]],
    ] as const) {
      assert.deepEqual(await about(word, 'login'), [['problem', fix]], word);
      assert.deepEqual(await about(word, 'registry-login'), [], word);
      assert.deepEqual(await about(word, 'image-pull'), [pull], word);
    }
    await home.run('erase', host, { env: home.env });
    assert.deepEqual(await about(image, 'image-pull'), [['ok', null]]);
  });

  test(`${program.name}: a remembered token that was revoked is forgotten by doctor, and public images can be pulled`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program);
    assert.equal((await home.get(host)).username, 'alice');
    assert.deepEqual(await findingsOf(home, [host], 'cached-answers'), []);
    sandbox.revoke(home.token);
    assert.equal((await home.get(host)).username, 'alice');
    const [told] = await findingsOf(home, [host], 'cached-answers');
    assert.match(
      told?.why ?? '',
      /^The helper still remembered the token of alice for \S+, which the registry/,
    );
    assert.equal((await home.get(host)).username, undefined);
    assert.deepEqual(await findingsOf(home, [host], 'cached-answers'), []);
  });

  test(`${program.name}: a remembered token outlives an outage in which nobody refuses it`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    assert.equal((await home.get(sandbox.registryHost)).username, 'alice');
    for (const server of ['api', 'registry'] as const) sandbox.setFault(server, 503);
    assert.deepEqual(await findingsOf(home, [sandbox.registryHost], 'cached-answers'), []);
    assert.equal((await home.get(sandbox.registryHost)).username, 'alice');
  });

  test(`${program.name}: a dead login in an engine's file is found by asking, and taken out`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    await installEngine(home, 'podman');
    const { registryHost: host } = sandbox;
    const codesOf = async (words: readonly string[]) =>
      (await findingsOf(home, words, 'stored-logins')).map(({ code }) => code);
    const old = sandbox.issueOAuthToken({ user: 'bob' });
    const file = join(home.directory, '.config/containers/auth.json');
    const auth = Buffer.from(`bob:${old}`).toString('base64');
    await home.write(file, JSON.stringify({ auths: { [host]: { auth } } }));
    assert.deepEqual(await codesOf([host]), ['no-dead-login']);
    sandbox.expire(old);
    sandbox.clearRequests();
    const [told] = await findingsOf(home, [], 'stored-logins');
    assert.equal(told?.code, 'login-refused');
    assert.equal(told?.fix, `docker-credential-openshift doctor ${host} --fix`);
    const env = { ...home.env, PATH: `${home.directory}/bin:/nowhere` };
    await home.run(['doctor', host, '--fix', '--yes'], '', { env });
    assert.ok(!readFileSync(file, 'utf8').includes(auth));
    assert.deepEqual(await codesOf([host]), ['no-dead-login']);
  });

  test(`${program.name}: what oc registry login left is found before setup, and --fix ends what it does`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox, undefined, { SSL_CERT_FILE: sandbox.caFile });
    await installEngine(home, 'podman');
    const { registryHost: host } = sandbox;
    const file = join(home.directory, '.config/containers/auth.json');
    const dead = sandbox.issueOAuthToken({ user: 'bob' });
    sandbox.revoke(dead);
    const auth = Buffer.from(`bob:${dead}`).toString('base64');
    await home.write(file, JSON.stringify({ auths: { [host]: { auth } } }));
    const found = ['named-helpers', 'overriding-logins', 'stored-logins', 'image-pull'];
    const problems = async (...words: string[]) =>
      (await findingsOf(home, words)).flatMap(({ check, status }) =>
        status === 'problem' && found.includes(check) ? [check] : [],
      );
    assert.deepEqual(await problems(), found.slice(0, 3));
    assert.deepEqual(await problems(`${host}/public-ns/public`), found.slice(0, 3));
    const env = { ...home.env, PATH: `${home.directory}/bin:/nowhere` };
    const { stdout } = await home.run(['doctor', `${host}/public-ns/public`], '', { env });
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      /podman uses the login .* instead of this helper; that token expired or was revoked/,
    );
    await home.run(['doctor', '--fix', '--yes'], '', { env });
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { auths: {} });
    const named = JSON.parse(readFileSync(join(home.directory, '.docker/config.json'), 'utf8'));
    assert.deepEqual(named.credHelpers, { [host]: 'openshift' });
    assert.deepEqual(await problems(`${host}/public-ns/public`), []);
  });

  test(`${program.name}: without a login to its cluster a registry is asked about what engines would send there`, async (t) => {
    const sandbox = await runningSandbox(t);
    const bare = helperHome(t, program);
    const home = { ...bare, env: { ...bare.env, SSL_CERT_FILE: sandbox.caFile } };
    await installEngine(home, 'podman');
    const { registryHost: host } = sandbox;
    const token = sandbox.issueOAuthToken({ user: 'bob' });
    const file = join(home.directory, '.config/containers/auth.json');
    const auth = Buffer.from(`bob:${token}`).toString('base64');
    await home.write(file, JSON.stringify({ auths: { [host]: { auth } } }));
    const about = async (word: string, check: string) =>
      (await findingsOf({ ...home, token }, [word, '--engine', 'podman'], check)).map(({ status, fix }) => [
        status,
        fix,
      ]);
    assert.deepEqual(await about(`${host}/bob-ns/secret`, 'engine-pull'), [['ok', null]]);
    assert.deepEqual(await about(`${host}/bob-ns/secret`, 'image-pull'), []);
    assert.deepEqual(await about(`${host}/alice-ns/private`, 'engine-pull'), [
      ['problem', `podman login ${host}`],
    ]);
    sandbox.revoke(token);
    const removal = `podman logout --authfile ${file} ${host}`;
    assert.deepEqual(await about(`${host}/bob-ns/secret`, 'stored-logins'), [['problem', removal]]);
    assert.deepEqual(
      (await findingsOf(home, [], 'stored-logins')).map(({ fix }) => fix),
      [removal],
    );
  });

  test(`${program.name}: a host that is kept anonymous is freed of the logins that engines send there`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program, { anonymous: true });
    await installEngine(home, 'podman');
    const { registryHost: host } = sandbox;
    const file = join(home.directory, '.config/containers/auth.json');
    const auth = Buffer.from(`bob:sha256~${'A'.repeat(43)}`).toString('base64');
    const env = { ...home.env, PATH: `${home.directory}/bin:/nowhere` };
    for (const words of [[], [host]]) {
      await home.write(file, JSON.stringify({ auths: { [host]: { auth } } }));
      assert.equal((await findingsOf(home, words, 'overriding-logins'))[0]?.status, 'problem');
      await home.run(['doctor', ...words, '--fix', '--yes'], '', { env });
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { auths: {} });
      assert.deepEqual(
        (await findingsOf(home, words, 'overriding-logins')).map(({ status }) => status),
        ['ok'],
      );
    }
  });

  test(`${program.name}: with nothing linked yet, a current login that could not be used is a problem`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const at = async () => (await findingsOf(home, [], 'login')).map(({ code, fix }) => [code, fix]);
    const nothing = ['nothing-linked', 'docker-credential-openshift setup'];
    assert.deepEqual(await at(), [nothing, ['current-login', null]]);
    sandbox.expire(home.token);
    const [, [, fix] = []] = await at();
    assert.match(fix ?? '', /^docker-credential-openshift login /);
    const clientCertificate = await sandbox.issueClientCertificate('alice');
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ clientCertificate }));
    assert.deepEqual(
      (await findingsOf(home, [], 'login')).map(({ status }) => status),
      ['note', 'problem'],
    );
    assert.doesNotMatch((await home.run('doctor', '')).stdout, /All is well/);
  });

  test(`${program.name}: after a sign-out there is one finding, with the command that get names`, async (t) => {
    const { home, host } = await linkedHome(t, program);
    await home.get(host);
    await home.run('erase', host);
    const { said } = await home.get(host);
    const found = (await findingsOf(home, [host])).filter(({ why }) => /signed out/i.test(why));
    assert.deepEqual(
      found.map(({ check, status }) => [check, status]),
      [['login', 'note']],
    );
    assert.ok(said.endsWith(`Run: ${found[0]?.fix}`), said);
  });

  test(`${program.name}: servers that fail are not told as servers that refuse, nor as well`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program);
    const about = async (check: string, word = host) => {
      const [found] = await findingsOf(home, [word], check);
      return `${found?.status}: ${found?.why} → ${found?.fix}`;
    };
    sandbox.setEndpointFault('registry-token', 503);
    assert.match(
      await about('registry-login'),
      /^problem: \S+ fails where engines get .* \(503\) → Wait, or tell /,
    );
    sandbox.setEndpointFault('registry-token', null);
    sandbox.setFault('registry', 500);
    assert.match(await about('registry'), /^problem: \S+ answers with an error \(\/v2\/: 500\) → Wait, /);
    sandbox.setFault('registry', 'html');
    assert.match(await about('registry'), /^problem: \S+ answers, and not as a registry/);
    sandbox.setFault('registry', null);
    sandbox.setFault('api', 503);
    assert.match(await about('cluster'), /^problem: .* answers with an error \(503\) → Wait, or tell /);
    for (const fault of ['html', { redirect: 'https://127.0.0.1:1/' }] as const) {
      sandbox.setFault('api', fault);
      assert.match(await about('cluster'), /^problem: Something else than an API server answers at /);
    }
    sandbox.setFault('api', null);
    sandbox.setEndpointFault('useroauthaccesstokens', 503);
    sandbox.setEndpointFault('registry-token', 401);
    const wait = /^problem: .* → Wait until its cluster can check tokens again, or tell /;
    for (const check of ['login', 'image-pull']) {
      assert.match(await about(check, `${host}/alice-ns/private`), wait, check);
    }
    sandbox.setEndpointFault('useroauthaccesstokens', null);
    sandbox.setEndpointFault('registry-token', null);
    assert.match(
      await about('image-pull', `${host}/public-ns`),
      /^problem: \S+ names no image: .*NAMESPACE\/NAME → /,
    );
  });
}
