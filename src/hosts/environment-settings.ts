import type { RegistrySettings } from '../registry/bind-host.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { parseServiceAccount } from './identity.ts';
import { holdsSecret } from './reason.ts';

const PREFIX = 'DOCKER_CREDENTIAL_OPENSHIFT_';

/** What the environment alone says, for machines without any file. */
export interface EnvironmentSettings {
  /** Of the hosts in `_REGISTRIES`, normalised. */
  readonly registries: ReadonlyMap<string, RegistrySettings>;
  /** An identity that the environment gives; undefined without `_SERVER` and a token. */
  readonly identity:
    | {
        readonly server: string;
        readonly token: string | undefined;
        readonly tokenFile: string | undefined;
        readonly caFile: string | undefined;
      }
    | undefined;
  /** The context to take for the current one. */
  readonly context: string | undefined;
  /** Where typed secrets are to be kept, as it was written. */
  readonly secrets: string | undefined;
  /** Sentences that name a variable and what is wrong with it. */
  readonly problems: readonly string[];
}

/**
 * Reads `DOCKER_CREDENTIAL_OPENSHIFT_SERVER`, `_TOKEN`, `_TOKEN_FILE`, `_CA_FILE`, `_CONTEXT`, `_SERVICE_ACCOUNT`,
 * `_REGISTRIES` and `_SECRETS`. An empty variable counts as unset.
 */
export function environmentSettings(env: Record<string, string | undefined>): EnvironmentSettings {
  const read = (name: string): string | undefined => env[PREFIX + name]?.trim() || undefined;
  const problems: string[] = [];
  const server = read('SERVER');
  const token = read('TOKEN');
  const tokenFile = read('TOKEN_FILE');
  const context = read('CONTEXT');
  const serviceAccount = read('SERVICE_ACCOUNT');
  const isGiven = token !== undefined || tokenFile !== undefined;
  if (isGiven && server === undefined) {
    const given = token === undefined ? 'TOKEN_FILE' : 'TOKEN';
    problems.push(`${PREFIX}${given} needs ${PREFIX}SERVER, the API server that it belongs to`);
  }
  if (server !== undefined && !/^https:\/\/[^\s?#@]+$/.test(server)) {
    problems.push(`${PREFIX}SERVER is not an https:// URL`);
  }
  if (serviceAccount !== undefined && parseServiceAccount(serviceAccount) === undefined) {
    problems.push(`${PREFIX}SERVICE_ACCOUNT is not of the form NAMESPACE/NAME`);
  }
  const registries = new Map<string, RegistrySettings>();
  const settings: RegistrySettings = { server, context, serviceAccount, current: true };
  const names = (read('REGISTRIES') ?? '').split(/[\s,]+/).filter((text) => text !== '');
  for (const [index, name] of names.entries()) {
    const host = normaliseRegistryHost(name);
    // Not repeated: whoever mixes up variables writes a password or a token here.
    if (host === null || holdsSecret(name))
      problems.push(`${PREFIX}REGISTRIES: entry ${index + 1} is not a registry host`);
    else registries.set(host, settings);
  }
  const isSound = problems.length === 0;
  return {
    registries,
    identity:
      isSound && server !== undefined && isGiven
        ? { server, token, tokenFile, caFile: read('CA_FILE') }
        : undefined,
    context,
    secrets: read('SECRETS'),
    problems,
  };
}

/**
 * @returns whether the kubeconfig was made for the CI job that this process runs in, rather than found on its runner: the job
 * names it, and the forge says that there is a job (`CI=true`: GitHub, GitLab, Jenkins, Prow and others)
 */
export function isJobsKubeconfig({ KUBECONFIG, CI }: Record<string, string | undefined>): boolean {
  return Boolean(KUBECONFIG) && (CI === 'true' || CI === '1');
}
