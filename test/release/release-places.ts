import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const NAME = 'docker-credential-openshift';
const RELEASE = 'dist/release';
/** The roots that `scripts/test-release` made. */
const roots = process.env.RELEASE_ROOTS ?? '';

/** What a run of the unpacked helper said. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An archive, unpacked where it can be run. */
export interface Place {
  /** Its directory, as this machine sees it. */
  readonly directory: string;
  /** A home of the helper's own, as this machine sees it. */
  readonly home: string;
  /**
   * @param more what is in its environment besides
   * @param ended called when it has ended, and what it left running may still hold its output open
   */
  run(args: readonly string[], input?: string, more?: NodeJS.ProcessEnv, ended?: () => void): Promise<Ran>;
}

interface Kind {
  /** What `version` calls it. */
  readonly platform: string;
  /** What engines start. */
  readonly program: string;
  /** The root that it runs in; undefined: this machine's. */
  readonly root?: string;
  /** Run once before all else, in an empty home. */
  readonly first?: readonly string[];
  /** Run in the root before the program takes its place: a shell's words. */
  readonly before?: string;
}

/** With chroot, and Wine's own parts. */
export const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/wine';
/** qemu for what is started in there, known to nobody else. */
export const QEMU =
  'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc && sed "s|:[A-Z]*$|:PF|" /usr/lib/binfmt.d/qemu-aarch64.conf | tr -d "\\n" > /proc/sys/fs/binfmt_misc/register';
const front = `bin/${NAME}`;

/** What can be run here, and how. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'linux-x64': { platform: 'linux-x64', program: front },
  'linux-x64-musl': { platform: 'linux-x64', program: front, root: 'musl-x64' },
  'linux-arm64': { platform: 'linux-arm64', program: front, root: 'arm64', before: QEMU },
  'linux-arm64-musl': { platform: 'linux-arm64', program: front, root: 'musl-arm64', before: QEMU },
  'windows-x64': {
    platform: 'win32-x64',
    program: `${front}.exe`,
    root: 'wine',
    first: ['wineboot', '--init'],
  },
  node: { platform: `${process.platform}-${process.arch}`, program: front },
  ...(process.platform === 'darwin' && {
    [`macos-${process.arch}`]: { platform: `darwin-${process.arch}`, program: front },
  }),
};

/** Those that are asked for. */
export const platforms = (process.env.RELEASE_PLATFORMS ?? '').split(' ').filter((name) => name !== '');

/** The archive of a platform, of the kind that has this ending. */
export function archiveOf(
  platform: string,
  ending = platform === 'windows-x64' ? '.zip' : '.tar.gz',
): string {
  const found = readdirSync(RELEASE).find((file) => file.endsWith(`-${platform}${ending}`));
  if (found === undefined) throw new Error(`No archive for ${platform}. Run: scripts/release`);
  return join(RELEASE, found);
}

/** Unpacks an archive. @returns the directory that is in it */
export function unpack(archive: string, directory: string): string {
  if (archive.endsWith('.zip')) execFileSync('unzip', ['-q', archive, '-d', directory]);
  else execFileSync('tar', ['-xf', archive, '-C', directory]);
  const [inside, ...others] = readdirSync(directory);
  if (inside === undefined || others.length > 0) throw new Error(`${archive} has not one directory inside`);
  return join(directory, inside);
}

/** Unpacks a platform's archive in its root, with an empty home. */
export async function placeOf(t: TestContext, name: string): Promise<Place> {
  const kind = KINDS[name];
  if (kind === undefined) throw new Error(`${name} can't be run here`);
  const root = kind.root === undefined ? '' : join(roots, kind.root);
  const top = root === '' ? temporaryDirectory(t) : join(root, 'release');
  if (root !== '') {
    rmSync(top, { recursive: true, force: true });
    t.after(() => rmSync(top, { recursive: true, force: true }));
  }
  mkdirSync(join(top, 'archive'), { recursive: true });
  const directory = unpack(archiveOf(name), join(top, 'archive'));
  const home = join(top, 'home');
  mkdirSync(home, { recursive: true });
  // Wine makes the home that Windows names below it.
  const homeOfHelper = name === 'windows-x64' ? join(home, '.wine/drive_c/users/root') : home;
  const inside = (path: string) => path.slice(root.length);
  const inWindows = (path: string) => `Z:${inside(path).replaceAll('/', '\\')}`;
  const env = {
    HOME: inside(home),
    PATH: `${inside(join(directory, 'bin'))}:${join(process.cwd(), 'node_modules/.bin')}:${SYSTEM_PATH}`,
    ...(name === 'windows-x64' && { WINEDEBUG: '-all', XDG_RUNTIME_DIR: '/tmp' }),
    WINEPATH: inWindows(join(directory, 'bin')),
  };
  const inRoot = (words: readonly string[], input = '', more = {}, ended?: () => void) =>
    start(
      root === '' ? words : [...entering(root, kind.before), ...words],
      { ...env, ...more },
      input,
      ended,
    );
  const run: Place['run'] = (args, input = '', more = {}, ended) => {
    if (name === 'windows-x64') {
      // Through a pipe of Windows' own: what Wine makes of one of Linux is no pipe to Windows' programs.
      writeFileSync(join(home, 'input'), input);
      const line = `type ${inWindows(join(home, 'input'))}|${inWindows(join(directory, kind.program))} ${args.join(' ')}`;
      // From a file, as it stands: Wine quotes anew what it gets as arguments.
      writeFileSync(join(home, 'run.cmd'), `@${line}\r\n`);
      return inRoot(['wine', 'cmd', '/c', inWindows(join(home, 'run.cmd'))], '', more, ended);
    }
    return inRoot([inside(join(directory, kind.program)), ...args], input, more, ended);
  };
  if (kind.first !== undefined) await inRoot(kind.first);
  return { directory, home: homeOfHelper, run };
}

/** Under qemu and Wine, and on a busy machine, the deadline passes: asked again then, as an engine would. */
export async function answered(place: Place, ...request: Parameters<Place['run']>): Promise<Ran> {
  for (let tries = 1; ; tries++) {
    const ran = await place.run(...request);
    if (!/ in time: /.test(ran.stdout + ran.stderr) || tries === 20) return ran;
  }
}

/**
 * The words that run those after them in a root, with /proc and /dev. First among what waits for a processor: emulated
 * programs take ten times as long, and their five seconds are of the clock on the wall.
 */
function entering(root: string, before = 'true'): string[] {
  const script = `set -e; ${before}; mkdir -p "$0/proc" "$0/dev"; mount --rbind /proc "$0/proc"; mount --rbind /dev "$0/dev"; exec chroot "$0" "$@"`;
  return ['nice', '-n', '-15', 'unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, root];
}

/** Without what the machine's environment says. */
export async function start(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  input = '',
  ended: () => void = () => {},
): Promise<Ran> {
  const child = spawn(program, args, { env, cwd: '/' });
  child.once('exit', ended);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text.replaceAll('\r\n', '\n');
    });
  }
  // One that does not read what it is given is judged by its answer.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', reject);
  });
  return { status, ...texts };
}
