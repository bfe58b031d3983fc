import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { askedInTime, saysLate } from '../support/in-time.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { asNobody, NOBODYS_ID, testAsRoot } from './as-root.ts';
import { bindByConfig, type HelperHome, helperHome, homeAtSandbox } from './helper-home.ts';

/** A name in the messages, and what makes the kubeconfig so. */
type Oddity = readonly [said: RegExp, make: (path: string, home: HelperHome) => Promise<void> | void];

const NO_LOGIN = 'No login of alice to 127\\.0\\.0\\.1:\\d+ in the kubeconfig';
const oddities: Record<string, Oddity> = {
  missing: [new RegExp(`^${NO_LOGIN} \\[no-login\\]\\. Run: docker-credential-openshift login`), () => {}],
  empty: [
    new RegExp(`^${NO_LOGIN} \\[no-login\\]\\. Run: docker-credential-openshift login`),
    (path, home) => home.write(path, ''),
  ],
  'without any entry': [
    new RegExp(`^${NO_LOGIN} \\[no-login\\]\\. Run: docker-credential-openshift login`),
    (path, home) => home.write(path, 'apiVersion: v1\nkind: Config\ncontexts: null\n'),
  ],
  broken: [
    new RegExp(
      `^${NO_LOGIN} \\(.*/config is broken: line 1, column \\d+: .*\\) \\[no-login\\]\\. Correct that file, `,
    ),
    (path, home) => home.write(path, 'users: [{ token: sha256~secret'),
  ],
  binary: [
    new RegExp(`^${NO_LOGIN} \\(.*/config is broken: .*\\) \\[no-login\\]\\. Correct that file, `),
    (path, home) => home.write(path, '\0\x01\x02\xff'),
  ],
  'a directory': [
    new RegExp(
      `^${NO_LOGIN} \\(.*/config can't be read: it is a directory\\) \\[no-login\\]\\. Correct that file, `,
    ),
    (path) => void mkdirSync(path, { recursive: true }),
  ],
  'a FIFO that nobody writes to': [
    new RegExp(
      `^${NO_LOGIN} \\(.*/config can't be read: it is not a regular file\\) \\[no-login\\]\\. Correct that file, `,
    ),
    (path) => {
      mkdirSync(dirname(path), { recursive: true });
      execFileSync('mkfifo', [path]);
    },
  ],
  'a link that leads to itself': [
    new RegExp(
      `^${NO_LOGIN} \\(.*/config can't be read: its symbolic links form a loop\\) \\[no-login\\]\\. Correct that file, `,
    ),
    (path) => {
      mkdirSync(dirname(path), { recursive: true });
      symlinkSync(path, path);
    },
  ],
};

async function assertOdd([said, make]: Oddity, home: HelperHome, sandbox: Sandbox): Promise<void> {
  rmSync(home.kubeconfigFile, { recursive: true, force: true });
  await make(home.kubeconfigFile, home);
  await bindByConfig(home, sandbox);
  const answer = await home.get(sandbox.registryHost);
  assert.equal(answer.token, undefined);
  assert.match(answer.said, said);
  rmSync(home.configFile);
  assert.deepEqual(await home.get(sandbox.registryHost), anonymous());
  assert.deepEqual(await home.get('docker.io'), anonymous());
}

