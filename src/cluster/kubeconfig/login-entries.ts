import { readJwt } from '../../hosts/jwt.ts';
import { normaliseServerUrl } from '../../registry/server-url.ts';
import { OTHER_PROOFS } from './edit-kubeconfig.ts';
import type { PlacedKubeconfig } from './merge-kubeconfigs.ts';
import { type Fields, textField } from './parse-kubeconfig.ts';

/** Who logged in, and where. */
export interface LoginPlace {
  /** As `normaliseServerUrl` gives it. */
  readonly server: string;
  /** As the cluster calls the person: `kube:admin`, `alice`. */
  readonly user: string;
  /** The context that the person named, or that a command was given for. */
  readonly context?: string | undefined;
  /** Of the person's projects the one to start in; empty: there is none. `default` where it is not known. */
  readonly namespace?: string | undefined;
  /** What the cluster says of the token that the named context had. */
  readonly held?: HeldToken | undefined;
}

/** A token of the kubeconfig, and whose it is by the cluster's word. */
export interface HeldToken {
  readonly token: string;
  /** Null: nobody's, it has expired or was revoked; undefined: the cluster did not say. */
  readonly user: string | null | undefined;
}

/** Why the token of a login did not go into the user entry of the context that it was for. */
export type WhySpared =
  /** It holds a login of somebody else, or is called after them. */
  | { readonly kind: 'another-person' }
  /** A context of another cluster uses it, too: the token would be sent there. */
  | { readonly kind: 'other-cluster'; readonly context: string }
  /** It proves itself by a client certificate, a plugin or the like, which the token would take the place of. */
  | { readonly kind: 'other-proof' }
  /** The context names none. */
  | { readonly kind: 'no-entry' }
  /** The cluster does not say whose its token is. */
  | { readonly kind: 'unknown-owner' };

/** The names of the entries that a login belongs into; they may be there already or not. */
export interface LoginEntries {
  readonly cluster: string;
  readonly user: string;
  readonly context: string;
  /** Why the user entry of the named context is none of these; undefined if it is, or none was named. */
  readonly spared: WhySpared | undefined;
}

/**
 * Which entries a login goes into: those of the named context, if its user entry is this person's by its name or its
 * token, or nobody's any more; else those that `oc login` would write. A token never goes into an entry that is another's,
 * that proves itself otherwise (an administrator's client certificate), or that contexts of other clusters use.
 *
 * `oc login` writes its names whatever they hold. Two servers may share one, since dots become dashes: here the second
 * gets a number, as its token would go to the first. And a cluster that is there under any name is used as it is, with
 * its CA and its proxy.
 */
export function loginEntries(target: LoginPlace, config: PlacedKubeconfig): LoginEntries {
  const { server, user } = target;
  const named = config.serverOf(target.context ?? '') === server ? target.context : undefined;
  const namedUser = textField(config.contexts.get(named ?? '')?.fields, 'user');
  const clusterName = freeName(ocClusterName(server), (name) => {
    const isSame = !config.clusters.has(name) || isOn(config.clusters.get(name)?.fields, server);
    const entry = ocUserName(user, name);
    const isFree =
      elsewhere(entry, server, config) === undefined && !holdsAnothersToken(entry, target, config);
    return isSame && isFree && !hasOtherProof(entry, config);
  });
  const spared = named === undefined ? undefined : whySpared(namedUser, target, config);
  if (named !== undefined && namedUser !== undefined && spared === undefined) {
    return { cluster: clusterOf(named, config), user: namedUser, context: named, spared };
  }
  const entry = ocUserName(user, clusterName);
  const existing = [...config.contexts].filter(
    ([name, { fields }]) => config.serverOf(name) === server && textField(fields, 'user') === entry,
  );
  const [known] =
    existing.find(([name]) => name === config.currentContext) ??
    existing.find(([, { fields }]) => (textField(fields, 'namespace') ?? '') === target.namespace) ??
    existing[0] ??
    [];
  if (known !== undefined) return { cluster: clusterOf(known, config), user: entry, context: known, spared };
  const wanted = ocContextName(target.namespace ?? 'default', clusterName, user);
  return {
    cluster: named === undefined ? clusterFor(server, clusterName, config) : clusterOf(named, config),
    user: entry,
    context: freeName(wanted, (name) => !config.contexts.has(name)),
    spared,
  };
}

