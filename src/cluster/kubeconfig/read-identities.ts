import { resolve } from 'node:path';
import { type EnvironmentSettings, environmentSettings } from '../../hosts/environment-settings.ts';
import {
  givenToken,
  type Identities,
  type Identity,
  type Route,
  type TokenSource,
} from '../../hosts/identity.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import type { Reason } from '../../hosts/reason.ts';
import { normaliseServerUrl } from '../../registry/server-url.ts';
import { type Connection, connect } from '../connection.ts';
import { tokenSource } from '../token-source.ts';
import { type Entry, mergeKubeconfigs, type ReadFile } from './merge-kubeconfigs.ts';
import { textField } from './parse-kubeconfig.ts';
import { nameRoutes } from './routes.ts';

/** Where identities are read from. */
interface IdentitySources {
  readonly readRegularFile: ReadFile;
  /** Whether a file is there at all; stops at nothing. */
  exists(path: string): boolean;
  readonly kubeconfigPaths: readonly string[];
  readonly env: Record<string, string | undefined>;
  /** Where a pod's service account lies; left out: where the kubelet puts it. */
  readonly podDirectory?: string;
}

export interface IdentitiesReading {
  readonly identities: Identities;
  /**
   * How to reach a cluster by a route of these identities; of an identity of a context with its own client certificate.
   * Its CA is read when it is first asked for.
   */
  connectionOf(route: Route & Partial<Pick<Identity, 'context'>>): Promise<Connection>;
}

/** An identity whose route has no name yet, and the entries that say how to reach its cluster. */
interface Draft {
  readonly identity: Omit<Identity, 'route'>;
  readonly cluster: Entry;
  readonly user: Entry | undefined;
}

/**
 * All identities at hand: the environment's, the kubeconfig's, the pod's. What can't be read is left out and named.
 */
export async function readIdentities(sources: IdentitySources): Promise<IdentitiesReading> {
  const merged = await mergeKubeconfigs(sources.kubeconfigPaths, sources.readRegularFile);
  const { clusters, users, contexts } = merged;
  const environment = environmentSettings(sources.env);
  const currentName = environment.context ?? merged.currentContext;
  const problems = [...environment.problems, ...merged.problems];
  const drafts: Draft[] = [];
  const given = environmentIdentity(environment);
  if (given !== undefined) drafts.push(given);
  const used = new Set<Entry>();
  for (const [name, { fields }] of contexts) {
    const cluster = clusters.get(textField(fields, 'cluster') ?? '');
    const server = normaliseServerUrl(textField(cluster?.fields, 'server') ?? '');
    if (cluster === undefined || server === null) {
      if (name === currentName)
        problems.push(`the context ${nameInSentence(name)} names no cluster that is there`);
      continue;
    }
    used.add(cluster);
    const user = textField(fields, 'user') ?? '';
    const identity = {
      server,
      user,
      context: name,
      namespace: textField(fields, 'namespace'),
      insecure: cluster.fields['insecure-skip-tls-verify'] === true,
      inCluster: false,
      source: tokenSource(user, users.get(user), server, name),
    };
    drafts.push({ identity, cluster, user: users.get(user) });
  }
  if (currentName !== undefined && !contexts.has(currentName)) {
    problems.push(
      environment.context === undefined
        ? `the current context, ${nameInSentence(currentName)}, is not there`
        : // Not repeated: it may be a token that was put into the wrong variable.
          'your kubeconfig has no context of the name that DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT gives',
    );
  }
  const absence = contexts.size === 0 && given === undefined ? whyNoLogin(sources) : undefined;
  const remedy = absence?.fix ?? (merged.problems.length === 0 ? undefined : CORRECT);
  const pod = inClusterIdentity(sources.env, sources.exists, sources.podDirectory);
  if (pod !== undefined) {
    const cluster = { fields: { 'certificate-authority': pod.caFile }, directory: '/' };
    drafts.push({ identity: pod.identity, cluster, user: undefined });
  }
  const unused = [...clusters].flatMap(([name, cluster]) => {
    const server = normaliseServerUrl(textField(cluster.fields, 'server') ?? '');
    // One that no context uses yet has its CA and its proxy, too; that it need not be verified counts for nobody.
    return used.has(cluster) || server === null ? [] : [{ name, server, insecure: false, cluster }];
  });
  const ways = [...drafts.map(({ identity, cluster }) => ({ ...identity, cluster })), ...unused];
  const routes = await nameRoutes(ways, sources.readRegularFile);
  const entries = new Map(ways.map((way, at) => [`${way.server} ${routes[at]}`, way]));
  const all = drafts.map(({ identity }, at) => ({ ...identity, route: routes[at] ?? '' }));
  const ofContext = (name: string | undefined) =>
    name === undefined ? undefined : all.find(({ context }) => context === name);
  const currentContext = ofContext(currentName);
  // As kubectl does: a pod's account is current where no kubeconfig is.
  const ofPod = contexts.size === 0 ? all.find(({ inCluster }) => inCluster) : undefined;
  const current = (given === undefined ? currentContext : all[0]) ?? ofPod;
  const unusedClusters = unused.map(({ cluster: _, ...way }, at) => ({
    ...way,
    route: routes[drafts.length + at] ?? '',
  }));
  return {
    identities: {
      all,
      current,
      ...(currentContext === undefined || currentContext === current ? {} : { currentContext }),
      ...(unused.length === 0 ? {} : { unusedClusters }),
      problems,
      ...(absence === undefined ? {} : { absence }),
      ...(remedy === undefined ? {} : { remedy }),
    },
    connectionOf: (wanted) => {
      const { server, route, context } = wanted;
      const way = entries.get(`${server} ${route}`);
      const insecure = way?.insecure ?? false;
      const user = drafts.find(({ identity }) => context !== undefined && identity.context === context)?.user;
      return connect({ server, insecure }, way?.cluster, user, sources.readRegularFile);
    },
  };
}

