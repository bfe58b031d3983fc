import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { servedDirectory } from '../../support/stopped-file-system.ts';
import type { Arranged, Fault, World } from '../fault.ts';
import { by, byShell } from '../wrapped.ts';

const TOKEN = ['token'];

/** Where a file lies, from the home on. */
const KUBECONFIG = '.kube/config';
const CONFIG = '.config/docker-credential-openshift/config.yaml';
const CACHE = '.cache/docker-credential-openshift';
const STATE = '.local/state/docker-credential-openshift';

/** What becomes of a file. */
const CHANGES: Readonly<Record<string, (path: string) => void>> = {
  'is gone': (path) => rmSync(path, { recursive: true, force: true }),
  'is empty': (path) => writeFileSync(path, ''),
  'is cut in half': (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2)),
  'holds bytes that are no text': (path) =>
    writeFileSync(path, Buffer.from(Array(4096).fill([0, 255, 254, 10]).flat())),
  'is 8 MB large': (path) => writeFileSync(path, Buffer.alloc(8 << 20, 'a: b\n')),
  'is a directory': replaced((path) => mkdirSync(path)),
  'is a FIFO that nobody writes to': replaced((path) => spawnSync('mkfifo', [path])),
  'is a link to itself': replaced((path) => symlinkSync(path, path)),
  'is a link to nothing': replaced((path) => symlinkSync('/proc/nowhere/at/all', path)),
  // Reading there fails with EIO: nothing is mapped at the beginning.
  'fails to be read': replaced((path) => symlinkSync('/proc/self/mem', path)),
};

function replaced(make: (path: string) => void): (path: string) => void {
  return (path) => {
    rmSync(path, { recursive: true, force: true });
    make(path);
  };
}

/** Changes some files of a home, and puts back all that it holds. */
function changed({ home }: World, names: readonly string[], change: (path: string) => void): Arranged {
  const good = mkdtempSync(`${home.directory}-good-`);
  const paths = names.map((name) => join(home.directory, name)).filter((path) => existsSync(path));
  const copyOf = (path: string) => join(good, path.slice(home.directory.length));
  for (const path of paths) {
    mkdirSync(dirname(copyOf(path)), { recursive: true });
    cpSync(path, copyOf(path), { recursive: true, preserveTimestamps: true });
    change(path);
  }
  let isLifted = false;
  return {
    lift() {
      if (isLifted) return;
      isLifted = true;
      for (const path of paths) {
        rmSync(path, { recursive: true, force: true });
        cpSync(copyOf(path), path, { recursive: true, preserveTimestamps: true });
      }
      rmSync(good, { recursive: true });
    },
  };
}

/** Every file below a directory of a home. */
function filesBelow({ home }: World, name: string): string[] {
  const directory = join(home.directory, name);
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file).slice(home.directory.length + 1));
}

/** Without a config the cluster's own word counts; one that can't be read may say that a host gets no token. */
const AS_NO_CONFIG = ['is gone', 'is empty', 'is a link to nothing'];
/** One of each kind, for all commands. */
const TYPICAL = ['is cut in half', 'is a FIFO that nobody writes to', 'is a directory'];

const OF_FILES: readonly Fault[] = Object.entries(CHANGES).flatMap(([what, change]): Fault[] => [
  {
    name: `the kubeconfig ${what}`,
    arrange: (world) => changed(world, [KUBECONFIG], change),
    get: ['no-login'],
    // Half of it is a whole one in which nobody is logged in, and so nobody is there to sign out.
    ...(what === 'is cut in half' && { afterwards: TOKEN }),
    isTypical: TYPICAL.includes(what),
  },
  {
    name: `our config ${what}`,
    arrange: (world) => changed(world, [CONFIG], change),
    get: AS_NO_CONFIG.includes(what) ? TOKEN : ['config-broken'],
    isTypical: TYPICAL.includes(what),
  },
  {
    name: `every file of the cache and the state ${what}`,
    async arrange(world) {
      // One more answer, so that there are files in a cell that begins without.
      await world.home.get('registry.example.com');
      return changed(world, [...filesBelow(world, CACHE), ...filesBelow(world, STATE)], change);
    },
    get: TOKEN,
    isTypical: TYPICAL.includes(what),
  },
]);

function openDirectory(path: string): void {
  mkdirSync(path);
  chmodSync(path, 0o777);
}

const IN_THE_WAY: readonly Fault[] = (
  [
    ['a file', (path) => writeFileSync(path, 'in the way')],
    ['a link to nothing', (path) => symlinkSync('/proc/nowhere/at/all', path)],
    ['a directory that everybody may write to', openDirectory],
  ] as const satisfies readonly (readonly [string, (path: string) => void])[]
).map(([what, put]) => ({
  name: `${what} is in the place of our cache and of our state`,
  arrange: (world) => changed(world, [CACHE, STATE, ...need(world)], replaced(put)),
  get: TOKEN,
}));

