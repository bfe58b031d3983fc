import { posix, win32 } from 'node:path';

/** What the engines' file paths depend on. `uid` is the effective user id; Windows has none. */
export interface EngineEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
}

/** Paths of the engines' config files; undefined where the environment names no place for them. */
export interface EngineFiles {
  /** docker's config.json; podman reads it last. */
  readonly dockerConfig: string | undefined;
  /** The file podman looks into first and `podman login` writes. */
  readonly podmanPrimary: string | undefined;
  /** `REGISTRY_AUTH_FILE` names the primary file. Podman 5 then reads no other file. */
  readonly podmanPrimaryIsChosen: boolean;
  /** podman's auth file that outlives a logout of the desktop. */
  readonly podmanPersistent: string | undefined;
  /** docker's file of before 2014; podman still reads it. */
  readonly dockercfg: string | undefined;
}

/**
 * Where docker and podman look for their config in this environment.
 * Source: docker/cli `config.Dir`; containers/image `pkg/docker/config`, `getPathToAuthWithOS` and
 * `getAuthFilePaths`. An empty variable counts as unset, as it does there.
 */
export function engineFiles(environment: EngineEnvironment): EngineFiles {
  const { platform, env, uid } = environment;
  const { join } = platform === 'win32' ? win32 : posix;
  const home = nonEmpty(platform === 'win32' ? env.USERPROFILE : env.HOME);
  const inHome = (...parts: string[]) => (home === undefined ? undefined : join(home, ...parts));

  const dockerDir = nonEmpty(env.DOCKER_CONFIG);
  const dockerConfig =
    dockerDir === undefined ? inHome('.docker', 'config.json') : join(dockerDir, 'config.json');

  const podmanHome = inHome('.config', 'containers', 'auth.json');
  const hasRuntimeDir = platform !== 'win32' && platform !== 'darwin';
  const configDir = nonEmpty(env.XDG_CONFIG_HOME);
  // Outside Linux podman's primary file is in HOME whatever XDG_CONFIG_HOME says, and it is persistent.
  const podmanPersistent =
    hasRuntimeDir && configDir !== undefined ? join(configDir, 'containers', 'auth.json') : podmanHome;

  const chosen = nonEmpty(env.REGISTRY_AUTH_FILE);
  return {
    dockerConfig,
    podmanPrimary: chosen ?? (hasRuntimeDir ? runtimeAuthFile(env, uid) : podmanHome),
    podmanPrimaryIsChosen: chosen !== undefined,
    podmanPersistent,
    dockercfg: inHome('.dockercfg'),
  };
}

function runtimeAuthFile(env: EngineEnvironment['env'], uid: number | undefined): string | undefined {
  const runtimeDir = nonEmpty(env.XDG_RUNTIME_DIR);
  if (runtimeDir !== undefined) return posix.join(runtimeDir, 'containers', 'auth.json');
  return uid === undefined ? undefined : `/run/containers/${uid}/auth.json`;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
