import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '../../../../src/commands/doctor/facts.ts';
import type { ToldVersion } from '../../../../src/engines/program-versions.ts';
import { VERSION } from '../../../../src/process/version.ts';
import { engineState, K } from '../../../engines/lookup/lookup-world.ts';
import { findingsOf, told } from '../fake-facts.ts';

const EVERYWHERE = '/usr/local/bin/docker-credential-openshift';
const OWN = '/home/u/bin/docker-credential-openshift';
const NEW = '/opt/new/docker-credential-openshift';
const program = (path: string, isExecutable = true) => ({ path, isExecutable });
const onPath = (...programs: ReturnType<typeof program>[]): Partial<Facts> => ({
  findProgram: (name) => (name.startsWith('docker-credential-') ? programs : []),
  engineVersion: async () => ({ isInstalled: false, program: '', version: undefined }),
  exists: () => false,
});

test('a helper that engines find is fine; one that services may not find is worth a note where some are', async () => {
  assert.deepEqual(await told('helper-on-path', onPath(program(EVERYWHERE))), [['ok', 'helper-on-path']]);
  assert.deepEqual(await told('helper-on-path', onPath(program(OWN))), [['ok', 'helper-on-path']]);
  const service = { findProgram: () => [program(OWN)] };
  const codes = (await told('helper-on-path', service)).map(([status, code]) => [status, code]);
  assert.deepEqual(codes, [
    ['ok', 'helper-on-path'],
    ['note', 'helper-not-everywhere'],
  ]);
});

test('a helper that no engine finds is a problem, with what installs it on this system', async () => {
  const install = `sudo install -m 755 ${NEW} ${EVERYWHERE}`;
  assert.deepEqual(await told('helper-on-path', onPath()), [['problem', 'helper-not-on-path', install]]);
  const [onWindows] = await told('helper-on-path', { ...onPath(), platform: 'win32' });
  assert.doesNotMatch(String(onWindows?.[2]), /sudo/);
});

test('what fails without the helper is told by the versions of the engines, and of the other clients that are here', async () => {
  const versions: Record<string, readonly [number, number]> = { podman: [5, 8], docker: [28, 5] };
  const [finding] = await findingsOf('helper-on-path', {
    findProgram: (name) => (name === 'crane' ? [program('/usr/bin/crane')] : []),
    engineVersion: async (engine) => ({
      isInstalled: engine in versions,
      program: engine,
      version: versions[engine],
    }),
  });
  assert.equal(
    finding?.effect,
    'podman and crane fail every pull from a host that names the helper, of public images, too, with a misleading text; ' +
      'docker sends a login that is stored beside it, or pulls anonymously; docker fails to build, and with compose',
  );
});

test('a helper that is not executable is not found, and the command makes it so', async () => {
  assert.deepEqual(await told('helper-on-path', onPath(program(OWN, false))), [
    ['problem', 'helper-not-executable', `chmod +x ${OWN}`],
  ]);
  const [ok] = await told('helper-on-path', onPath(program(OWN, false), program(EVERYWHERE)));
  assert.equal(ok?.[0], 'ok');
});

test('a relative entry of the PATH does not count: engines refuse it', async () => {
  const [finding] = await told('helper-on-path', onPath(program('bin/docker-credential-openshift')));
  assert.deepEqual(finding?.slice(0, 2), ['problem', 'helper-on-relative-path']);
});

test('every copy on the PATH is asked for its version', async () => {
  const foreign = '/arm/docker-credential-openshift';
  const versions: Record<string, ToldVersion> = {
    [EVERYWHERE]: { kind: 'told', version: VERSION },
    [OWN]: { kind: 'told', version: 'docker-credential-openshift v0.0.1' },
    [foreign]: { kind: 'not-run' },
    [NEW]: { kind: 'silent' },
  };
  const helperVersion = async (path: string) => versions[path] ?? assert.fail(path);
  const check = async (...paths: string[]) => {
    const facts = { ...onPath(...paths.map((path) => program(path))), helperVersion };
    return (await told('helper-versions', facts)).map(([status, code]) => `${status} ${code}`);
  };
  assert.deepEqual(await check(EVERYWHERE), ['ok helper-version']);
  assert.deepEqual(await check(EVERYWHERE, OWN), ['ok helper-version', 'note other-copy']);
  assert.deepEqual(await check(EVERYWHERE, foreign), ['ok helper-version', 'note foreign-copy']);
  assert.equal((await check(OWN, EVERYWHERE))[0], 'warning helper-other-version');
  assert.equal((await check(NEW))[0], 'warning helper-other-version');
  const [unfit] = await findingsOf('helper-versions', { ...onPath(program(foreign)), helperVersion });
  assert.deepEqual(
    [unfit?.code, unfit?.fix],
    ['helper-foreign', { run: `sudo install -m 755 ${NEW} ${foreign}` }],
  );
});

