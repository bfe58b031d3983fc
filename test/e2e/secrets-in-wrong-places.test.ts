import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compiledHelper } from '../support/helper-program.ts';
import { kubeconfig } from '../support/kubeconfig-entries.ts';
import { helperHome } from './helper-home.ts';

const PREFIX = 'DOCKER_CREDENTIAL_OPENSHIFT_';
/** Harmless texts of the shapes that secrets have; `canary` is what may be seen nowhere. */
const SECRETS = {
  url: 'https://user:canary-pw@r.example.com',
  token: 'sha256~canaryAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  jwt: 'eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOiJjYW5hcnkifQ.canary',
  opaque: 'canaryAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
};
const HOST = 'registry.ci.openshift.org';
const LEFT = /canary|eyJj/;

test('a secret in the wrong variable is repeated by no verb and no command', async (t) => {
  const home = helperHome(t, compiledHelper);
  const work = { clusters: [], users: [], contexts: [], current: SECRETS.token };
  await home.write(home.kubeconfigFile, kubeconfig(work));
  for (const name of [
    'REGISTRIES',
    'CONTEXT',
    'SERVER',
    'SERVICE_ACCOUNT',
    'CA_FILE',
    'TOKEN_FILE',
    'CONFIG',
  ]) {
    for (const [shape, secret] of Object.entries(SECRETS)) {
      const given = name === 'REGISTRIES' ? `${HOST} ${secret}` : secret;
      const env = { ...home.env, [`${PREFIX}REGISTRIES`]: HOST, [`${PREFIX}${name}`]: given };
      const { stdout, stderr } = await home.run('get', HOST, { env });
      assert.doesNotMatch(stdout + stderr, LEFT, `get, ${name}, ${shape}`);
    }
    const env = { ...home.env, [`${PREFIX}REGISTRIES`]: HOST, [`${PREFIX}${name}`]: SECRETS.url };
    const { stdout, stderr } = await home.run(['status', HOST], '', { env });
    assert.doesNotMatch(stdout + stderr, LEFT, `status, ${name}`);
  }
});

test('a secret in the place of a word of the command line is not repeated', async (t) => {
  const home = helperHome(t, compiledHelper);
  for (const [shape, secret] of Object.entries(SECRETS)) {
    for (const words of [
      [secret],
      ['status', secret],
      ['status', `--${secret}`],
      ['renew', secret],
      ['logout', secret],
      ['doctor', secret],
      ['setup', secret, '--dry-run'],
      ['login', secret],
      ['get', secret],
    ]) {
      const { stdout, stderr } = await home.run(words, '');
      assert.doesNotMatch(stdout + stderr, LEFT, `${words[0] === secret ? '' : words[0]} ${shape}`);
    }
  }
});

test('a secret in our own config file or in the URL of a proxy is not repeated', async (t) => {
  const home = helperHome(t, compiledHelper);
  for (const [shape, secret] of Object.entries(SECRETS)) {
    await home.write(
      home.configFile,
      JSON.stringify({ [secret]: 1, registries: { [secret]: {}, [HOST]: { [secret]: 1, server: secret } } }),
    );
    for (const [verb, input] of [
      ['get', HOST],
      ['status', ''],
      [['doctor', HOST, '--offline'], ''],
    ] as const) {
      const { stdout, stderr } = await home.run(verb, input);
      assert.doesNotMatch(stdout + stderr, LEFT, `${verb}, ${shape}`);
    }
  }
  await home.write(home.configFile, '');
  const clusters = [
    { name: 'c', cluster: { server: 'https://127.0.0.1:9', 'proxy-url': 'http://user:canary@127.0.0.1:9' } },
  ];
  const users = [{ name: 'u', user: { token: 'sha256~AAAA' } }];
  const contexts = [{ name: 'c', context: { cluster: 'c', user: 'u' } }];
  await home.write(home.kubeconfigFile, kubeconfig({ clusters, users, contexts, current: 'c' }));
  await home.write(home.configFile, JSON.stringify({ registries: { 'r.example.com': { context: 'c' } } }));
  for (const [verb, input] of [
    ['get', 'r.example.com'],
    [['renew', 'r.example.com'], ''],
    ['status', ''],
    ['doctor', ''],
  ] as const) {
    const { stdout, stderr } = await home.run(verb, input);
    assert.doesNotMatch(stdout + stderr, LEFT, String(verb));
  }
});

test('bidi and C1 controls of foreign names come raw by no output', async (t) => {
  const home = helperHome(t, compiledHelper);
  const odd = 'a\u202eb\u009b31mc\u2066';
  const clusters = [{ name: odd, cluster: { server: 'https://127.0.0.1:9' } }];
  const users = [{ name: odd, user: { token: 'sha256~AAAA' } }];
  const contexts = [{ name: odd, context: { cluster: odd, user: odd } }];
  await home.write(home.kubeconfigFile, kubeconfig({ clusters, users, contexts, current: odd }));
  await home.write(
    home.configFile,
    `# ${odd}\n${JSON.stringify({ registries: { 'r.example.com': { context: odd } } })}`,
  );
  await home.write(
    join(home.directory, '.docker/config.json'),
    JSON.stringify({ [odd]: odd, auths: { [odd]: {} }, credHelpers: { [odd]: odd } }, null, 2),
  );
  for (const words of [
    ['setup', 'r2.example.com', '--context', odd, '--dry-run'],
    ['status', '--json'],
    ['status'],
    ['doctor'],
    ['doctor', '--json'],
    ['renew'],
  ]) {
    const { stdout, stderr } = await home.run(words, '');
    assert.ok(stdout + stderr !== '', words.join(' '));
    // Line feeds apart.
    assert.doesNotMatch(stdout + stderr, /[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u, words.join(' '));
    if (words.includes('--json')) assert.ok(JSON.parse(stdout));
  }
});
