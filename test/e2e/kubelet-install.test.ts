import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkProviderConfig } from '../../src/kubelet/provider-config.ts';
import { compiledHelper, hasFront, runHelper } from '../support/helper-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { helperHome } from './helper-home.ts';

const HOST = 'registry.example.com:5000';
const NAME = 'docker-credential-openshift';
const PROGRAMS = hasFront ? [`libexec/${NAME}/${NAME}`, NAME] : [NAME];

test('a provider is installed, checked, kept out where something is broken, answers as a kubelet calls it, and is taken back', async (t) => {
  const home = helperHome(t, compiledHelper);
  const at = (name: string) => join(home.directory, name);
  const env = {
    ...home.env,
    XDG_CACHE_HOME: at('cache'),
    DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: at('node.yaml'),
  };
  await home.write(at('node.yaml'), JSON.stringify({ registries: { [HOST]: { pods: 'all' } } }));
  // Not in the home: that is copied for each command that is printed.
  const node = temporaryDirectory(t);
  const [config, bin, elsewhere] = [join(node, 'providers'), join(node, 'bin'), join(node, 'elsewhere')];
  const kubelet = (...words: string[]) =>
    home.run(['kubelet', ...words, '--config', config, '--bin-dir', bin], '', { env });

  const dry = await kubelet('install', '--dry-run');
  assert.deepEqual([dry.status, existsSync(config), existsSync(bin)], [0, false, false], dry.stderr);

  const installed = await kubelet('install');
  assert.deepEqual([installed.status, installed.stderr], [0, '']);
  const path = join(config, `${NAME}.yaml`);
  assert.equal(statSync(path).mode & 0o777, 0o644);
  for (const program of PROGRAMS) assert.equal(statSync(join(bin, program)).mode & 0o777, 0o755, program);
  assert.deepEqual(
    [readdirSync(config), readdirSync(bin).sort()],
    [[`${NAME}.yaml`], hasFront ? [NAME, 'libexec'] : [NAME]],
  );
  const checked = await kubelet('check');
  assert.deepEqual([checked.status, checked.stdout], [0, `A kubelet takes ${config}: ${NAME} (1 file).\n`]);

  const text = readFileSync(path, 'utf8');
  const [placed] = checkProviderConfig([{ path, text }]).providers;
  const { args = [], env: variables = [] } = placed?.provider ?? {};
  const request = {
    kind: 'CredentialProviderRequest',
    apiVersion: placed?.provider.apiVersion,
    image: `${HOST}/shop/app:1`,
  };
  const called = { command: [join(bin, NAME)] as const };
  const its = Object.fromEntries(variables.map(({ name, value }) => [name ?? '', value ?? '']));
  const answered = await runHelper(called, args, JSON.stringify(request), {
    env: { PATH: '/usr/bin', ...its },
    cwd: '/',
  });
  assert.equal(answered.status, 0, answered.stderr);
  const { kind, apiVersion, auth } = JSON.parse(answered.stdout);
  assert.deepEqual([kind, apiVersion, auth], ['CredentialProviderResponse', request.apiVersion, {}]);

  const others = join(config, '10-others.yaml');
  writeFileSync(others, text.replace(`name: ${NAME}`, 'name: others').replace('matchImages', 'matchImage'));
  const broken = await kubelet('check');
  assert.equal(broken.status, 1);
  for (const code of ['provider-config-field', 'provider-config-value', 'provider-program-missing'])
    assert.match(broken.stdout, new RegExp(`^${others} line \\d+: .* \\[${code}\\]$`, 'm'));
  const refused = await home.run(
    ['kubelet', 'install', HOST, 'two.example.com', '--config', config, '--bin-dir', elsewhere],
    '',
    { env },
  );
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /\[provider-config-refused\]/);
  assert.deepEqual([readFileSync(path, 'utf8'), existsSync(elsewhere)], [text, false]);

  const undone = await kubelet('install', '--undo');
  assert.equal(undone.status, 0, undone.stderr);
  assert.deepEqual([readdirSync(config), readdirSync(bin)], [['10-others.yaml'], []]);
});

test('a directory that may not be written to is named, and nothing is left in it', async (t) => {
  const home = helperHome(t, compiledHelper);
  await home.write(home.configFile, JSON.stringify({ registries: { [HOST]: { pods: 'all' } } }));
  const config = join(home.directory, 'providers');
  mkdirSync(config);
  // A file where a directory is needed: not even root gets past it.
  const bin = join(home.directory, 'bin');
  writeFileSync(bin, '');
  const { status, stderr } = await home.run(['kubelet', 'install', '--config', config, '--bin-dir', bin], '');
  assert.equal(status, 1);
  assert.match(stderr, new RegExp(`^${bin}/\\S+ can't be changed: .* \\[unusable-file\\]\\. Run: ls `, 'm'));
  assert.deepEqual(readdirSync(config), []);
});