/** `login` writes to no kubeconfig while one of them is broken: which one is said with what is missing. */
const CORRECT = {
  do: "Correct that file, or take it out of KUBECONFIG: no login is kept while it can't be read.",
};

/** Why no kubeconfig was found where a person has one. */
function whyNoLogin({ env, kubeconfigPaths: paths }: IdentitySources): Reason | undefined {
  const quoted = paths.find((path) => /^~[\\/]/.test(path));
  if (quoted !== undefined) {
    return {
      code: 'kubeconfig-quoted',
      why: `KUBECONFIG names ${quoted}, in which no shell has replaced the ~, since it was quoted`,
      fix: { do: 'Write $HOME in place of the ~ in KUBECONFIG.' },
    };
  }
  const { SUDO_USER: caller = '', HOME: home = '', KUBECONFIG: chosen = '' } = env;
  if (caller === '' || chosen !== '' || !/^\/(?:var\/)?root$/.test(home)) return undefined;
  return {
    code: 'root-by-sudo',
    why: `sudo has root's kubeconfig read, ${paths.join(', ')}, and not the one of ${nameInSentence(caller)}`,
    fix: {
      do: 'Run the engine without sudo, or give it your kubeconfig: sudo KUBECONFIG="$HOME/.kube/config" …',
    },
  };
}

/** The identity that the environment alone gives: on machines without a kubeconfig. */
function environmentIdentity({ identity: given }: EnvironmentSettings): Draft | undefined {
  const server = normaliseServerUrl(given?.server ?? '');
  if (given === undefined || server === null) return undefined;
  const { token, tokenFile, caFile } = given;
  const source: TokenSource =
    tokenFile === undefined
      ? { kind: 'token', token: givenToken(token ?? '') }
      : { kind: 'token-file', path: resolve(tokenFile) };
  return {
    identity: {
      server,
      user: 'the environment',
      context: undefined,
      namespace: undefined,
      insecure: false,
      inCluster: false,
      source,
    },
    cluster: {
      fields: caFile === undefined ? {} : { 'certificate-authority': resolve(caFile) },
      directory: '/',
    },
    user: undefined,
  };
}

/** Where the kubelet projects a pod's service account (kubernetes, pkg/serviceaccount admission). */
const POD_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The identity of the pod that this process runs in.
 * @param exists whether a file is there
 * @param directory an absolute path
 * @returns undefined outside of a pod; also on Windows, where any user can make such a path
 */
export function inClusterIdentity(
  env: Record<string, string | undefined>,
  exists: (path: string) => boolean,
  directory = POD_DIRECTORY,
): { identity: Omit<Identity, 'route'>; caFile: string } | undefined {
  if (process.platform === 'win32') return undefined;
  const host = env.KUBERNETES_SERVICE_HOST;
  const path = `${directory}/token`;
  if (host === undefined || host === '' || !exists(path)) return undefined;
  const name = host.includes(':') ? `[${host}]` : host;
  const server = normaliseServerUrl(`https://${name}:${env.KUBERNETES_SERVICE_PORT || '443'}`);
  if (server === null) return undefined;
  return {
    caFile: `${directory}/ca.crt`,
    identity: {
      server,
      user: "the pod's service account",
      context: undefined,
      namespace: undefined,
      insecure: false,
      inCluster: true,
      source: { kind: 'token-file', path },
    },
  };
}
