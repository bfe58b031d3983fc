import { becauseOf, isUser } from '../../hosts/choose-identity.ts';
import type { Identities, Identity } from '../../hosts/identity.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import { shellQuoted } from '../../hosts/quoting.ts';
import { AppError, errorOf } from '../../hosts/reason.ts';
import type { Resolution } from '../../hosts/resolve-host.ts';
import { ambiguousRoute, onlyReached } from '../../hosts/route-to-server.ts';
import type { Binding } from '../../registry/bind-host.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import type { LoginMethod } from './arguments.ts';
import type { LoginPorts, LoginTarget } from './ports.ts';
import { firstContext, nameServer, refuseConsole, unknownTarget } from './unknown-target.ts';
import { loginOfOther, readWord, type Word } from './word.ts';

type Asking = Pick<LoginPorts, 'identities' | 'resolve' | 'isClaimed' | 'inspectToken'>;

/**
 * What a person means by the word after `login`: a context by its name, before all else; a registry host, for the
 * cluster and user that it is linked to; or an API server's URL. Without a word: the current context; where the kubeconfig
 * has none a person is asked.
 * @param method of several users of a server, a name or a token says who is meant
 * @param askAddress asks which cluster is meant; undefined: nobody says
 * @throws AppError naming what was typed, and what might have been meant; or what the host gets in place of any login
 */
export async function findLoginTarget(
  word: string | undefined,
  ports: Asking,
  method: LoginMethod,
  askAddress: () => Promise<string | undefined> = async () => undefined,
): Promise<LoginTarget> {
  const given = await ports.identities();
  const identities = besidesEnvironment(given);
  const isNowhere = identities.current?.context === undefined && firstContext(identities.all) === undefined;
  const typed = word ?? (isNowhere ? await askAddress() : undefined);
  const meant = typed === undefined ? undefined : await readWord(typed, identities, ports);
  const byOther = meant === undefined ? undefined : loginOfOther(meant, identities);
  const target =
    meant === undefined
      ? onServer(currentOf(identities).server, identities, method)
      : await targetMeant(meant, identities, ports, method);
  const notes = [byOther, target.note, environmentNote(given, target.server, typed !== undefined)];
  const note = notes.filter((each) => each !== undefined).join(' ');
  return { ...target, note: note === '' ? undefined : note };
}

async function targetMeant(
  { typed, named, host, server }: Word,
  identities: Identities,
  ports: Asking,
  method: LoginMethod,
): Promise<LoginTarget> {
  const binding = host?.resolution.binding;
  if (named !== undefined) {
    const isHost = binding?.kind === 'bound' && binding.server !== named.server;
    const note = isHost ? `${typed} is a context of your kubeconfig, and taken for that.` : undefined;
    return { ...ofIdentity(named), note };
  }
  if (host !== undefined && binding?.kind === 'bound')
    return { ...ofLinkedHost(host.resolution, binding, identities, method), host: host.name };
  if (server !== undefined) {
    refuseConsole(server, identities);
    return onServer(server, identities, method);
  }
  if (host === undefined) throw unknownTarget(typed, identities);
  const { name, resolution } = host;
  switch (binding?.kind) {
    case 'closed':
      throw resolution.reasons[0] === undefined
        ? unknownTarget(typed, identities)
        : errorOf(resolution.reasons[0]);
    case 'foreign':
      throw new AppError({
        code: 'public-registry',
        message: `${name} is a public registry, and no cluster's: it has its own login`,
        fix: { run: `podman login ${name}` },
      });
    case 'current':
      return { ...onServer(currentOf(identities).server, identities, method), host: name };
    case 'by-claim':
      return ofClaimedHost(typed, name, identities, ports, method);
    default:
      throw unknownTarget(typed, identities);
  }
}

/** A host that only a cluster's word links to it: any cluster at hand is asked, since a person named the host. */
async function ofClaimedHost(
  typed: string,
  host: string,
  identities: Identities,
  ports: Asking,
  method: LoginMethod,
): Promise<LoginTarget> {
  const { all, current } = identities;
  const known = new Set(current === undefined ? all : [current, ...all]);
  for (const mayAsk of [false, true]) {
    for (const identity of known) {
      if (!identity.insecure && (await ports.isClaimed(host, identity, mayAsk)))
        return { ...onServer(identity.server, identities, method), host };
    }
  }
  if (current?.context === undefined || current.insecure || !(await hasEnded(current, ports)))
    throw unknownTarget(typed, identities);
  const note = `Whose registry ${host} is can't be asked before you are logged in: taken for one of your current context's cluster.`;
  return { ...onServer(current.server, identities, method), host, note };
}

/** @returns the target that an identity is */
export function ofIdentity(identity: Identity): LoginTarget {
  return { server: identity.server, identity, host: undefined, note: undefined };
}

/** @throws AppError if whoever is on the way could read what is sent there */
export function refusePlainHttp({ server }: LoginTarget): void {
  if (server.startsWith('https:')) return;
  throw new AppError({
    code: 'plain-http',
    message: `${server} is reached without TLS: no password or token is sent there`,
    fix: { run: `docker-credential-openshift login ${server.replace(/^http:/, 'https:')}` },
  });
}

