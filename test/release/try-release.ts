import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };
import { runningSandbox } from '../support/running-sandbox.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  answered,
  archiveOf,
  KINDS,
  placeOf,
  platforms,
  SYSTEM_PATH,
  start,
  unpack,
} from './release-places.ts';
import { signatureOf } from './signature-of.ts';

// Of what `scripts/release` made last. Started by scripts/test-release, which makes the roots.

const NAME = 'docker-credential-openshift';
const NOT_FOUND = 'credentials not found in native keychain\n';
const is = (name: string) => platforms.includes(name);

for (const name of platforms.filter((platform) => KINDS[platform] !== undefined)) {
  test(`${name}: version, get, list and setup --dry-run answer; a login's token is had from a cluster`, async (t) => {
    const place = await placeOf(t, name);
    const version = await place.run(['version']);
    // Its front and it agree, else that is told.
    assert.deepEqual([version.status, version.stderr], [0, ''], version.stderr);
    assert.match(version.stdout, /^.*\ncommit [0-9a-f]{10}\ndate \d{4}-\d\d-\d\d\n.*\n$/);
    assert.ok(version.stdout.startsWith(`${NAME} v${manifest.version}\n`));
    assert.ok(version.stdout.endsWith(`\nplatform ${KINDS[name]?.platform}\n`));

    const unknown = await answered(place, ['get'], 'registry.example.com');
    assert.deepEqual([unknown.status, unknown.stdout, unknown.stderr], [1, NOT_FOUND, '']);
    const list = await answered(place, ['list']);
    assert.deepEqual([list.status, list.stdout, list.stderr], [0, '{}\n', '']);
    const setup = await place.run(['setup', '--dry-run']);
    assert.deepEqual([setup.status, setup.stdout], [1, '']);
    assert.match(setup.stderr, / \[no-login\]\. Run: docker-credential-openshift login/);

    const sandbox = await runningSandbox(t);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    // The authority's file is not in the root: what it holds is.
    const authority = readFileSync(sandbox.caFile).toString('base64');
    const kubeconfig = sandbox.kubeconfig({ token });
    const named = `certificate-authority: ${sandbox.caFile}`;
    assert.ok(kubeconfig.includes(named));
    write(
      join(place.home, '.kube/config'),
      kubeconfig.replace(named, `certificate-authority-data: ${authority}`),
    );
    const entry = { server: sandbox.apiUrl, user: 'alice' };
    const config = JSON.stringify({ registries: { [sandbox.registryHost]: entry } });
    for (const directory of ['.config', 'AppData/Roaming', 'Library/Application Support']) {
      write(join(place.home, directory, NAME, 'config.yaml'), config);
    }
    const known = await answered(place, ['get'], sandbox.registryHost);
    assert.equal(known.status, 0, known.stderr);
    const { Username, Secret } = JSON.parse(known.stdout) as Record<string, string>;
    assert.match(Username ?? '', /^alice/);
    assert.ok(Secret === token);
    const plan = await place.run(['setup', sandbox.registryHost, '--dry-run']);
    assert.equal(plan.status, 0, plan.stderr);
    assert.match(plan.stdout, new RegExp(`credHelpers|${sandbox.registryHost}`));
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}

for (const name of platforms.filter((platform) => platform.startsWith('linux-x64'))) {
  test(`${name}: where nothing is but the helper's own files, engines go on anonymously`, async (t) => {
    const root = unpack(archiveOf(name), temporaryDirectory(t));
    const run = (args: string[], input: string) =>
      start(
        ['unshare', '--user', '--map-root-user', 'chroot', root, `/bin/${NAME}`, ...args],
        { PATH: SYSTEM_PATH },
        input,
      );
    const { status, stdout, stderr } = await run(['get'], 'registry.example.com');
    assert.deepEqual([status, stdout], [1, NOT_FOUND]);
    assert.match(
      stderr,
      /^docker-credential-openshift: The main program can't be found: \/proc is not mounted/,
    );
    assert.deepEqual((await run(['list'], '')).stdout, '{}\n');
    assert.equal((await run(['erase'], 'registry.example.com')).status, 0);
  });

  test(`${name}: with /proc and without any C library, too, and what is missing is said`, async (t) => {
    const root = unpack(archiveOf(name), temporaryDirectory(t));
    mkdirSync(join(root, 'proc'));
    const script = `mount --rbind /proc "$0/proc" && exec chroot "$0" /bin/${NAME} get`;
    const words = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, root];
    const { status, stdout, stderr } = await start(words, { PATH: SYSTEM_PATH }, 'r.example.com');
    assert.deepEqual([status, stdout], [1, NOT_FOUND]);
    assert.match(stderr, / the C library that it was built for is not installed \[not-started\]/);
  });
}

for (const name of platforms.filter((platform) => platform.startsWith('macos-'))) {
  const isHere = KINDS[name] !== undefined;
  test(`${name}: a Mach-O file, its keychain's library embedded, every page signed${isHere ? '' : ' (not run: there is no macOS here)'}`, async (t) => {
    const directory = unpack(archiveOf(name), temporaryDirectory(t));
    const file = join(directory, 'bin', NAME);
    const bytes = readFileSync(file);
    assert.equal(bytes.readUInt32LE(0), 0xfeedfacf);
    assert.equal(bytes.readUInt32LE(4), name === 'macos-x64' ? 0x1000007 : 0x100000c);
    const library = `keyring.darwin-${name === 'macos-x64' ? 'x64' : 'arm64'}`;
    assert.ok(
      bytes.includes(readFileSync(`dist/.packages/@napi-rs/${library.replace('.', '-')}/${library}.node`)),
    );
    assert.deepEqual(signatureOf(bytes), {
      identifier: NAME,
      isAdHoc: true,
      pagesThatDiffer: 0,
      coversAll: true,
    });
    if (isHere) execFileSync('codesign', ['--verify', '--strict', file]);
  });
}

if (is('windows-x64')) {
  test('windows-x64: the library of the keychain is embedded', async (t) => {
    const directory = unpack(archiveOf('windows-x64'), temporaryDirectory(t));
    const library = readFileSync(
      'dist/.packages/@napi-rs/keyring-win32-x64-msvc/keyring.win32-x64-msvc.node',
    );
    assert.ok(readFileSync(join(directory, 'libexec', NAME, `${NAME}.exe`)).includes(library));
  });
}

if (is('linux-x64')) {
  test('linux-x64: moved, copied and linked it still finds its program', async (t) => {
    const directory = unpack(archiveOf('linux-x64'), temporaryDirectory(t));
    const moved = join(temporaryDirectory(t), 'opt');
    cpSync(directory, moved, { recursive: true });
    execFileSync('ln', ['-s', join(moved, 'bin', NAME), join(moved, 'linked')]);
    chmodSync(moved, 0o555);
    const { stdout } = await start([join(moved, 'linked'), 'version'], { HOME: '/nonexistent' });
    assert.match(stdout, /^docker-credential-openshift v/);
  });
}
