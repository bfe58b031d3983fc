import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A home directory of the demo's own: what engines, `oc` and the helper read and write is all below it. */
export interface DemoHome {
  readonly directory: string;
  /** The whole environment of every program that the demo runs. */
  readonly env: Readonly<Record<string, string>>;
  write(path: string, text: string): void;
  /** Removes everything, also what a rootless podman still holds. */
  remove(): void;
}

/** @param helper the built program, put on the home's PATH */
export function createDemoHome(helper: string, { PATH = '/usr/bin:/bin' }: NodeJS.ProcessEnv): DemoHome {
  const directory = mkdtempSync(join(tmpdir(), 'openshift-demo-'));
  const inHome = (path: string) => join(directory, path);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(inHome(path)), { recursive: true, mode: 0o700 });
    writeFileSync(inHome(path), text, { mode: 0o600 });
  };
  for (const name of ['bin', 'runtime', 'tmp']) mkdirSync(inHome(name), { mode: 0o700 });
  symlinkSync(helper, inHome('bin/docker-credential-openshift'));

  const storage = `[storage]\ndriver = "vfs"\ngraphroot = "${inHome('storage')}"\nrunroot = "${inHome('run')}"\n`;
  const engine = `[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\nlock_type = "file"\ntmp_dir = "${inHome('libpod')}"\n`;
  write('.config/containers/storage.conf', storage);
  write('.config/containers/containers.conf', engine);
  write('.config/containers/policy.json', '{ "default": [{ "type": "insecureAcceptAnything" }] }\n');
  return {
    directory,
    env: {
      HOME: directory,
      PATH: `${inHome('bin')}:${PATH}`,
      XDG_RUNTIME_DIR: inHome('runtime'),
      TMPDIR: inHome('tmp'),
      CONTAINERS_STORAGE_CONF: inHome('.config/containers/storage.conf'),
      CONTAINERS_CONF: inHome('.config/containers/containers.conf'),
    },
    write,
    remove() {
      endPauseProcess(inHome('libpod/pause.pid'));
      openDirectories(directory);
      // An engine that was just told to end may still write.
      rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** The directories of image layers are read-only, which keeps all but root from removing what is in them. */
function openDirectories(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) openDirectories(join(directory, entry.name));
  }
}

/** Rootless podman leaves a process behind that holds its user namespace; the file names it. */
function endPauseProcess(file: string): void {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  } catch (error) {
    // ENOENT: no rootless podman ran; ESRCH: it has ended.
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ESRCH'].includes(code)) throw error;
  }
}