function currentOf(identities: Identities): Identity {
  const { all, current } = identities;
  if (current?.context !== undefined) return current;
  const named = firstContext(all);
  const because = becauseOf(identities);
  throw new AppError({
    code: 'no-context',
    message: `No context of your kubeconfig is current${because}: say where to log in`,
    fix: identities.remedy ?? (named === undefined ? nameServer() : { run: loginCommand('', named) }),
  });
}

function ofLinkedHost(
  { own, reasons }: Resolution,
  { server, context, user }: Extract<Binding, { kind: 'bound' }>,
  identities: Identities,
  method: LoginMethod,
): LoginTarget {
  const anew = { identity: undefined, host: undefined, note: undefined };
  const isThere = identities.all.some((each) => each.server === server || (each.context ?? '') === context);
  if (!isThere && server !== undefined) return { server, ...anew };
  // What the environment gives can't be renewed here.
  if (own !== undefined && own.identity.context === undefined)
    return onServer(own.identity.server, identities, method);
  // Who answers since the linked user has no login is not whom the host is linked to.
  const isLinked = own === undefined || user === undefined || isUser(own.identity.user, user);
  const linked = identities.all.find((each) => each.server === server && isUser(each.user, user ?? ''));
  if (!isLinked && server !== undefined)
    return linked === undefined ? { server, ...anew } : ofIdentity(linked);
  if (own !== undefined) return ofIdentity(own.identity);
  // Linked to a user who is not logged in there yet: the login brings him.
  if (server !== undefined && context === undefined && user !== undefined) return { server, ...anew };
  throw reasons[0] === undefined ? new TypeError('no reason') : errorOf(reasons[0]);
}

/**
 * Of several users there, the one that is named; else the current one. Who comes with a token is told by it, and who is not
 * there yet comes anew; else one must be named.
 */
function onServer(server: string, { all, current }: Identities, method: LoginMethod): LoginTarget {
  const there = all.filter((identity) => identity.server === server && identity.context !== undefined);
  const fitting = there.filter(({ user }) => mayBe(user, method));
  const [first, ...others] = fitting.includes(current as Identity) ? [current as Identity] : fitting;
  const isAnew = first === undefined || (method.kind !== 'browser' && !isClear(first, others, current));
  if (isAnew) return { server, identity: undefined, host: undefined, note: undefined };
  if (!isClear(first, others, current)) {
    const names = there.map(({ context }) => shellQuoted(context ?? ''));
    throw new AppError({
      code: 'several-users',
      message: `Several users of ${server} are in your kubeconfig; name one's context: ${names.join(', ')}`,
      fix: { run: `docker-credential-openshift login ${names[0]}` },
    });
  }
  if (first === current) return ofIdentity(first);
  const one = onlyReached(first, others);
  if ('rivals' in one) throw errorOf(ambiguousRoute(server, one.rivals));
  return ofIdentity(one.identity);
}

function isClear(first: Identity, others: readonly Identity[], current: Identity | undefined): boolean {
  return first === current || others.every(({ user }) => user === first.user);
}

/** Whether a user entry may be of the one who logs in; a name without a slash tells nothing. */
function mayBe(entry: string, method: LoginMethod): boolean {
  if (method.kind !== 'password' || method.username === undefined || !entry.includes('/')) return true;
  return isUser(entry, method.username === 'kubeadmin' ? 'kube:admin' : method.username);
}

/** Whether the cluster says that a login has expired or was revoked. */
async function hasEnded(identity: Identity, ports: Asking): Promise<boolean> {
  const { source } = identity;
  if (source.kind !== 'token') return source.kind === 'none';
  const { kind } = await ports.inspectToken(identity, source.token);
  return kind === 'rejected' || kind === 'revoked';
}

/**
 * The identities as a login counts them: what the environment gives can't be renewed here, so that the kubeconfig's own
 * current context is the current one.
 */
function besidesEnvironment(identities: Identities): Identities {
  const { current, currentContext } = identities;
  return current?.context === undefined && currentContext !== undefined
    ? { ...identities, current: currentContext }
    : identities;
}

/**
 * @param server the API server that is logged in to, normalised
 * @param isNamed the person said where; else the current context was meant, which is none that the environment gives
 * @returns what is to be said where a token of the environment is answered with before the login that is made
 */
function environmentNote({ current }: Identities, server: string, isNamed: boolean): string | undefined {
  if (current === undefined || current.context !== undefined || current.inCluster) return undefined;
  if (isNamed && current.server !== server) return undefined;
  const variable = `DOCKER_CREDENTIAL_OPENSHIFT_${current.source.kind === 'token-file' ? 'TOKEN_FILE' : 'TOKEN'}`;
  return `${variable} goes on coming first for the registries of ${clusterDisplayName(current.server)}; unset it to have this login used there.`;
}
