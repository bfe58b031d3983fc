import { resolve } from 'node:path';
import { type EnvironmentSettings, environmentSettings } from '../../hosts/environment-settings.ts';
import type { Identities, Identity, TokenSource } from '../../hosts/identity.ts';
import { normaliseServerUrl } from '../../registry/server-url.ts';
import { connect } from '../connect.ts';
import type { Connection } from '../connection.ts';
import { inClusterIdentity } from '../in-cluster.ts';
import { tokenSource } from '../token-source.ts';
import { type Entry, mergeKubeconfigs, type ReadFile } from './merge-kubeconfigs.ts';
import { type Fields, textField } from './parse-kubeconfig.ts';

export interface ReadIdentitiesPorts {
  readonly readRegularFile: ReadFile;
  /** Whether a file is there at all; stops at nothing. */
  exists(path: string): boolean;
  readonly kubeconfigPaths: readonly string[];
  readonly env: Record<string, string | undefined>;
}

export interface IdentitiesReading {
  readonly identities: Identities;
  /** How to reach an identity's cluster; reads its CA when it is first asked for. */
  connectionOf(
    identity: Pick<Identity, 'server' | 'context' | 'inCluster' | 'insecure'>,
  ): Promise<Connection>;
}

/** An identity, and the entries that say how to reach its cluster. */
interface Known {
  readonly identity: Identity;
  readonly cluster: Entry;
  readonly user: Entry | undefined;
}

/**
 * All identities at hand: the environment's, the kubeconfig's, the pod's. What can't be read is left out and named.
 */
export async function readIdentities(ports: ReadIdentitiesPorts): Promise<IdentitiesReading> {
  const merged = await mergeKubeconfigs(ports.kubeconfigPaths, ports.readRegularFile);
  const { clusters, users, contexts } = merged;
  const environment = environmentSettings(ports.env);
  const currentName = environment.context ?? merged.currentContext;
  const problems = [...environment.problems, ...merged.problems];
  const known: Known[] = [];
  const given = environmentIdentity(environment);
  if (given !== undefined) known.push(given);
  let current = given?.identity;
  let currentContext: Identity | undefined;
  for (const [name, { fields }] of contexts) {
    const cluster = clusters.get(textField(fields, 'cluster') ?? '');
    const server = normaliseServerUrl(textField(cluster?.fields, 'server') ?? '');
    if (cluster === undefined || server === null) {
      if (name === currentName) problems.push(`the context ${name} names no cluster that is there`);
      continue;
    }
    const user = textField(fields, 'user') ?? '';
    const identity: Identity = {
      server,
      user,
      context: name,
      namespace: textField(fields, 'namespace'),
      insecure: cluster.fields['insecure-skip-tls-verify'] === true,
      inCluster: false,
      source: tokenSource(user, users.get(user), server, name),
    };
    known.push({ identity, cluster, user: users.get(user) });
    if (name === currentName) {
      currentContext = identity;
      current ??= identity;
    }
  }
  if (currentName !== undefined && !contexts.has(currentName)) {
    problems.push(
      environment.context === undefined
        ? `the current context, ${currentName}, is not there`
        : // Not repeated: it may be a token that was put into the wrong variable.
          'your kubeconfig has no context of the name that DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT gives',
    );
  }
  const pod = inClusterIdentity(ports.env, ports.exists);
  if (pod !== undefined) {
    const cluster = { fields: { 'certificate-authority': pod.caFile }, directory: '/' };
    known.push({ identity: pod.identity, cluster, user: undefined });
    // As kubectl does: a pod's account is current where no kubeconfig is.
    if (contexts.size === 0) current ??= pod.identity;
  }
  return {
    identities: {
      all: known.map(({ identity }) => identity),
      current,
      ...(currentContext === undefined || currentContext === current ? {} : { currentContext }),
      problems,
    },
    connectionOf: (wanted) => {
      const onServer = known.filter(({ identity }) => identity.server === wanted.server);
      const isSame = ({ identity }: Known) =>
        identity.context === wanted.context && identity.inCluster === wanted.inCluster;
      const found = onServer.find(isSame) ?? onServer[0];
      const insecure = found?.identity.insecure ?? false;
      // One that no context uses yet has its CA and its proxy, too; that it need not be verified counts for nobody.
      const cluster =
        found?.cluster ?? [...clusters.values()].find(({ fields }) => isOn(fields, wanted.server));
      return connect({ server: wanted.server, insecure }, cluster, found?.user, ports.readRegularFile);
    },
  };
}

function isOn(fields: Fields, server: string): boolean {
  return normaliseServerUrl(textField(fields, 'server') ?? '') === server;
}

/** The identity that the environment alone gives: on machines without a kubeconfig. */
function environmentIdentity({ identity: given }: EnvironmentSettings): Known | undefined {
  const server = normaliseServerUrl(given?.server ?? '');
  if (given === undefined || server === null) return undefined;
  const { token, tokenFile, caFile } = given;
  const source: TokenSource =
    tokenFile === undefined
      ? { kind: 'token', token: token ?? '' }
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
