import { dirname, resolve } from 'node:path';
import { AppError } from '../credential/app-error.ts';
import type { Identities, Identity, TokenSource } from '../credential/identity.ts';
import { loginCommand } from '../credential/login-command.ts';
import { normaliseServerUrl } from '../registry/server-url.ts';
import type { Connection } from './connection.ts';
import { inClusterIdentity } from './in-cluster.ts';
import { type Fields, type KubeconfigFile, parseKubeconfig, textField } from './parse-kubeconfig.ts';

/** A thousand contexts with their CAs are 5 MB. */
const LARGEST_KUBECONFIG = 64 * 1024 * 1024;
const LARGEST_CA = 1024 * 1024;

export interface ReadIdentitiesPorts {
  /** @throws AppError naming the file; undefined if there is none */
  readRegularFile(path: string, limit: number): Promise<string | undefined>;
  /** Whether a file is there at all; stops at nothing. */
  exists(path: string): boolean;
  readonly kubeconfigPaths: readonly string[];
  readonly env: Record<string, string | undefined>;
}

/** An entry, and the directory that the paths in it are relative to. */
interface Entry {
  readonly fields: Fields;
  readonly directory: string;
}

export interface IdentitiesReading {
  readonly identities: Identities;
  /** How to reach an identity's cluster; reads its CA when it is first asked for. */
  connectionOf(identity: Identity): Promise<Connection>;
}

/**
 * Reads the kubeconfigs, merged as kubectl merges them (client-go, clientcmd/loader.go: the first file that has a
 * name, or a current context, wins), and the pod's service account. What can't be read is left out and named.
 */
export async function readIdentities(ports: ReadIdentitiesPorts): Promise<IdentitiesReading> {
  const problems: string[] = [];
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  const contexts = new Map<string, Entry>();
  let currentName: string | undefined;
  for (const path of ports.kubeconfigPaths) {
    const file = await readKubeconfig(path, ports, problems);
    if (file === undefined) continue;
    const directory = dirname(resolve(path));
    addMissing(clusters, file.clusters, directory);
    addMissing(users, file.users, directory);
    addMissing(contexts, file.contexts, directory);
    currentName ??= file.currentContext;
  }

  const clusterOf = new Map<Identity, Entry>();
  const all: Identity[] = [];
  let current: Identity | undefined;
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
    clusterOf.set(identity, cluster);
    all.push(identity);
    if (name === currentName) current = identity;
  }
  if (currentName !== undefined && !contexts.has(currentName)) {
    problems.push(`the current context, ${currentName}, is not there`);
  }

  const pod = inClusterIdentity(ports.env, ports.exists);
  if (pod !== undefined) all.push(pod.identity);
  // As kubectl does: a pod's account is current where no kubeconfig is.
  if (contexts.size === 0) current ??= pod?.identity;
  return {
    identities: { all, current, problems },
    connectionOf: (identity) =>
      identity === pod?.identity
        ? connect(identity, { 'certificate-authority': pod.caFile }, '/', ports)
        : connect(
            identity,
            clusterOf.get(identity)?.fields ?? {},
            clusterOf.get(identity)?.directory ?? '/',
            ports,
          ),
  };
}

async function readKubeconfig(
  path: string,
  ports: ReadIdentitiesPorts,
  problems: string[],
): Promise<KubeconfigFile | undefined> {
  let text: string | undefined;
  try {
    text = await ports.readRegularFile(path, LARGEST_KUBECONFIG);
  } catch (error) {
    // A file that can't be read is named; the others still count.
    if (!(error instanceof AppError)) throw error;
    problems.push(error.message);
    return undefined;
  }
  if (text === undefined) return undefined;
  const parsed = parseKubeconfig(text);
  if (!('fault' in parsed)) return parsed;
  problems.push(`${path} is broken: ${parsed.fault}`);
  return undefined;
}

function addMissing(merged: Map<string, Entry>, more: ReadonlyMap<string, Fields>, directory: string): void {
  for (const [name, fields] of more) {
    if (!merged.has(name)) merged.set(name, { fields, directory });
  }
}

/** What a kubeconfig user proves itself with. A token file wins over a token, as in client-go. */
function tokenSource(user: string, entry: Entry | undefined, server: string, context: string): TokenSource {
  const none = (what: string): TokenSource => ({
    kind: 'none',
    reason: `The context ${context} ${what}. Run: ${loginCommand(server)}`,
  });
  if (!server.startsWith('https:')) return none(`reaches ${server} without TLS: no token is sent there`);
  if (entry === undefined)
    return none(user === '' ? 'names no user' : `names the user ${user}, who is not there`);
  const { fields, directory } = entry;
  const tokenFile = textField(fields, 'tokenFile');
  if (tokenFile !== undefined) return { kind: 'token-file', path: resolve(directory, tokenFile) };
  const token = textField(fields, 'token')?.trim();
  if (token !== undefined && token !== '') {
    // Anything else can't stand in a header.
    return /^[\x21-\x7e]+$/.test(token) ? { kind: 'token', token } : none('has a token that is none');
  }
  if (fields.exec !== undefined) return none('has an exec plugin and no token');
  if (fields['client-certificate'] !== undefined || fields['client-certificate-data'] !== undefined) {
    return none('has a client certificate, which opens no registry');
  }
  return none('has no token: it is signed out');
}

async function connect(
  identity: Identity,
  fields: Fields,
  directory: string,
  ports: ReadIdentitiesPorts,
): Promise<Connection> {
  const { server, insecure } = identity;
  const connection = {
    server,
    insecure,
    tlsServerName: textField(fields, 'tls-server-name'),
    proxyUrl: textField(fields, 'proxy-url'),
  };
  const data = textField(fields, 'certificate-authority-data');
  if (data !== undefined)
    return { ...connection, ca: Buffer.from(data, 'base64').toString(), fault: undefined };
  const file = textField(fields, 'certificate-authority');
  if (file === undefined) return { ...connection, ca: undefined, fault: undefined };
  const path = resolve(directory, file);
  try {
    const ca = await ports.readRegularFile(path, LARGEST_CA);
    const fault = ca === undefined ? `the certificate authority ${path} is not there` : undefined;
    return { ...connection, ca, fault };
  } catch (error) {
    // Named where the cluster would have been asked.
    if (!(error instanceof AppError)) throw error;
    return { ...connection, ca: undefined, fault: error.message };
  }
}
