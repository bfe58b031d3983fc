import { posix } from 'node:path';
import type { EngineEnvironment } from '../config-files/engine-files.ts';
import type { Engine } from '../engine-state.ts';

/** Where an engine looks for the authorities of one registry. */
export interface CertificateDirectory {
  readonly path: string;
  /** In the user's home: else it takes root to write there. */
  readonly isOwn: boolean;
}

/**
 * The directories whose `*.crt` an engine adds to the system's roots for a host; the first one that is there counts, and
 * no other (containers/image, `dockerCertDir`; moby, `registry.CertsDir`; Docker Desktop: its manual).
 * @returns in the engine's order; empty where the engine runs in a machine of its own and they can't be known
 */
export function certificateDirectories(
  engine: Engine,
  host: string,
  { env, platform }: Pick<EngineEnvironment, 'env' | 'platform'>,
): readonly CertificateDirectory[] {
  const own = (name: string): CertificateDirectory[] =>
    env.HOME === undefined || env.HOME === ''
      ? []
      : [{ path: posix.join(env.HOME, name, host), isOwn: true }];
  const systems = (name: string): CertificateDirectory => ({ path: posix.join(name, host), isOwn: false });
  if (platform === 'win32') return [];
  if (engine === 'podman') {
    // On macOS it is a virtual machine's.
    if (platform === 'darwin') return [];
    return [
      ...own('.config/containers/certs.d'),
      systems('/etc/containers/certs.d'),
      systems('/etc/docker/certs.d'),
    ];
  }
  if (platform === 'darwin') return own('.docker/certs.d');
  return isRootlessDocker(env) ? own('.config/docker/certs.d') : [systems('/etc/docker/certs.d')];
}

/**
 * A client's certificate is NAME.cert, and its key NAME.key: engines fail where one of them is missing
 * (containers/image, `tlsclientconfig.SetupCertificates`; moby, `registry.ReadCertsDirectory`).
 * @param names what lies in such a directory
 * @returns each that is there alone, and the name of what it lacks
 */
export function halfCertificates(names: readonly string[]): { name: string; lacks: string }[] {
  return names.flatMap((name) => {
    const [, stem, end] = /^(.*)\.(cert|key)$/s.exec(name) ?? [];
    const lacks = `${stem}.${end === 'cert' ? 'key' : 'cert'}`;
    return stem === undefined || names.includes(lacks) ? [] : [{ name, lacks }];
  });
}

/** Where docker's daemon is configured. */
export function dockerDaemonConfig({
  env,
  platform,
}: Pick<EngineEnvironment, 'env' | 'platform'>): string | undefined {
  if (platform === 'win32') return undefined;
  if (platform === 'darwin') return env.HOME ? posix.join(env.HOME, '.docker/daemon.json') : undefined;
  return isRootlessDocker(env) && env.HOME
    ? posix.join(env.HOME, '.config/docker/daemon.json')
    : '/etc/docker/daemon.json';
}

/** A rootless daemon listens in the user's runtime directory. */
function isRootlessDocker(env: EngineEnvironment['env']): boolean {
  return /^unix:\/\/\/run\/user\//.test(env.DOCKER_HOST ?? '');
}
