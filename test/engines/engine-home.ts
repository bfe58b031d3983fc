import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HelperProgram } from '../support/helper-program.ts';
import { endPauseProcess } from './end-pause-process.ts';
import { programPaths } from './engine-machine.ts';
import { HOSTS_FILE_TEXT } from './host-names.ts';
import { type Command, type ProgramResult, runProgram } from './run-program.ts';

/** Whose home it is; without one it is root's. */
export interface HomeOwner {
  readonly uid: number;
  readonly gid: number;
}

/** A home directory with everything that engines keep: nothing of the machine's own is read or changed. */
export interface EngineHome {
  readonly directory: string;
  /** Writes a file below the home; it and its new directories are the owner's alone. */
  write(path: string, text: string): Promise<void>;
  /** A file below the home; undefined if there is none. */
  read(path: string): Promise<string | undefined>;
  /** Makes podman, buildah and skopeo trust a registry's authority. */
  trust(host: string, caPem: string): Promise<void>;
  /** A kubeconfig as `oc login` leaves it, its authority's file moved to where the owner can read it. */
  writeKubeconfig(text: string, caPem: string): Promise<void>;
  /** Runs a program as the owner, with this home's environment and the tests' host names. */
  run(command: Command, input?: string): Promise<ProgramResult>;
  remove(): Promise<void>;
}

export interface HomeOptions {
  /** Installed on the home's PATH; `null`: no helper. */
  readonly program: HelperProgram | null;
  readonly owner?: HomeOwner;
  /** An authority that programs trust as they trust the system's. */
  readonly authority?: string;
  /** More variables, such as DOCKER_HOST. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where programs run. */
  readonly place?: Place;
}

/** Where an engine is run, if not as this machine's own in a session of its user. */
export interface Place {
  /** The directory of another system, whose engines are meant. */
  readonly root?: string;
  /** As by cron, `su -` and many CI runners. */
  readonly withoutRuntimeDirectory?: true;
}

/** podman's storage and locks below the home; its own defaults are machine-wide for root. */
const engineConfig = (directory: string) => ({
  '.config/containers/storage.conf': `[storage]
driver = "vfs"
graphroot = "${directory}/storage"
runroot = "${directory}/run"
`,
  '.config/containers/containers.conf': `[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
tmp_dir = "${directory}/libpod"
`,
});

export async function createEngineHome({
  program,
  owner,
  authority,
  env = {},
  place = {},
}: HomeOptions): Promise<EngineHome> {
  const directory = await mkdtemp(join(tmpdir(), 'engine-home-'));
  const give = async (path: string) => {
    if (owner !== undefined) await chown(path, owner.uid, owner.gid);
  };
  await give(directory);

  const makeDirectory = async (path: string): Promise<void> => {
    if (path.length < directory.length) return;
    await makeDirectory(dirname(path));
    const made = await mkdir(path, { recursive: true, mode: 0o700 });
    if (made !== undefined) await give(path);
  };
  const write = async (path: string, text: string) => {
    const file = join(directory, path);
    await makeDirectory(dirname(file));
    await writeFile(file, text, { mode: 0o600 });
    await give(file);
  };

  const environment = {
    HOME: directory,
    PATH: `${directory}/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    ...(place.withoutRuntimeDirectory ? {} : { XDG_RUNTIME_DIR: `${directory}/runtime` }),
    CONTAINERS_CONF: `${directory}/.config/containers/containers.conf`,
    CONTAINERS_STORAGE_CONF: `${directory}/.config/containers/storage.conf`,
    TMPDIR: `${directory}/tmp`,
    ...(authority === undefined ? {} : { SSL_CERT_DIR: `${directory}/authorities` }),
    ...env,
  };
  for (const name of ['bin', 'runtime', 'tmp']) await makeDirectory(join(directory, name));
  for (const [path, text] of Object.entries(engineConfig(directory))) await write(path, text);
  await write('hosts', HOSTS_FILE_TEXT);
  if (authority !== undefined) await write('authorities/ca.pem', authority);
  if (program !== null) await program.install(join(directory, 'bin'));

  return {
    directory,
    write,
    read: (path) =>
      readFile(join(directory, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
        // No such file is an answer here.
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    trust: (host, caPem) => write(`.config/containers/certs.d/${host}/ca.crt`, caPem),
    async writeKubeconfig(text, caPem) {
      const moved = text.replace(
        /certificate-authority: .*/,
        `certificate-authority: ${directory}/.kube/ca.crt`,
      );
      await write('.kube/ca.crt', caPem);
      await write('.kube/config', moved);
    },
    run: (command, input) =>
      runProgram(withHostNames(join(directory, 'hosts'), asOwner(command, owner), place.root), {
        env: environment,
        cwd: directory,
        ...(input === undefined ? {} : { input }),
      }),
    async remove() {
      await endPauseProcess(join(directory, 'libpod', 'pause.pid'));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * The command in a mount namespace of its own, in which /etc/hosts knows the tests' names and the places where
 * engines keep things whatever HOME says (a cache of blobs, docker's key) are empty.
 */
export function withHostNames(hostsFile: string, command: Command, root = ''): Command {
  const script = `
    [ -e "$1/etc/hosts" ] || touch "$1/etc/hosts" || exit
    mount --bind "$0" "$1/etc/hosts" || exit
    for place in /var/lib/containers /etc/docker; do
      [ ! -d "$1$place" ] || mount -t tmpfs none "$1$place" || exit
    done
    ${root === '' ? '' : PIVOT}
    shift
    exec "$@"`;
  const unshared = [programPaths.unshare, '--mount', '--propagation', 'private'] as const;
  return [...unshared, '/bin/sh', '-c', script, hostsFile, root, ...command];
}

/**
 * Makes another system's root the process's own, with this one's /proc, /sys, /dev and /tmp. podman 6 runs beside no other
 * kind of control groups than the second.
 */
const PIVOT = `
    for place in /proc /sys /dev /tmp; do mount --rbind "$place" "$1$place" || exit; done
    mount -t cgroup2 none "$1/sys/fs/cgroup" || exit
    mount --rbind "$1" "$1" && cd "$1" && mkdir -p .old && pivot_root . .old && cd / || exit`;

function asOwner(command: Command, owner: HomeOwner | undefined): Command {
  if (owner === undefined) return command;
  const { uid, gid } = owner;
  return [programPaths.setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...command];
}
