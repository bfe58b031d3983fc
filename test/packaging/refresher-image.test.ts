import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testAsRoot } from '../e2e/as-root.ts';
import { findProgram } from '../support/find-program.ts';
import { mainHelper } from '../support/helper-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { fillsSecret, type RefresherImage } from './refresher-root.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const missing = ['buildah', 'readelf'].find((name) => findProgram(name) === undefined);

/** Builds the image of the program that was built last, with this machine's C library, and takes it apart. */
function builtImage(t: TestContext): RefresherImage {
  const directory = temporaryDirectory(t);
  const path = (name: string) => join(directory, name);
  for (const part of ['bin', 'libexec', 'share/doc', 'c-library'])
    mkdirSync(path(part === 'c-library' ? part : `local/${part}`), { recursive: true });
  cpSync(join(ROOT, 'dist/docker-credential-openshift'), path('local/bin/docker-credential-openshift'));
  cpSync(join(ROOT, 'dist/libexec'), path('local/libexec'), { recursive: true });
  cpSync(join(ROOT, 'LICENSE'), path('local/share/doc/LICENSE'));
  const [main = ''] = mainHelper.command;
  const script = '. scripts/lib/release/c-library.sh && copy_c_library "$1" "$(dirname "$2")" "$3"';
  const named = execFileSync('ldd', [main], { encoding: 'utf8' });
  const library = /libc\.so\.6 => (\S+)/.exec(named)?.[1] ?? assert.fail(named);
  execFileSync('sh', ['-euc', script, 'sh', main, library, path('c-library')], { cwd: ROOT });
  const storage = ['--storage-driver=vfs', `--root=${path('images')}`, `--runroot=${path('run')}`];
  const buildah = (...words: string[]) =>
    execFileSync('buildah', [...storage, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const file = join(ROOT, 'packaging/container/Containerfile.refresher');
  const given = ['--build-arg=PLATFORM=local', `--build-context=c-library=${path('c-library')}`];
  const image = buildah('build', '--quiet', '--isolation=chroot', ...given, `--file=${file}`, directory);
  const container = buildah('from', image);
  // With vfs a mount is the directory itself, and goes with the others.
  const { config } = JSON.parse(buildah('inspect', container)).OCIv1;
  return { root: buildah('mount', container), config };
}

if (missing === undefined) {
  testAsRoot(
    'the image of the refresher builds, holds nothing else, and fills a Secret in an empty root that is read-only',
    async (t) => fillsSecret(t, builtImage(t)),
  );
} else {
  test(`the image of the refresher builds and starts (left out: ${missing} is not installed)`, {
    skip: true,
  }, () => {});
}