/** @returns why a user entry that a context names may not get this person's token; undefined if it may */
function whySpared(
  name: string | undefined,
  target: LoginPlace,
  config: PlacedKubeconfig,
): WhySpared | undefined {
  if (name === undefined) return { kind: 'no-entry' };
  const { server, user, held } = target;
  // oc's names tell whose they are; a user's name holds no slash.
  const slash = name.indexOf('/');
  const isAnothers = slash !== -1 && name.slice(0, slash) !== user;
  if (isAnothers || holdsAnothersToken(name, target, config)) return { kind: 'another-person' };
  if (hasOtherProof(name, config)) return { kind: 'other-proof' };
  const context = elsewhere(name, server, config);
  if (context !== undefined) return { kind: 'other-cluster', context };
  const token = textField(config.users.get(name)?.fields, 'token');
  if (slash !== -1 || token === undefined) return undefined;
  const isHeld = held?.token === token;
  const subject = readJwt(token)?.subject;
  const isTheirs =
    subject === undefined
      ? isHeld && (held.user === user || held.user === null)
      : subject === user || (isHeld && held.user === user);
  return isTheirs ? undefined : { kind: 'unknown-owner' };
}

/** Whether an entry's token is known to be another's, whatever the entry is called. */
function holdsAnothersToken(name: string, { user, held }: LoginPlace, config: PlacedKubeconfig): boolean {
  const token = textField(config.users.get(name)?.fields, 'token');
  if (token === undefined) return false;
  if (held?.token === token && typeof held.user === 'string') return held.user !== user;
  // Other issuers' subjects need not be the names that the cluster gives people.
  const subject = readJwt(token)?.subject ?? '';
  return subject.startsWith('system:serviceaccount:') && subject !== user;
}

/**
 * Whether an entry proves itself otherwise than by a token, whatever it is called: a private key that a token took the
 * place of would be gone for good, and a plugin's command with it.
 */
function hasOtherProof(name: string, config: PlacedKubeconfig): boolean {
  const fields = config.users.get(name)?.fields ?? {};
  return OTHER_PROOFS.some((proof) => Object.hasOwn(fields, proof));
}

/** @returns a context of another cluster that uses the entry */
function elsewhere(user: string, server: string, config: PlacedKubeconfig): string | undefined {
  const entry = [...config.contexts].find(([name, { fields }]) => {
    const other = config.serverOf(name);
    return textField(fields, 'user') === user && other !== undefined && other !== server;
  });
  return entry?.[0];
}

function clusterFor(server: string, ocName: string, config: PlacedKubeconfig): string {
  if (config.clusters.has(ocName)) return ocName;
  const current = config.currentContext;
  if (current !== undefined && config.serverOf(current) === server) return clusterOf(current, config);
  return [...config.clusters].find(([, { fields }]) => isOn(fields, server))?.[0] ?? ocName;
}

function clusterOf(context: string, config: PlacedKubeconfig): string {
  return textField(config.contexts.get(context)?.fields, 'cluster') ?? '';
}

function isOn(fields: Fields | undefined, server: string): boolean {
  return normaliseServerUrl(textField(fields, 'server') ?? '') === server;
}

function freeName(wanted: string, isFree: (name: string) => boolean): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (isFree(name)) return name;
  }
}

/**
 * What `oc login` calls a cluster (openshift/oc, pkg/helpers/kubeconfig/smart_merge.go): host and port, with dashes
 * for dots.
 * @param server as `normaliseServerUrl` gives it
 */
function ocClusterName(server: string): string {
  const { hostname, port, protocol } = new URL(server);
  return `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`.replaceAll('.', '-');
}

/** What `oc login` writes for a server: its URL with the port, also where that is the scheme's own. */
export function ocServer(server: string): string {
  const { host, port, protocol, pathname } = new URL(server);
  const own = protocol === 'http:' ? ':80' : ':443';
  return `${protocol}//${host}${port === '' ? own : ''}${pathname === '/' ? '' : pathname}`;
}

/** @param user as the cluster calls the person */
function ocUserName(user: string, clusterName: string): string {
  return `${user}/${clusterName}`;
}

/** @param namespace empty where the person has no project */
function ocContextName(namespace: string, clusterName: string, user: string): string {
  return `${namespace}/${clusterName}/${user}`;
}
