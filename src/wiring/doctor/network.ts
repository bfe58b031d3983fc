import { existsSync } from 'node:fs';
import { askForLogin, askForManifest, type ManifestReply } from '../../cluster/ask-registry.ts';
import { createBoundedRequests } from '../../cluster/bounded-requests.ts';
import { NO_CLUSTER, registryConnection } from '../../cluster/cluster-access.ts';
import type { Connection } from '../../cluster/connection.ts';
import { kubeconfigPaths } from '../../cluster/kubeconfig/parse-kubeconfig.ts';
import type { KubeconfigPorts } from '../../commands/doctor/checks/kubeconfig.ts';
import type { EngineTrust } from '../../commands/doctor/checks/registry-trust.ts';
import type { ClusterContact, Contact, Login, LoginAnswer } from '../../commands/doctor/network-state.ts';
import type { Subject } from '../../commands/doctor/subject.ts';
import type { Engine } from '../../engines/engines.ts';
import type { Place } from '../../files/directories.ts';
import { outlivesMargin } from '../../hosts/answer.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import { inOneLine } from '../../hosts/reason.ts';
import { apiHost } from '../../registry/api-host.ts';
import { bindHost } from '../../registry/bind-host.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import { decide } from '../decide.ts';
import { readSystemRoots } from '../read-system-roots.ts';
import type { Session } from '../session.ts';
import { byName, once } from './asked-once.ts';
import { clusterOf, contactClusters, isClaimed } from './clusters.ts';
import { contact, NO_MEMORY } from './contact.ts';
import { unforgetting } from './session.ts';
import { engineTrust } from './trust.ts';
import { engineVersion } from './versions.ts';

type Decision = Awaited<ReturnType<typeof decide>>;

interface TypedLogin {
  readonly username: string;
  readonly secret: string;
}

/** The clusters and registries as they are at one moment: each thing is asked once, however many checks want it. */
export interface Network extends KubeconfigPorts {
  readonly session: Session;
  /** What an engine that asked for the host would be answered now; nothing is kept of it. */
  decisionOf(host: string): Promise<Decision>;
  loginOf(host: string): Promise<Login>;
  /** Whether the current context's cluster calls the host its registry; false where it can't be asked in time. */
  isClaimed(host: string): Promise<boolean>;
  /** What the registry says of a login, where engines take it. */
  askLogin(host: string, login: TypedLogin): Promise<LoginAnswer>;
  registryAccepts(host: string): Promise<LoginAnswer | undefined>;
  clusterContacts(): Promise<readonly ClusterContact[]>;
  registryContact(host: string): Promise<Contact>;
  /** `named`: the registry that registries.conf leads to the host from. */
  engineTrust(engine: Engine, host: string, named?: string): Promise<EngineTrust | undefined>;
  trustedByContext(host: string): Promise<string | undefined>;
  manifest(host: string, image: ImageReference, as: 'user' | 'anonymous'): Promise<ManifestReply>;
  /** The same with a login of an engine's own. */
  manifestWith(host: string, image: ImageReference, login: TypedLogin | undefined): Promise<ManifestReply>;
}

/**
 * @param hosts the registry hosts to look at
 */
