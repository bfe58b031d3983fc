import { lstat, mkdir, readdir, readFile, realpath, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { describeProblem } from '../../config/config.ts';
import { copyProgram } from '../../files/copy-program.ts';
import { configFile } from '../../files/directories.ts';
import { readRegularFile } from '../../files/read-regular-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import { replaceFile } from '../../files/replace-file.ts';
import { asFileError } from '../../files/text-file.ts';
import { shellQuoted } from '../../hosts/quoting.ts';
import { AppError } from '../../hosts/reason.ts';
import { ownPrograms } from '../../process/front.ts';
import type { Printer } from '../../process/terminal.ts';
import { workingDirectory } from '../../process/this-process.ts';
import type { Session } from '../../session/session.ts';
import type { KubeletPorts } from './node.ts';
import type { FileState } from './read-provider-files.ts';

const LARGEST_CONFIG = 1024 * 1024;
/** Where the machine-config daemon of OpenShift keeps what it has made of its node. */
const MACHINE_CONFIGS = '/etc/machine-config-daemon';

/** This node, with its real files. */
export function thisNode(session: Pick<Session, 'config' | 'here'>, printer: Printer): KubeletPorts {
  const { here } = session;
  return {
    ...printer,
    platform: here.platform,
    env: here.env,
    configPath: configFile(here),
    absolutePath: (path) => resolve(workingDirectory(), path),
    files: {
      uid: here.uid,
      stateOf,
      namesIn: (directory) =>
        reading(directory, async () =>
          (await readdir(directory, { withFileTypes: true }))
            .filter((entry) => !entry.isDirectory())
            .map(({ name }) => name),
        ),
      readText: (path) => readRegularFile(path, LARGEST_CONFIG),
      copyProgram: (from, to) => changing(to, () => copyProgram(from, to)),
      writeConfig: (path, text, mayReplace) =>
        changing(path, async () => {
          await mkdir(dirname(path), { recursive: true, mode: 0o755 });
          return replaceFile(path, text, { mode: 0o644, uid: undefined, gid: undefined }, mayReplace);
        }),
      remove: async (path, top) => {
        const wasThere = await removeFile(path);
        for (let place = dirname(path); place !== top && place.startsWith(top); place = dirname(place))
          await rmdir(place).catch(() => {
            // Something else is in it.
          });
        return wasThere;
      },
      isSameFile: async (one, other) => {
        const paths = await Promise.all([one, other].map((path) => realpath(path).catch(() => path)));
        return paths[0] === paths[1];
      },
    },
    podsByHost: () => podsByHost(session),
    runningKubelet: () => runningKubelet(here.platform),
    isMachineConfigs: async () => (await stateOf(MACHINE_CONFIGS)) !== undefined,
    ownPrograms,
  };
}

function stateOf(path: string): Promise<FileState | undefined> {
  return reading(path, async () => {
    try {
      const stats = await stat(path);
      const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
      return { kind, mode: stats.mode & 0o7777, uid: stats.uid };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw error;
    }
  });
}

async function reading<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    // The system's refusal, told in words.
    throw asFileError(error, path, 'read');
  }
}

async function changing<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { message, cause } = asFileError(error, path, 'changed');
    let place = dirname(path);
    // What is not there yet, or below no directory, has no rights to show.
    while (place !== dirname(place) && (await lstat(place).catch(() => undefined)) === undefined)
      place = dirname(place);
    throw new AppError({
      code: 'unusable-file',
      message,
      fix: { run: `ls -ld ${shellQuoted(place)}` },
      cause,
    });
  }
}

async function podsByHost({ config }: Pick<Session, 'config'>): ReturnType<KubeletPorts['podsByHost']> {
  const { parsed, fault } = await config();
  if (fault !== undefined) throw fault;
  const [problem] = parsed.problems;
  if (problem !== undefined) {
    const fix = { do: 'Correct it (docs/configuration.md), then run this again.' };
    throw new AppError({ code: 'config-broken', message: describeProblem(problem), fix });
  }
  const entries = [...parsed.config.registries].flatMap(([host, { pods }]) =>
    pods === undefined ? [] : ([[host, pods]] as const),
  );
  return new Map(entries);
}

/** The arguments of the kubelet that runs. */
async function runningKubelet(platform: NodeJS.Platform): Promise<readonly string[] | undefined> {
  if (platform !== 'linux') return undefined;
  const names = await readdir('/proc').catch(() => []);
  for (const name of names.filter((each) => /^\d+$/.test(each))) {
    // It has ended, or is not ours to look at.
    const text = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const [program = '', ...args] = text.split('\0').slice(0, -1);
    if (/(?:^|\/)kubelet$/.test(program)) return args;
  }
  return undefined;
}