/** Both directories, so that something can take their places. */
function need({ home }: World): readonly string[] {
  for (const name of [CACHE, STATE]) mkdirSync(join(home.directory, name), { recursive: true, mode: 0o700 });
  return [];
}

/** While the program runs, somebody takes its files away again and again. */
const DELETED: Fault = {
  name: 'our files are deleted again and again while the program runs',
  arrange(world) {
    const loop = 'while :; do rm -rf "$HOME/.cache" "$HOME/.local"; done 2> /dev/null & loop=$!; "$0" "$@"';
    return byShell(world, `${loop}; status=$?; kill $loop; exit $status`);
  },
  get: TOKEN,
};

/** A small disk in the home's place, with what the home holds. */
function onDisk({ home }: World, options: string, fill: string): Arranged {
  const { directory } = home;
  const shell = (script: string) => {
    const { status, stderr } = spawnSync('sh', ['-ec', script], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`no such disk can be mounted: ${stderr}`);
  };
  const leave = () => shell(`umount --lazy ${directory}`);
  shell(`cp -a ${directory} ${directory}.copy; mount -t tmpfs -o mode=700,${options} faults ${directory}`);
  try {
    shell(`cp -a ${directory}.copy/. ${directory}; rm -r ${directory}.copy; cd ${directory}; ${fill}`);
  } catch (error) {
    leave();
    throw error;
  }
  return {
    lift: () => shell(`mount -o remount,rw ${directory}; rm -rf ${directory}/fill ${directory}/fill-*`),
    leave,
  };
}

const FILL = 'dd if=/dev/zero of=fill bs=1k 2> /dev/null || :';
const DISKS: readonly Fault[] = (
  [
    ['is full', 'size=256k', FILL],
    ['has room for one more block', 'size=256k', `${FILL}; truncate -s -4096 fill`],
    ['has no inode left', 'nr_inodes=40', 'n=0; while touch fill-$n 2> /dev/null; do n=$((n+1)); done'],
    ['is read-only', 'size=256k', 'mount -o remount,ro "$PWD"'],
  ] as const
).map(([what, options, fill]) => ({
  name: `the disk ${what}`,
  arrange: (world) => onDisk(world, options, fill),
  get: TOKEN,
  needs: 'root',
  // Nothing can be written there.
  others: { authfile: [] },
  isTypical: what === 'is full' || what === 'is read-only',
}));

/** What makes, replaces and syncs files; a write itself may be one of an answer, too. */
const CALLS =
  'mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,fsync,fdatasync,ftruncate';
const FAILING: readonly Fault[] = (
  [
    ['has a quota that is used up', 'EDQUOT'],
    ['fails whenever a file is made, replaced or synced', 'EIO'],
  ] as const
).map(([what, error]) => ({
  name: `the disk ${what}`,
  arrange: (world) =>
    by(world, 'strace', '-f', '-qqq', '-o', '/dev/null', '-e', `inject=${CALLS}:error=${error}`),
  get: TOKEN,
  others: { authfile: [] },
  needs: 'strace',
  isTypical: error === 'EIO',
}));

const PLACES = {
  'the kubeconfig': '.kube',
  'our config': '.config',
  'the cache': '.cache',
  'the state': '.local',
  "docker's config": '.docker',
} as const;

/** What `get` says where it can't read them; what is only written, or nobody's business, is done without. */
const UNREAD: Readonly<Record<string, string>> = { '.kube': 'no-login', '.config': 'config-broken' };

const SERVED: readonly Fault[] = Object.entries(PLACES).flatMap(([what, place]): Fault[] => [
  {
    name: `the file system of ${what} hangs`,
    async arrange({ home }) {
      const served = await servedDirectory(join(home.directory, place));
      return { begin: served.stop, end: served.goOn, leave: served.unmount };
    },
    // No `get` looks at docker's config.
    get: place === '.docker' ? TOKEN : ['late'],
    isTypical: what === 'the cache' || what === 'the kubeconfig',
    isForVerbs: true,
    needs: 'root and bindfs',
    waits: true,
    needsFront: true,
  },
  {
    name: `the file system of ${what} has nobody behind it any more`,
    async arrange({ home }) {
      const served = await servedDirectory(join(home.directory, place));
      let isLifted = false;
      return {
        begin: served.die,
        // Nobody can look there before it is taken away.
        async end() {
          if (isLifted) return;
          isLifted = true;
          await served.unmount();
        },
      };
    },
    get: [UNREAD[place] ?? 'token'],
    needs: 'root and bindfs',
  },
]);

/** Files of ours and of others, and what they lie on. */
export const FILES: readonly Fault[] = [...OF_FILES, ...IN_THE_WAY, DELETED, ...DISKS, ...FAILING, ...SERVED];
