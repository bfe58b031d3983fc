import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { VERSION } from '../../src/process/version.ts';
import {
  compiledHelper,
  type HelperProgram,
  type HelperResult,
  helperPrograms,
} from '../support/helper-program.ts';
import { jwt } from '../support/identities.ts';
import { inTime } from '../support/in-time.ts';
import { type HelperHome, helperHome, homeAtSandbox, linkedHome } from './helper-home.ts';

const HOST = 'registry.example.com';
const QUICK_MS = 1000;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const login = (secret: string) => ({ auth: base64(`alice:${secret}`) });

/** The sandbox's authority is known to no engine of this machine. */
const TRUST: readonly string[] = ['registry-trust'];

interface Report {
  readonly well: boolean;
  readonly findings: readonly { check: string; status: string; why: string; fixable: boolean }[];
  readonly lookups: readonly { engine: string; winner: { kind: string; where?: string; key?: string } }[];
  readonly fixed: readonly string[];
}

const reportOf = ({ stdout }: HelperResult): Report => JSON.parse(stdout);
const findingsOf = (report: Report, check: string) =>
  report.findings.filter((finding) => finding.check === check);

/** A home in which a host is linked to a cluster that nobody answers for, at once. */
async function boundHome(t: TestContext, program: HelperProgram): Promise<HelperHome> {
  const home = helperHome(t, program);
  await program.install(join(home.directory));
  const entry = { server: 'https://127.0.0.1:9', user: 'alice' };
  await home.write(home.configFile, JSON.stringify({ registries: { [HOST]: entry } }));
  return home;
}

/** The programs' own PATH, with the helper before it. */
const within = (home: HelperHome, more: Readonly<Record<string, string>> = {}) => ({
  env: {
    ...home.env,
    PATH: `${home.directory}:/usr/bin:/bin`,
    XDG_RUNTIME_DIR: join(home.directory, 'run'),
    ...more,
  },
});

