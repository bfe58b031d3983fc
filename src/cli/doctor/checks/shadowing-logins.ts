import { shownName } from '../../../credential/quoting.ts';
import type { CheckContext, Engine } from '../check.ts';
import type { AuthFile, EngineState, StoredLogin } from '../engine-state.ts';
import type { Finding, Fix } from '../finding.ts';
import type { Winner } from '../lookup.ts';

export interface ShadowingLoginsPorts {
  engineState(): Promise<EngineState>;
  isInstalled(engine: Engine): Promise<boolean>;
  /** Whose credentials an engine sends for an image; a repository of undefined: any of the registry. */
  winnerOf(engine: Engine, registry: string, repository: string | undefined): Promise<Winner>;
  /** Says of a stored login's token when it ended or is going to; empty if that is not known. */
  endInWords(login: StoredLogin): string;
  fixOf(path: string): Fix;
}

/** Logins in the engines' files for hosts that the helper answers for: they hide it, or will be found when it has none. */
export async function shadowingLogins(
  ports: ShadowingLoginsPorts,
  { engines, ours }: Pick<CheckContext, 'engines' | 'ours'>,
): Promise<readonly Finding[]> {
  const { files } = await ports.engineState();
  const found: Finding[] = [];
  for (const file of files) {
    for (const login of file.logins) {
      const { host } = login;
      if (login.secret === undefined || host === undefined || !ours.includes(host)) continue;
      const readers = file.readBy.filter((engine) => engines.includes(engine));
      if (readers.length > 0) found.push(await describe(login, host, file, readers, ports));
    }
  }
  if (found.length > 0 || ours.length === 0) return found;
  return [{ status: 'ok', saw: 'No stored login hides the helper' }];
}

async function describe(
  login: StoredLogin,
  host: string,
  file: AuthFile,
  readers: readonly Engine[],
  ports: ShadowingLoginsPorts,
): Promise<Finding> {
  const senders: Engine[] = [];
  for (const engine of readers) if (await isSent(engine, login, file, ports)) senders.push(engine);
  const end = ports.endInWords(login);
  const saw = `${file.path} holds a login for ${shownName(login.key)}${end === '' ? '' : `, ${end}`}`;
  const mend = `docker-credential-openshift doctor ${host} --fix`;
  const fix = ports.fixOf(file.path);
  if (senders.length > 0) {
    const then = login.secret?.dead === true ? 'Now' : 'Once its token ends';
    const what = login.form === 'namespace' ? login.key : host;
    const why = `${sendIt(senders)}. ${then}, every pull from ${what} fails with 401, of public images, too`;
    return { status: 'problem', host, saw, why, mend, fix };
  }
  const why = file.current
    ? 'It counts as soon as the helper has no answer, or is not found; then pulls fail with 401, of public images, too'
    : 'It is read where an engine is started with other variables: by sudo, cron, or from a desktop';
  return { status: 'warning', host, saw, why, mend, fix };
}

/** podman's lookup is that of its whole family. */
function sendIt(senders: readonly Engine[]): string {
  if (!senders.includes('podman')) return 'docker sends it and never asks the helper';
  const names = senders.includes('docker') ? 'docker, podman' : 'podman';
  return `${names}, buildah and skopeo send it and never ask the helper`;
}

async function isSent(
  engine: Engine,
  { key }: StoredLogin,
  { path }: AuthFile,
  { winnerOf }: ShadowingLoginsPorts,
): Promise<boolean> {
  const [registry = '', ...rest] = key.replace(/^https?:\/\//, '').split('/');
  const isUrl = registry !== key.split('/', 1)[0];
  const repository = isUrl || rest.length === 0 ? undefined : rest.join('/');
  const winner = await winnerOf(engine, registry, repository);
  return winner.kind === 'login' && winner.where === path && winner.key === key;
}
