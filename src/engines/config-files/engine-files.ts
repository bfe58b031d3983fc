import { posix, win32 } from 'node:path';
import type { Engine, EngineFile } from '../engine-state.ts';

/** What the engines' file paths depend on. `uid` is the effective user id; Windows has none. */
export interface EngineEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
}

/**
 * Every file that docker or podman may read here: first those of this very environment in podman's reading order
 * (docker reads its own config alone), then those that they read with other variables. No path comes
 * twice. Paths are absolute unless a variable is relative; without a HOME there are none in it.
 * Source: docker/cli `config.Dir`; containers/image `pkg/docker/config`, `getPathToAuthWithOS` and
 * `getAuthFilePaths`. An empty variable counts as unset, as it does there.
 */
export function engineFiles(environment: EngineEnvironment): readonly EngineFile[] {
  const { platform, env } = environment;
  const { join } = platform === 'win32' ? win32 : posix;
  const home = nonEmpty(platform === 'win32' ? env.USERPROFILE : env.HOME);
  const below = (directory: string | undefined, ...parts: string[]) =>
    directory === undefined ? undefined : join(directory, ...parts);

  const dockerDirectory = nonEmpty(env.DOCKER_CONFIG);
  const dockerDefault = below(home, '.docker', 'config.json');
  const persistentDefault = below(home, '.config', 'containers', 'auth.json');
  const persistentMoved = below(nonEmpty(env.XDG_CONFIG_HOME), 'containers', 'auth.json');
  const chosen = nonEmpty(env.REGISTRY_AUTH_FILE);
  // Outside Linux podman's primary file is in HOME whatever XDG_CONFIG_HOME says, and it is persistent.
  const hasRuntime = platform !== 'win32' && platform !== 'darwin';
  const [runtimeNow, ...runtimeOtherwise] = hasRuntime ? runtimeFiles(environment) : [];

  const files = new Map<string, EngineFile>();
  const add = (path: string | undefined, kind: Kind) => {
    if (path === undefined) return;
    const earlier = files.get(path);
    const file = { path, ...kind, readNowBy: kind.current ? kind.readBy : [] };
    files.set(path, earlier === undefined ? file : both(earlier, file));
  };
  const isChosen = chosen !== undefined;
  add(chosen, { ...primary, chosen: true, volatile: false, getsHelper: 'if-there' });
  if (hasRuntime) add(runtimeNow, { ...primary, current: !isChosen });
  else add(persistentDefault, { ...persistent, current: !isChosen });
  add(
    persistentMoved ?? persistentDefault,
    hasRuntime ? persistent : { ...persistent, getsHelper: 'if-there' },
  );
  add(below(dockerDirectory, 'config.json') ?? dockerDefault, dockerConfig);
  add(below(home, '.dockercfg'), dockercfg);
  for (const path of runtimeOtherwise) add(path, { ...primary, current: false });
  add(persistentDefault, { ...persistent, current: false, getsHelper: 'if-there' });
  add(dockerDefault, { ...dockerConfig, current: false, getsHelper: 'if-there' });
  return [...files.values()];
}

type Kind = Omit<EngineFile, 'path' | 'readNowBy'>;

const podmans = { readBy: ['podman'], legacy: false, current: true, chosen: false } as const;
const primary: Kind = { ...podmans, volatile: true, getsHelper: 'never' };
const persistent: Kind = { ...podmans, volatile: false, getsHelper: 'always' };
const dockerConfig: Kind = { ...persistent, readBy: ['docker', 'podman'] };
const dockercfg: Kind = { ...podmans, legacy: true, volatile: false, getsHelper: 'never' };

/** A file that two variables lead to, such as REGISTRY_AUTH_FILE=~/.docker/config.json, is what both make of it. */
function both(earlier: EngineFile, other: EngineFile): EngineFile {
  const isHelped = earlier.getsHelper === 'always' || (other.current && other.getsHelper === 'always');
  return {
    ...earlier,
    readBy: either(earlier.readBy, other.readBy),
    readNowBy: either(earlier.readNowBy, other.readNowBy),
    getsHelper: isHelped ? 'always' : earlier.getsHelper,
  };
}

function either(some: readonly Engine[], others: readonly Engine[]): readonly Engine[] {
  return (['docker', 'podman'] as const).filter((engine) => some.includes(engine) || others.includes(engine));
}

/** podman's files of the session, this environment's first: sudo, cron and many CI runners have no XDG_RUNTIME_DIR. */
function runtimeFiles({ env, uid }: EngineEnvironment): (string | undefined)[] {
  const directory = nonEmpty(env.XDG_RUNTIME_DIR);
  const ofUser = uid === undefined ? undefined : `/run/containers/${uid}/auth.json`;
  if (directory !== undefined) return [posix.join(directory, 'containers', 'auth.json'), ofUser];
  return [ofUser, uid === undefined ? undefined : `/run/user/${uid}/containers/auth.json`];
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
