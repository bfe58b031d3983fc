/** Where the process stands: everything that decides which directories are its own. */
export interface Place {
  readonly platform: NodeJS.Platform;
  readonly env: Record<string, string | undefined>;
  /** The effective user id; undefined on Windows. */
  readonly uid: number | undefined;
}

const NAME = 'docker-credential-openshift';

/**
 * The directory for what can be made anew: cached answers.
 * @returns an absolute path, or null where there is no private place: then nothing is cached
 */
export function cacheDirectory(place: Place): string | null {
  const { platform, env } = place;
  if (platform === 'win32') return under(env.LOCALAPPDATA, NAME, 'cache');
  if (platform === 'darwin') return under(env.HOME, 'Library/Caches', NAME) ?? homeless(place);
  return under(env.XDG_CACHE_HOME, NAME) ?? under(env.HOME, '.cache', NAME) ?? homeless(place);
}

/**
 * The directory for what must last: who is signed out.
 * @returns an absolute path, or null where there is no private place
 */
export function stateDirectory(place: Place): string | null {
  const { platform, env } = place;
  if (platform === 'win32') return under(env.LOCALAPPDATA, NAME, 'state');
  if (platform === 'darwin') return under(env.HOME, 'Library/Application Support', NAME) ?? homeless(place);
  return under(env.XDG_STATE_HOME, NAME) ?? under(env.HOME, '.local/state', NAME) ?? homeless(place);
}

/** @returns whether the directory for what must last outlasts a restart of the machine: without a HOME it does not */
export function stateLasts({ platform, env }: Place): boolean {
  if (platform === 'win32') return true;
  const isIn = (base: string | undefined) => base?.startsWith('/') === true;
  return isIn(env.HOME) || (platform !== 'darwin' && isIn(env.XDG_STATE_HOME));
}

/**
 * Our config file. `DOCKER_CREDENTIAL_OPENSHIFT_CONFIG` overrides it.
 * @returns an absolute path (the override as it was given), or null without a home
 */
export function configFile(place: Place): string | null {
  const { platform, env } = place;
  const given = env.DOCKER_CREDENTIAL_OPENSHIFT_CONFIG;
  if (given !== undefined && given !== '') return given;
  if (platform === 'win32') return under(env.APPDATA, NAME, 'config.yaml');
  if (platform === 'darwin') return under(env.HOME, 'Library/Application Support', NAME, 'config.yaml');
  return under(env.XDG_CONFIG_HOME, NAME, 'config.yaml') ?? under(env.HOME, '.config', NAME, 'config.yaml');
}

/** Without a HOME: the session's own directory, else one in TMPDIR that carries the user's id. */
function homeless({ env, uid }: Place): string | null {
  const session = under(env.XDG_RUNTIME_DIR, NAME);
  if (session !== null) return session;
  return uid === undefined ? null : under(env.TMPDIR || '/tmp', `${NAME}-${uid}`);
}

/** Joins only onto an absolute base: a relative one would mean another place in every directory. */
function under(base: string | undefined, ...parts: string[]): string | null {
  if (base === undefined) return null;
  const rooted = base.startsWith('/');
  // No regular expression where every `get` comes by: to compile one takes longer than the rest of this.
  if (!rooted && !/^[A-Za-z]:[\\/]/.test(base)) return null;
  const separator = rooted ? '/' : '\\';
  let end = base.length;
  while (base.charAt(end - 1) === '/' || base.charAt(end - 1) === '\\') end -= 1;
  return base.slice(0, end) + separator + parts.join(separator);
}