test('a front that is missing or of another version is told; what has one is installed by a link, which finds both', async () => {
  const helperVersion = async () => ({ kind: 'told', version: VERSION }) as const;
  const fault = { code: 'front-missing', why: 'it is not there', fix: { do: 'Install it again' } };
  const facts = { ...onPath(program(EVERYWHERE)), helperVersion, frontFault: async () => fault };
  assert.deepEqual(await told('helper-versions', facts), [
    ['ok', 'helper-version'],
    ['warning', 'front-missing', 'Install it again'],
  ]);
  assert.deepEqual(await told('helper-on-path', { ...onPath(), hasFront: true }), [
    ['problem', 'helper-not-on-path', `sudo ln -sf ${NEW} ${EVERYWHERE}`],
  ]);
  assert.deepEqual(await told('helper-on-path', { ...onPath(), hasFront: true, platform: 'win32' }), [
    ['problem', 'helper-not-on-path', `Put the directory that ${NEW} is in first into the PATH.`],
  ]);
});

test('Docker Desktop is looked for on a Mac, and where its own PATH finds the helper', async () => {
  const onMac = async (...paths: string[]) => {
    const exists = (path: string) => paths.includes(path);
    return (await told('desktop', { platform: 'darwin', exists })).map(([status]) => status);
  };
  assert.deepEqual(await onMac(), []);
  assert.deepEqual(await onMac('/Applications/Docker.app'), ['warning']);
  assert.deepEqual(await onMac('/Applications/Docker.app', EVERYWHERE), ['ok']);
});

test("within WSL, Windows' docker and its store are told; on other Linux nothing is", async () => {
  const facts: Partial<Facts> = {
    engineState: async () => engineState({ [K]: { credsStore: 'desktop.exe' } }),
    findProgram: (name) => (name === 'docker.exe' ? [program('/mnt/c/docker.exe')] : []),
  };
  assert.deepEqual(await told('desktop', facts), []);
  const inWsl = await told('desktop', { ...facts, env: { WSL_DISTRO_NAME: 'Debian' } });
  assert.deepEqual(
    inWsl.map(([status, code]) => [status, code]),
    [
      ['warning', 'docker-of-windows'],
      ['note', 'creds-store-of-windows'],
    ],
  );
});

const CONFIG = {
  path: '/c.yaml',
  isThere: true,
  problems: [],
  hosts: ['registry.example.com'],
  anonymous: [],
  secretPlace: 'keychain',
} as const;

test('each fault of the config is a problem of its own, with what fixes it', async () => {
  const problems = [
    { code: 'config-fault', why: '/c.yaml:3:5: unknown key', fix: { do: 'Correct it.' } },
    { code: 'variable-fault', why: 'X_SERVER is not a URL', fix: { do: 'Unset it.' } },
  ];
  assert.deepEqual(await told('own-config', { readConfig: async () => ({ ...CONFIG, problems }) }), [
    ['problem', 'config-fault', 'Correct it.'],
    ['problem', 'variable-fault', 'Unset it.'],
  ]);
  for (const isThere of [true, false]) {
    const readConfig = async () => ({ ...CONFIG, isThere });
    assert.deepEqual(await told('own-config', { readConfig }), [['ok', 'config']]);
  }
  const homeless = async () => ({ ...CONFIG, path: undefined, isThere: false });
  assert.deepEqual(await told('own-config', { readConfig: homeless }), [['note', 'config-without-place']]);
});

