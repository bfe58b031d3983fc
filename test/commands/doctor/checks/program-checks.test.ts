import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desktop } from '../../../../src/commands/doctor/checks/desktop.ts';
import { helperOnPath } from '../../../../src/commands/doctor/checks/helper-on-path.ts';
import { helperVersions, type ToldVersion } from '../../../../src/commands/doctor/checks/helper-versions.ts';
import { VERSION } from '../../../../src/commands/version.ts';
import { engineState, K } from '../../../engines/lookup/lookup-world.ts';
import { CONTEXT, inShort } from './checking.ts';

const EVERYWHERE = '/usr/local/bin/docker-credential-openshift';
const OWN = '/home/u/bin/docker-credential-openshift';
const program = (path: string, isExecutable = true) => ({ path, isExecutable });
const findHelper = (...found: ReturnType<typeof program>[]) => ({
  findHelper: async () => found,
  self: ['/opt/new/docker-credential-openshift'],
  platform: 'linux' as const,
});

test('a helper that engines find is fine; one that desktops and cron may not find is worth a note', async () => {
  assert.deepEqual(inShort(await helperOnPath(findHelper(program(EVERYWHERE)))), [['ok', undefined]]);
  const [ok, note] = await helperOnPath(findHelper(program(OWN)));
  assert.deepEqual([ok?.status, note?.status], ['ok', 'note']);
});

test('a helper that no engine finds is a problem, with the command that installs it', async () => {
  const [finding] = await helperOnPath(findHelper());
  assert.equal(finding?.status, 'problem');
  assert.equal(
    finding?.mend,
    'sudo install -m 755 /opt/new/docker-credential-openshift /usr/local/bin/docker-credential-openshift',
  );
});

test('a helper that is not executable is not found, and the command makes it so', async () => {
  const [finding] = await helperOnPath(findHelper(program(OWN, false)));
  assert.deepEqual([finding?.status, finding?.mend], ['problem', `chmod +x ${OWN}`]);
  assert.equal((await helperOnPath(findHelper(program(OWN, false), program(EVERYWHERE))))[0]?.status, 'ok');
});

test('a relative entry of the PATH does not count: engines refuse it', async () => {
  const [finding] = await helperOnPath(findHelper(program('bin/docker-credential-openshift')));
  assert.equal(finding?.status, 'problem');
});

test('every copy on the PATH is asked for its version', async () => {
  const versions: Record<string, string | undefined> = {
    [EVERYWHERE]: VERSION,
    [OWN]: 'docker-credential-openshift v0.0.1',
  };
  const versionOf = async (path: string): Promise<ToldVersion> => {
    const version = versions[path];
    if (path.startsWith('/arm/')) return { kind: 'not-run' };
    return version === undefined ? { kind: 'silent' } : { kind: 'told', version };
  };
  const ports = { versionOf };
  const check = (...paths: string[]) =>
    helperVersions({ ...ports, ...findHelper(...paths.map((path) => program(path))) });
  assert.deepEqual(inShort(await check(EVERYWHERE)), [['ok', undefined]]);
  assert.deepEqual(inShort(await check(EVERYWHERE, OWN)), [
    ['ok', undefined],
    ['note', undefined],
  ]);
  const [first] = await check(OWN, EVERYWHERE);
  assert.equal(first?.status, 'warning');
  assert.match(first?.saw ?? '', /v0\.0\.1, and this is/);
  const [silent] = await check('/broken/docker-credential-openshift');
  assert.match(silent?.saw ?? '', /does not tell its version/);
  const foreign = '/arm/docker-credential-openshift';
  const [unfit] = await check(foreign, EVERYWHERE);
  assert.equal(unfit?.status, 'problem');
  assert.match(unfit?.saw ?? '', /^This system can't run \/arm\/.*another system or processor$/);
  assert.equal(unfit?.mend, `sudo install -m 755 /opt/new/docker-credential-openshift ${foreign}`);
  assert.equal((await check(EVERYWHERE, foreign))[1]?.status, 'note');
});

const desktopPorts = {
  platform: 'linux' as const,
  env: {},
  engineState: async () => engineState({ [K]: { credsStore: 'desktop.exe' } }),
  exists: (): boolean => assert.fail('nothing of a Mac is looked for'),
  findProgram: async (name: string) => (name === 'docker.exe' ? [program('/mnt/c/docker.exe')] : []),
};

test('Docker Desktop is looked for on a Mac, and where its own PATH finds the helper', async () => {
  const onMac = (...paths: string[]) =>
    desktop({ ...desktopPorts, platform: 'darwin', exists: (path) => paths.includes(path) }, CONTEXT);
  assert.deepEqual(await onMac(), []);
  assert.deepEqual(inShort(await onMac('/Applications/Docker.app')), [['warning', undefined]]);
  assert.deepEqual(inShort(await onMac('/Applications/Docker.app', EVERYWHERE)), [['ok', undefined]]);
});

test("within WSL, Windows' docker and its store are told; on other Linux nothing is", async () => {
  assert.deepEqual(await desktop(desktopPorts, CONTEXT), []);
  const inWsl = { ...desktopPorts, env: { WSL_DISTRO_NAME: 'Debian' } };
  assert.deepEqual(inShort(await desktop(inWsl, CONTEXT)), [
    ['warning', undefined],
    ['note', undefined],
  ]);
});