for (const program of helperPrograms) {
  test(`doctor names what overrides the helper, fixes it, and setup takes that back (${program.name})`, async (t) => {
    const home = await boundHome(t, program);
    const files = {
      '.docker/config.json': `{\n\t"auths": ${JSON.stringify({ [HOST]: login('sha256~SECRET'), 'quay.io': login('x') })}\n}`,
      'run/containers/auth.json': JSON.stringify({ auths: { [`${HOST}/team`]: login('sha256~SECRET') } }),
      '.config/containers/auth.json': '',
    };
    for (const [path, text] of Object.entries(files)) await home.write(join(home.directory, path), text);
    const read = (path: string) => readFileSync(join(home.directory, path), 'utf8');
    const doctor = (...words: string[]) => home.run(['doctor', ...words], '', within(home));

    const before = await doctor(`${HOST}/team/app:1`, '--json');
    assert.equal(before.status, 1, before.stderr);
    assert.doesNotMatch(before.stdout + before.stderr, /SECRET/);
    const report = reportOf(before);
    assert.deepEqual(
      report.lookups.map(({ engine, winner }) => [engine, winner.kind, winner.key]),
      [
        ['docker', 'login', HOST],
        ['podman', 'login', `${HOST}/team`],
      ],
    );
    for (const check of ['overriding-logins', 'broken-files']) {
      assert.ok(
        findingsOf(report, check).some(({ status, fixable }) => status === 'problem' && fixable),
        check,
      );
    }
    for (const [path, text] of Object.entries(files)) assert.equal(read(path), text, 'nothing was changed');

    const refused = await doctor(HOST, '--fix');
    assert.equal(refused.status, 1);
    assert.ok(
      refused.stderr.includes(
        `nobody to ask [doctor-needs-yes]. Run: docker-credential-openshift doctor ${HOST} --fix --yes\n`,
      ),
      refused.stderr,
    );

    const fixed = await doctor(HOST, '--fix', '--yes', '--json');
    const after = reportOf(fixed);
    assert.ok(after.fixed.length >= 3, fixed.stdout);
    for (const check of ['overriding-logins', 'broken-files', 'named-helpers']) {
      assert.deepEqual(
        findingsOf(after, check).filter(({ status }) => status !== 'ok' && status !== 'skipped'),
        [],
      );
    }
    assert.deepEqual(JSON.parse(read('.docker/config.json')), {
      auths: { 'quay.io': login('x') },
      credHelpers: { [HOST]: 'openshift' },
    });
    assert.deepEqual(
      after.lookups.map(({ winner }) => winner.kind),
      ['helper', 'helper'],
    );

    const undone = await home.run(['setup', '--undo', '--yes'], '', within(home));
    assert.equal(undone.status, 0, undone.stderr);
    for (const [path, text] of Object.entries(files)) assert.equal(read(path), text, path);
  });

  test(`after setup doctor finds nothing to fix but what this machine's engines trust (${program.name})`, async (t) => {
    const { home } = await homeAtSandbox(t, program);
    await program.install(home.directory);
    const set = await home.run(['setup', '--yes'], '', within(home));
    assert.equal(set.status, 0, set.stderr);
    const { stdout } = await home.run(['doctor', '--json'], '', within(home));
    const local = reportOf({ stdout } as HelperResult).findings.filter(({ check }) => !TRUST.includes(check));
    const bad = local.filter(({ status }) => status === 'problem' || status === 'warning');
    assert.deepEqual(bad, []);
  });

  test(`doctor is done at once where nothing answers (${program.name})`, async (t) => {
    const home = await boundHome(t, program);
    const version = () => home.run('version', '', within(home));
    assert.equal((await version()).stdout.split('\n')[0], VERSION);
    const { status } = await inTime(QUICK_MS, () => home.run('doctor', '', within(home)), version);
    assert.equal(status, 1);
  });

  test(`the report for a bug tracker holds no secret and no user's name, wherever they lie (${program.name})`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const secrets = Array.from({ length: 21 }, (_, index) => `Planted${index}Hush`);
    const [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, ...more] = secrets as [string, ...string[]];
    const docker = {
      auths: {
        [sandbox.registryHost]: login(s0),
        'https://u:pw@old.example.com/v1/': { identitytoken: s1 },
        [`https://u:${more[0]}/13@odd.example.com/v1/`]: { auth: base64(`u:${jwt({ exp: 1 })}`) },
      },
      credHelpers: { [`u:${more[1]}@named.example.com`]: 'openshift' },
      plugins: { scout: { token: `ghp_${more[2]}`, api_key: `dckr_pat_${more[3]}` } },
      aliases: { builder: `buildx --token ${more[4]}` },
      auth2: { secret: more[5] },
      clientSecret: more[6],
      detachKeys: `http://a:${more[7]}/13@host/x`,
      HttpHeaders: { 'X-Key': s2 },
      proxies: { default: { httpProxy: `http://u:${s3}@proxy.example.com` } },
    };
    await home.write(join(home.directory, '.docker/config.json'), JSON.stringify(docker));
    await home.write(join(home.directory, 'run/containers/auth.json'), `{"auths": {"a": {"auth": "${s4}"`);
    await home.write(
      join(home.directory, '.dockercfg'),
      JSON.stringify({ 'b.example.com': { ...login(s5 ?? ''), email: s6 } }),
    );
    const config = readFileSync(home.configFile, 'utf8');
    await home.write(home.configFile, `# ${s7}\n${config}`);
    const env = {
      USER: 'wilhelmina',
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'c.example.com': login(s8 ?? '') } }),
      HTTPS_PROXY: `http://u:${s9}@127.0.0.1:9`,
      NO_PROXY: '127.0.0.1',
      DOCKER_CREDENTIAL_OPENSHIFT_TOKEN: `sha256~${s10}`,
      ALL_PROXY: `http://wilhelmina:${s11}@127.0.0.1:9`,
    };
    const path = join(home.directory, 'report.md');
    const { status, stdout, stderr } = await home.run(['doctor', '--bundle', path], '', within(home, env));
    assert.notEqual(status, 2, stderr);
    assert.match(stdout, /is written \(\d+ bytes/);
    const report = readFileSync(path, 'utf8');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    // The namespace is of that name, and namespaces stay.
    const told = (report + stdout).replaceAll('alice-ns', '');
    // The very words of a person who runs it.
    const lines = await home.run('doctor', '', within(home, env));
    for (const text of secrets) assert.ok(!(lines.stdout + lines.stderr).includes(text), `${text} is told`);
    const forbidden = [
      home.token,
      'alice',
      'wilhelmina',
      'pw@',
      ...secrets,
      ...secrets.map((s) => login(s).auth),
    ];
    for (const text of forbidden) assert.ok(!told.includes(text), `${text} is in the report`);
    assert.ok(!report.includes(home.directory), 'the home directory is in the report');
    for (const text of [
      VERSION,
      sandbox.registryHost,
      '"check": "overriding-logins"',
      'HTTPS_PROXY: (set)',
    ]) {
      assert.ok(report.includes(text), text);
    }
    const again = await home.run(['doctor', '--bundle', path], '', within(home, env));
    assert.match(
      again.stderr,
      /is there already, and is left as it is \[bundle-not-written\]\. Name a file that is not there yet\./,
    );
    assert.equal(readFileSync(path, 'utf8'), report);
  });
}