for (const program of helperPrograms) {
  for (const [name, oddity] of Object.entries(oddities)) {
    test(`${program.name}: a kubeconfig that is ${name} is told for a bound host, and of others nothing is said`, async (t) => {
      const sandbox = await runningSandbox(t);
      await assertOdd(oddity, helperHome(t, program), sandbox);
      assert.deepEqual(sandbox.requests, []);
    });
  }

  test(`${program.name}: a context that names no cluster, or no user, is told`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const good = readFileSync(home.kubeconfigFile, 'utf8');
    await home.write(home.configFile, `registries: { '${sandbox.registryHost}': { context: work } }`);
    for (const [context, said] of [
      [
        '{ user: nobody }',
        /^The context work, linked to .*, is not in the kubeconfig \(the context work names no cluster that is there\)/,
      ],
      ['{ cluster: gone, user: nobody }', /names no cluster that is there/],
      [
        `{ cluster: ${/name: (127-\S+)/.exec(good)?.[1]} }`,
        /^The context work names no user \[no-token\]\. Run: docker-credential-openshift login /,
      ],
      [
        `{ cluster: ${/name: (127-\S+)/.exec(good)?.[1]}, user: gone }`,
        /names the user gone, who is not there \[no-token\]\. Run: docker-credential-openshift login/,
      ],
    ] as const) {
      const text = good
        .replace('contexts:', `contexts:\n- { name: work, context: ${context} }`)
        .replace(/current-context: .*/, 'current-context: work');
      await home.write(home.kubeconfigFile, text);
      const answer = await home.get(sandbox.registryHost);
      assert.equal(answer.token, undefined);
      assert.match(answer.said, said);
    }
  });

  test(`${program.name}: a kubeconfig of a thousand clusters is read in time, and once`, async (t) => {
    const sandbox = await runningSandbox(t);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const home = helperHome(t, program);
    const ca = Buffer.alloc(3600, 'x').toString('base64');
    const many = Array.from({ length: 1000 }, (_, index) => index);
    const text = sandbox.kubeconfig({
      token,
      extra: {
        clusters: many.map((i) => ({
          name: `c${i}`,
          cluster: { server: `https://api.c${i}.example.com:6443`, 'certificate-authority-data': ca },
        })),
        contexts: many.map((i) => ({ name: `x${i}`, context: { cluster: `c${i}`, user: `u${i}` } })),
        users: many.map((i) => ({ name: `u${i}`, user: { token: `sha256~${i}` } })),
      },
    });
    assert.ok(text.length > 4_900_000);
    await home.write(home.kubeconfigFile, text);
    const get = () => home.get(sandbox.registryHost);
    assert.equal((await askedInTime(get, ({ said }) => saysLate(said))).token, fingerprintOf(token));
    sandbox.clearRequests();
    assert.equal((await get()).token, fingerprintOf(token));
    assert.deepEqual(sandbox.requests, []);
  });
}

testAsRoot(
  'a kubeconfig that may not be read is told for a bound host, and of others nothing is said',
  async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, await asNobody(t));
    chownSync(home.directory, NOBODYS_ID, NOBODYS_ID);
    chmodSync(home.directory, 0o755);
    const said = new RegExp(
      `^${NO_LOGIN} \\(.*/config can't be read: permission denied\\) \\[no-login\\]\\. Correct that file, `,
    );
    const make = async (path: string) => {
      await home.write(path, sandbox.kubeconfig({ token: sandbox.issueOAuthToken({ user: 'alice' }) }));
      chmodSync(path, 0o600);
    };
    await assertOdd([said, make], home, sandbox);
    chmodSync(join(home.directory, '.kube'), 0o700);
    const below = await home.get('docker.io');
    assert.deepEqual(below, anonymous());
  },
);

test('a quoted ~ in KUBECONFIG, and sudo, are told as what keeps a login from being found; login makes no directory ~', async (t) => {
  const home = helperHome(t, compiledHelper);
  await home.write(home.kubeconfigFile, 'apiVersion: v1\n');
  const host = 'registry.ci.openshift.org';
  const quoted = { env: { ...home.env, KUBECONFIG: '~/.kube/config' } };
  const { said } = await home.get(host, quoted);
  assert.match(
    said,
    /^No login to app\.ci in the kubeconfig \(KUBECONFIG names ~\/\.kube\/config, in which no shell has replaced the ~, since it was quoted\) \[no-login\]\. Write \$HOME in place of the ~ in KUBECONFIG\.$/,
  );
  const login = await home.run(['login', 'https://127.0.0.1:1', '--token-stdin'], 'sha256~x', quoted);
  assert.deepEqual([login.status, existsSync(join(home.directory, '~'))], [1, false]);
  assert.match(login.stderr, /since it was quoted/);
  for (const words of [['setup', '--yes'], ['setup', host, '--yes'], ['doctor']]) {
    const { stdout, stderr } = await home.run(words, '', quoted);
    assert.match(stdout + stderr, /since it was quoted/, words.join(' '));
  }
  const root = { env: { ...home.env, HOME: '/root', SUDO_USER: 'alice', XDG_CACHE_HOME: home.directory } };
  if (!existsSync('/root/.kube/config')) {
    assert.match(
      (await home.get(host, root)).said,
      /sudo has root's kubeconfig read, \/root\/\.kube\/config, and not the one of alice\) \[no-login\]\. Run the engine without sudo, /,
    );
  }
});