export function createNetwork(
  here: Place,
  subject: Subject,
  hosts: () => Promise<readonly string[]>,
): Network {
  const systemRoots = once(() => readSystemRoots(here));
  const { session, couldNotJudge } = unforgetting(here, systemRoots);
  const requests = createBoundedRequests({
    env: here.env,
    remainingMs: session.remainingMs,
    reachability: NO_MEMORY,
    systemRoots,
  });
  const ask = (url: string, connection: Connection) => contact(new URL(url), connection, requests, here.env);
  const decisionOf = byName((host) => decide(host, session));
  const placeOf = byName((host) => clusterOf(host, session));
  const connectionOf = async (host: string) => {
    const { connection } = await placeOf(host);
    return registryConnection(host, connection ?? NO_CLUSTER, requests.rootsOrFault);
  };
  const registryContact = byName(async (host) =>
    ask(`https://${apiHost(host)}/v2/`, await connectionOf(host)),
  );
  const bySystemsRoots = byName(async (host) => {
    const connection = await connectionOf(host);
    if (connection.ca === undefined) return registryContact(host);
    return ask(`https://${apiHost(host)}/v2/`, { ...connection, ca: undefined });
  });
  const byAuthorities = async (host: string, authorities: readonly string[]) => {
    if (authorities.length === 0) return bySystemsRoots(host);
    const roots = await requests.rootsOrFault();
    const ca = [...(typeof roots === 'string' ? [] : roots), ...authorities].join('\n');
    return ask(`https://${apiHost(host)}/v2/`, { ...(await connectionOf(host)), ca });
  };
  const sendTo = async (host: string) => {
    const connection = await connectionOf(host);
    return (url: URL, headers: Record<string, string>, method: 'GET' | 'HEAD') =>
      requests.send(url, connection, headers, undefined, method);
  };
  const askAbout = async (
    host: string,
    { username, secret }: TypedLogin,
    goesTo: 'itself' | 'its realm',
  ): Promise<LoginAnswer> => {
    const found = await registryContact(host);
    if (found.kind === 'none') return { kind: 'unknown', detail: found.detail };
    if (found.status >= 500) return { kind: 'failing', status: found.status };
    if (found.status !== 401 || found.challenge === undefined) {
      return { kind: 'unknown', detail: `it asked for no login (/v2/: ${found.status})` };
    }
    return askForLogin(apiHost(host), found.challenge, { username, token: secret }, goesTo, {
      send: await sendTo(host),
    });
  };
  const manifestWith: Network['manifestWith'] = async (host, image, login) => {
    const reached = await registryContact(host);
    if (reached.kind === 'none') return { kind: 'unknown', detail: reached.detail };
    const { repository, digest, tag = 'latest' } = image;
    const asked = { host: apiHost(host), repository, reference: digest ?? tag };
    const sent = login === undefined ? undefined : { username: login.username, token: login.secret };
    return askForManifest(asked, sent, { send: await sendTo(host) });
  };
  const askLogin: Network['askLogin'] = (host, login) => askAbout(host, login, 'itself');
  return {
    session,
    decisionOf,
    askLogin,
    registryAccepts: byName(async (host) => {
      const { answer, stored, identity } = await decisionOf(host);
      if (answer.kind === 'anonymous') return undefined;
      // A cluster's token goes to the registry itself; what was typed for another goes where `get` had it asked.
      return askAbout(host, answer, stored !== undefined && identity === undefined ? 'its realm' : 'itself');
    }),
    loginOf: async (host) => {
      const { settings } = await session.readSettings(host);
      // Why no token can go there is told with where the host belongs.
      if (bindHost(host, settings).kind === 'closed')
        return { kind: 'none', reason: null, server: undefined, isSignedOut: false, isUnjudged: false };
      return loginOf(await decisionOf(host), couldNotJudge((await placeOf(host)).server));
    },
    isClaimed: byName((host) => isClaimed(host, session)),
    kubeconfig: () => readKubeconfig(session),
    clusterContacts: once(async () => contactClusters(await hosts(), subject, session, placeOf, ask)),
    registryContact,
    engineTrust: async (engine, host, named = host) => {
      const { version } = await engineVersion(engine, here);
      const ask = (authorities: readonly string[]) => byAuthorities(host, authorities);
      return engineTrust(engine, { host, named }, here, ask, version);
    },
    trustedByContext: async (host) => {
      const [own, systems] = [await registryContact(host), await bySystemsRoots(host)];
      return own.kind === 'answered' && systems.kind === 'none' ? (await placeOf(host)).context : undefined;
    },
    manifest: async (host, image, as) => {
      const { answer } = as === 'user' ? await decisionOf(host) : { answer: undefined };
      return manifestWith(host, image, answer?.kind === 'credential' ? answer : undefined);
    },
    manifestWith,
  };
}

/** Whether there is a token, and nothing is known against it. */
function isMaybeGood(knowledge: Decision['knowledge']): boolean {
  if (knowledge === undefined || knowledge.revoked === true || knowledge.opensImages === false) return false;
  return outlivesMargin(knowledge.expiresAtMs ?? null, Date.now());
}

function loginOf(decision: Decision, isUnjudged: boolean): Login {
  const { answer, identity, knowledge, warnings, stored, signedOut } = decision;
  if (answer.kind === 'anonymous') {
    const server = isMaybeGood(knowledge) ? identity?.server : undefined;
    return {
      kind: 'none',
      reason: answer.reasons.length === 0 ? null : inOneLine(answer.reasons),
      server,
      isSignedOut: signedOut === true,
      isUnjudged,
    };
  }
  const isPersons = identity?.source.kind === 'token' && identity.context !== undefined;
  return {
    kind: 'token',
    server: identity?.server,
    username: knowledge?.username ?? answer.username,
    isStored: stored !== undefined,
    endsAtMs: answer.expiresAtMs,
    endsWhenIdle: knowledge?.endsWhenIdle === true,
    unchecked: answer.unchecked === true,
    warning: warnings === undefined ? undefined : inOneLine(warnings),
    renewal: isPersons ? loginCommand(identity.server, identity.context) : undefined,
  };
}

async function readKubeconfig(session: Session): ReturnType<KubeconfigPorts['kubeconfig']> {
  const { identities } = await session.identities();
  const { current, all, problems } = identities;
  return {
    files: kubeconfigPaths(session.here).map((path) => ({ path, isThere: existsSync(path) })),
    problems,
    contexts: all.filter(({ context }) => context !== undefined).length,
    current: current === undefined ? undefined : { context: current.context, server: current.server },
  };
}
