import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RefresherPod, refresherPod } from '../commands/pull-secret/refresher-pod.ts';
import { testAsRoot } from '../e2e/as-root.ts';
import { findProgram } from '../support/find-program.ts';
import { mainHelper, runHelper } from '../support/helper-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const POD_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';
const missing = ['buildah', 'readelf'].find((name) => findProgram(name) === undefined);

interface Image {
  /** Its root, which is empty but for what it holds. */
  readonly root: string;
  readonly config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Cmd?: readonly string[];
  };
}

/** Builds the image of the program that was built last, with this machine's C library, and takes it apart. */
function builtImage(t: TestContext): Image {
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

/** The image as a pod runs it: its root read-only, another user, and of the world /proc and the account alone. */
function inPod({ root, config }: Image, pod: RefresherPod): [string, ...string[]] {
  const account = pod.words.at(-1) ?? '';
  for (const name of readdirSync(account)) chmodSync(join(account, name), 0o644);
  chmodSync(account, 0o755);
  chmodSync(dirname(account), 0o755);
  for (const place of ['proc', POD_DIRECTORY]) mkdirSync(join(root, place), { recursive: true });
  const prepare = [
    'mount --bind "$1" "$1"',
    'mount --rbind /proc "$1/proc"',
    `mount --bind "$2" "$1${POD_DIRECTORY}"`,
    'mount -o remount,ro,bind "$1"',
    'root=$1 user=$3; shift 3',
    'exec chroot --userspec="$user" --groups= "$root" "$@"',
  ];
  const inNamespace = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-euc',
    prepare.join('\n'),
    'sh',
  ];
  return [...inNamespace, root, account, config.User, ...config.Entrypoint] as [string, ...string[]];
}

if (missing === undefined) {
  testAsRoot(
    'the image of the refresher builds, holds nothing else, and fills a Secret in an empty root that is read-only',
    async (t) => {
      const image = builtImage(t);
      assert.deepEqual(
        [image.config.User, image.config.Entrypoint, image.config.Cmd],
        ['65532:65532', ['/usr/local/bin/docker-credential-openshift'], undefined],
      );
      assert.deepEqual(readdirSync(image.root).sort(), ['lib', 'lib64', 'usr']);
      assert.deepEqual(readdirSync(join(image.root, 'usr/local')).sort(), ['bin', 'libexec', 'share']);
      const pod = await refresherPod(t);
      const program = { command: inPod(image, pod) };
      const { TMPDIR: _, ...env } = pod.env;
      const words = pod.words.slice(0, -2);
      const run = () =>
        runHelper(program, words, '', { env: { ...env, HOME: '/', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
      const first = await run();
      assert.deepEqual([first.status, first.stderr], [0, '']);
      assert.match(first.stdout, /^Secret alice-ns\/pull: \S+ gets a new token of alice-ns\/puller, /);
      assert.ok(await pod.isGood(pod.entry()?.password ?? ''));
      assert.match((await run()).stdout, / keeps its token of alice-ns\/puller, /);
    },
  );
} else {
  test(`the image of the refresher builds and starts (left out: ${missing} is not installed)`, {
    skip: true,
  }, () => {});
}
