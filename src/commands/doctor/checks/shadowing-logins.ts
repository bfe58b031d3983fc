import type { AuthFile, EngineState, StoredLogin, Winner } from '../../../engines/engine-state.ts';
import type { Engine } from '../../../engines/engines.ts';
import { shownName } from '../../../hosts/quoting.ts';
import { hostInKey } from '../../../registry/host-in-key.ts';
import type { CheckContext } from '../check.ts';
import type { Finding, Fix } from '../finding.ts';

export interface ShadowingLoginsPorts {
  engineState(): Promise<EngineState>;
  isInstalled(engine: Engine): Promise<boolean>;
  /** Whose credentials an engine sends for an image; a repository of undefined: any of the registry. */
  winnerOf(engine: Engine, registry: string, repository: string | undefined): Promise<Winner>;
  /** Says of a stored login's token when it ended or is going to; empty if that is not known. */
  endInWords(login: StoredLogin): string;
  fixOf(path: string): Fix;
}

/**
 * Logins in the engines' files for hosts that the helper answers for: they hide it, or will be found when it has none; and
 * for those that the config keeps anonymous, which they are not where one is sent.
 */
export async function shadowingLogins(
  ports: ShadowingLoginsPorts,
  { engines, ours, anonymous }: Pick<CheckContext, 'engines' | 'ours' | 'anonymous'>,
): Promise<readonly Finding[]> {
  const { files } = await ports.engineState();
  const hosts = [...ours, ...anonymous];
  const found: Finding[] = [];
  for (const file of files) {
    for (const login of file.logins) {
      const { host } = login;
      if (login.secret === undefined || host === undefined || !hosts.includes(host)) continue;
      const readers = file.readBy.filter((engine) => engines.includes(engine));
      if (readers.length === 0) continue;
      const isAnonymous = anonymous.includes(host);
      found.push(await describe({ login, host, isAnonymous }, file, readers, ports));
    }
  }
  if (found.length > 0 || hosts.length === 0) return found;
  return [{ status: 'ok', saw: 'No stored login hides the helper' }];
}

interface Shadow {
  readonly login: StoredLogin;
  readonly host: string;
  /** The config keeps the host anonymous. */
  readonly isAnonymous: boolean;
}

async function describe(
  { login, host, isAnonymous }: Shadow,
  file: AuthFile,
  readers: readonly Engine[],
  ports: ShadowingLoginsPorts,
): Promise<Finding> {
  const sent = await Promise.all(readers.map((engine) => howSent(engine, login, file, ports)));
  const by = (how: Sent) => readers.filter((_, index) => sent[index] === how);
  const [now, behind] = [by('now'), by('behind the helper')];
  const end = ports.endInWords(login);
  const saw = `${file.path} holds a login for ${shownName(login.key)}${end === '' ? '' : `, ${end}`}`;
  const mend = `docker-credential-openshift doctor ${host} --fix`;
  const fix = ports.fixOf(file.path);
  if (now.length > 0) {
    const then = login.secret?.dead === true ? 'Now' : 'Once its token ends';
    const what = login.form === 'namespace' ? login.key : host;
    const others = behind.length === 0 ? '' : `, and ${named(behind)} it as soon as the helper has no answer`;
    const wanted = isAnonymous ? `, although your config keeps ${host} anonymous` : asked(now);
    const why = `${named(now)} it${wanted}${others}. ${then}, every pull from ${what} fails with 401, of public images, too`;
    return { status: 'problem', host, saw, why, mend, fix };
  }
  return { status: 'warning', host, saw, why: whenSent(behind, file), mend, fix };
}

function whenSent(behind: readonly Engine[], { current }: AuthFile): string {
  if (!current)
    return 'It is read where an engine is started with other variables: by sudo, cron, or from a desktop';
  const fails = 'then pulls fail with 401 once its token has ended, of public images, too';
  return behind.length > 0
    ? `${named(behind)} it as soon as the helper has no answer; ${fails}`
    : `Nothing sends it as things are; it counts once what engines find before it is gone, and ${fails}`;
}

/** podman's lookup is that of its whole family. */
function named(senders: readonly Engine[]): string {
  if (!senders.includes('podman')) return 'docker sends';
  return `${senders.includes('docker') ? 'docker, podman' : 'podman'}, buildah and skopeo send`;
}

function asked(senders: readonly Engine[]): string {
  return ` and never ask${senders.includes('podman') ? '' : 's'} the helper`;
}

type Sent = 'now' | 'behind the helper' | 'not';

async function howSent(
  engine: Engine,
  { key, form }: StoredLogin,
  { path }: AuthFile,
  { winnerOf }: ShadowingLoginsPorts,
): Promise<Sent> {
  const registry = hostInKey(key);
  const repository = form === 'namespace' ? key.slice(registry.length + 1) : '';
  const winner = await winnerOf(engine, registry, repository === '' ? undefined : repository);
  const isIt = (one: Winner) => one.kind === 'login' && one.where === path && one.key === key;
  if (isIt(winner)) return 'now';
  return winner.kind === 'helper' && isIt(winner.otherwise) ? 'behind the helper' : 'not';
}