test('a keychain is needed for typed logins alone', async () => {
  const absent = { code: 'keychain-absent', why: 'there is none', fix: { do: 'Start one.' } };
  const facts = (fault: typeof absent | undefined, more: Partial<Facts> = {}): Partial<Facts> => ({
    keychainFault: async () => fault,
    storedLogins: () => [],
    leftOver: () => [],
    readConfig: async () => CONFIG,
    ...more,
  });
  const inFiles = { readConfig: async () => ({ ...CONFIG, secretPlace: 'file' as const }) };
  assert.deepEqual(await told('keychain', facts(undefined)), [['ok', 'keychain']]);
  assert.deepEqual(await told('keychain', facts(absent)), [['skipped', 'keychain-absent', 'Start one.']]);
  assert.deepEqual(await told('keychain', facts(absent, inFiles)), [['ok', 'secrets-in-files']]);
  const typed = { host: 'quay.io', username: 'bob', where: 'keychain' } as const;
  const [lost] = await findingsOf('keychain', facts(absent, { storedLogins: () => [typed] }));
  assert.deepEqual([lost?.status, lost?.code, lost?.fix], ['problem', 'keychain-absent', absent.fix]);
  assert.match(lost?.effect ?? '', /quay\.io.*`secrets: file` in \/c\.yaml/);
  for (const place of [{}, inFiles]) {
    for (const fault of [undefined, absent]) {
      const left = (await told('keychain', facts(fault, { ...place, leftOver: () => ['quay.io'] }))).at(-1);
      assert.deepEqual(left, [
        'warning',
        'login-left-in-keychain',
        'echo quay.io | docker-credential-openshift erase',
      ]);
    }
  }
});

test('a directory of ours that is open, and a typed login that does not count, are problems of their own', async () => {
  const obstacle = {
    code: 'directory-not-private',
    why: '/c is open to others',
    fix: { run: 'chmod 700 /c' },
  };
  const reason = { code: 'login-open', why: 'The login is not used', fix: { run: 'chmod 600 f' } };
  const check = (isOpen: boolean) =>
    told('own-directories', {
      ownDirectories: async () => [{ what: 'answers', obstacle: isOpen ? obstacle : undefined }],
      unusableLogins: async () => (isOpen ? [{ host: 'quay.io', reason }] : []),
    });
  assert.deepEqual(await check(false), [['ok', 'own-directories']]);
  assert.deepEqual(await check(true), [
    ['problem', 'directory-not-private', 'chmod 700 /c'],
    ['problem', 'login-open', 'chmod 600 f'],
  ]);
});

test('a timer that is not there is worth a note where it could run and has something to do; one that is not right is a warning', async () => {
  const facts = (state: Awaited<ReturnType<Facts['timerState']>>): Partial<Facts> => ({
    timerState: async () => state,
    canHaveTimer: async () => true,
    lingers: async () => true,
  });
  const [running] = await findingsOf('timer', facts({ next: 'at noon', problems: [] }));
  assert.deepEqual([running?.status, running?.why], ['ok', 'The renewal timer runs (next: at noon)']);
  const install = 'docker-credential-openshift renew --install-timer';
  assert.deepEqual(await told('timer', facts(undefined)), [['note', 'timer-absent', install]]);
  for (const none of [{ canHaveTimer: async () => false }, { ours: [] }]) {
    const absent = await told('timer', { ...facts(undefined), ...none });
    assert.deepEqual(absent, [['skipped', 'timer-absent']]);
  }
  const problem = { code: 'timer-repeated', why: 'Your crontab has two lines', fix: { run: 'crontab -e' } };
  assert.deepEqual(await told('timer', facts({ next: undefined, problems: [problem] })), [
    ['warning', 'timer-repeated', 'crontab -e'],
  ]);
});

test('a timer that rests while nobody is logged in is told on machines without a screen', async () => {
  const check = (env: Record<string, string>) =>
    told('timer', {
      timerState: async () => ({ next: undefined, problems: [] }),
      lingers: async () => false,
      env,
    });
  assert.deepEqual((await check({ USER: 'alice' }))[1], [
    'note',
    'timer-rests',
    'sudo loginctl enable-linger alice',
  ]);
  assert.equal((await check({ DISPLAY: ':0' })).length, 1);
});