test('doctor ends, and names each file, whatever lies in the place of files', async (t) => {
  const home = await boundHome(t, compiledHelper);
  const path = (name: string) => join(home.directory, name);
  for (const name of ['.docker', '.config/containers', 'run/containers'])
    mkdirSync(path(name), { recursive: true });
  execFileSync('mkfifo', [path('.docker/config.json')]);
  symlinkSync('auth.json', path('.config/containers/auth.json'));
  mkdirSync(path('run/containers/auth.json'));
  await home.write(path('.dockercfg'), '\uFEFF{}');
  const { stdout } = await home.run(['doctor', '--json'], '', within(home));
  const broken = findingsOf(reportOf({ stdout } as HelperResult), 'broken-files').filter(
    ({ status }) => status === 'problem',
  );
  for (const name of [
    '.docker/config.json',
    '.config/containers/auth.json',
    'run/containers/auth.json',
    '.dockercfg',
  ]) {
    assert.ok(
      broken.some(({ why }) => why.includes(path(name))),
      name,
    );
  }
});

test('doctor makes nothing where there is nothing', async (t) => {
  const home = helperHome(t, compiledHelper);
  const { status, stdout } = await home.run('doctor', '', { env: { HOME: home.directory, PATH: '' } });
  assert.equal(status, 1);
  assert.match(stdout, /docker-credential-openshift is in no directory of the PATH/);
  for (const name of ['.docker', '.config', '.dockercfg', '.local']) {
    assert.equal(existsSync(join(home.directory, name)), false, name);
  }
  assert.ok(existsSync(dirname(home.directory)));
});

test('the file that --bundle names by mistake is not what is proposed to be removed', async (t) => {
  const home = await boundHome(t, compiledHelper);
  for (const path of [home.directory, home.configFile]) {
    const { status, stderr } = await home.run(['doctor', '--bundle', path], '', within(home));
    assert.equal(status, 1);
    assert.match(stderr, /is left as it is \[bundle-not-written\]\. Name a file that is not there yet\./);
    assert.doesNotMatch(stderr, /\brm\b/);
  }
});

test('a helper for another processor is told as that, with what fixes it', async (t) => {
  const home = await boundHome(t, compiledHelper);
  const first = join(home.directory, 'first');
  const header = Buffer.concat([Buffer.from([0x7f]), Buffer.from('ELF'), Buffer.alloc(60)]);
  mkdirSync(first);
  writeFileSync(join(first, 'docker-credential-openshift'), header, { mode: 0o755 });
  const env = { PATH: `${first}:${home.directory}:/usr/bin:/bin` };
  const { stdout } = await home.run(['doctor', '--json'], '', within(home, env));
  const [found] = findingsOf(reportOf({ stdout } as HelperResult), 'helper-versions');
  assert.equal(found?.status, 'problem');
  assert.match(found?.why ?? '', /^This system can't run .*another system or processor$/);
  assert.doesNotMatch(stdout, /defect of this program/);
});

test("podman's registries.conf: what is broken, blocked or led elsewhere is told, and followed", async (t) => {
  const home = await boundHome(t, compiledHelper);
  const path = join(home.directory, '.config/containers/registries.conf.d/50.conf');
  const podman = async (text: string) => {
    await home.write(path, text);
    const words = ['doctor', `${HOST}/team/app:1`, '--engine', 'podman', '--json'];
    const report = reportOf(await home.run(words, '', within(home)));
    return { found: findingsOf(report, 'registries-conf')[0], winner: report.lookups[0]?.winner };
  };
  const broken = await podman('credential-helpers = "openshift"\n');
  assert.equal(broken.found?.why, `${path}: credential-helpers is not a list of names in quotes`);
  assert.equal(broken.winner?.kind, 'error');
  const blocked = await podman(`[[registry]]\nlocation = "${HOST}"\nblocked = true\n`);
  assert.equal(blocked.found?.why, `${path} blocks ${HOST}`);
  assert.equal(blocked.winner?.kind, 'error');
  const moved = await podman(`[[registry]]\nprefix = "${HOST}"\nlocation = "b.example.com/quay"\n`);
  assert.equal(moved.found?.why, `By ${path}, podman asks b.example.com/quay instead of ${HOST}`);
  assert.equal(moved.winner?.kind, 'anonymous');
});
