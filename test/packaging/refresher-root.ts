import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type RefresherPod, refresherPod } from '../commands/pull-secret/refresher-pod.ts';
import { runHelper } from '../support/helper-program.ts';

const POD_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The image of the refresher, taken apart. */
export interface RefresherImage {
  /** Its root, which is empty but for what it holds. */
  readonly root: string;
  readonly config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Cmd?: readonly string[];
  };
}

/** The image as a pod runs it: its root read-only, another user, and of the world /proc and the account alone. */
function inPod(
  { root, config }: RefresherImage,
  pod: RefresherPod,
  emulator: string | undefined,
): [string, ...string[]] {
  const account = pod.words.at(-1) ?? '';
  for (const name of readdirSync(account)) chmodSync(join(account, name), 0o644);
  chmodSync(account, 0o755);
  chmodSync(dirname(account), 0o755);
  for (const place of ['proc', POD_DIRECTORY]) mkdirSync(join(root, place), { recursive: true });
  const prepare = [
    emulator ?? ':',
    'mount --bind "$1" "$1"',
    'mount --rbind /proc "$1/proc"',
    `mount --bind "$2" "$1${POD_DIRECTORY}"`,
    'mount -o remount,ro,bind "$1"',
    'shift 2',
    'exec chroot "$@"',
  ];
  // An emulator is known to a user namespace alone, in which there is nobody but root.
  const [flags, user] =
    emulator === undefined
      ? [['--mount'], [`--userspec=${config.User}`, '--groups=']]
      : [['--mount', '--user', '--map-root-user'], []];
  const script = ['--propagation', 'private', 'sh', '-euc', prepare.join('\n'), 'sh', root, account];
  return ['unshare', ...flags, ...script, ...user, root, ...config.Entrypoint];
}

/**
 * Holds an image to what the refresher's is there for: nothing else is in it, and in an empty root it fills a Secret.
 * @param emulator a shell's words that make it known, where this machine can't run the image itself
 */
export async function fillsSecret(t: TestContext, image: RefresherImage, emulator?: string): Promise<void> {
  assert.deepEqual(
    [image.config.User, image.config.Entrypoint, image.config.Cmd],
    ['65532:65532', ['/usr/local/bin/docker-credential-openshift'], undefined],
  );
  assert.deepEqual(readdirSync(image.root).sort(), ['lib', 'lib64', 'usr']);
  assert.deepEqual(readdirSync(join(image.root, 'usr/local')).sort(), ['bin', 'libexec', 'share']);
  const pod = await refresherPod(t);
  const program = { command: inPod(image, pod, emulator) };
  const { TMPDIR: _, ...env } = pod.env;
  const words = pod.words.slice(0, -2);
  const run = () =>
    runHelper(program, words, '', { env: { ...env, HOME: '/', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  const first = await run();
  assert.deepEqual([first.status, first.stderr], [0, '']);
  assert.match(first.stdout, /^Secret alice-ns\/pull: \S+ gets a new token of alice-ns\/puller, /);
  assert.ok(await pod.isGood(pod.entry()?.password ?? ''));
  assert.match((await run()).stdout, / keeps its token of alice-ns\/puller, /);
}
