import { existsSync } from 'node:fs';
import {
  askForLogin,
  askForManifest,
  type LoginReply,
  type ManifestReply,
} from '../../cluster/ask-registry.ts';
import { createBoundedRequests } from '../../cluster/bounded-requests.ts';
import { NO_CLUSTER, registryConnection } from '../../cluster/cluster-access.ts';
import type { Connection } from '../../cluster/connection.ts';
import { contact, NO_MEMORY, oauthState } from '../../cluster/contact.ts';
import type { AskAsUser } from '../../cluster/image-rights.ts';
import { kubeconfigPaths } from '../../cluster/kubeconfig/parse-kubeconfig.ts';
import type { Machine } from '../../commands/doctor/machine.ts';
import type { KubeconfigReading, Login } from '../../commands/doctor/network-state.ts';
import { readEngineTrust } from '../../engines/lookup/engine-trust.ts';
import type { Place } from '../../files/directories.ts';
import { outlivesMargin } from '../../hosts/answer.ts';
import { answerWithToken } from '../../hosts/answer-with-token.ts';
import type { Decision } from '../../hosts/decide-answer.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import { AppError, type Reason, reasonOf } from '../../hosts/reason.ts';
import { apiHost } from '../../registry/api-host.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import { decide } from '../decide.ts';
import { readSystemRoots } from '../read-system-roots.ts';
import { factPorts } from '../resolve.ts';
import type { Session } from '../session.ts';
import { byName, once } from './asked-once.ts';
import { clusterOf, contactClusters, isClaimed } from './clusters.ts';
import { unforgetting } from './session.ts';

interface TypedLogin {
  readonly username: string;
  readonly secret: string;
}

/** The clusters and registries as they are at one moment: each thing is asked once, however many checks want it. */
export interface Network
  extends Pick<
    Machine,
    | 'loginOf'
    | 'currentLogin'
    | 'isClaimed'
    | 'registryAccepts'
    | 'contactClusters'
    | 'registryContact'
    | 'engineTrust'
    | 'trustedByContext'
    | 'manifest'
    | 'kubeconfig'
  > {
  /** Asks a host's cluster as the user whose token the host gets. */
  askAsUser: AskAsUser;
  /** What an engine that asked for the host would be answered now; nothing is kept of it. */
  decisionOf(host: string): ReturnType<typeof decide>;
  /** What the registry says of a login, where engines take it. */
  askLogin(host: string, login: TypedLogin): Promise<LoginReply>;
  /** Asks for an image's manifest with a login of an engine's own. */
  manifestWith(host: string, image: ImageReference, login: TypedLogin | undefined): Promise<ManifestReply>;
}

/** Asks clusters and registries anew, whatever was found out before. */
export function createNetwork(here: Place, versionOf: Machine['engineVersion']): Network {
  const systemRoots = once(() => readSystemRoots(here));
  const { session, couldNotJudge } = unforgetting(here, systemRoots);
  const requests = createBoundedRequests({
    env: here.env,
    remainingMs: session.remainingMs,
    reachability: NO_MEMORY,
    systemRoots,
  });
  const ask = (url: string, connection: Connection) =>
    contact(new URL(url), connection, { ...requests, nowMs: Date.now, env: here.env });
  const oauthOf = async (server: string, connection: Connection) => {
    const ca = await requests.rootsOrFault();
    const roots = connection.ca === undefined || typeof ca === 'string' ? [] : [...ca, connection.ca];
    const by = { ...connection, clientCertificate: undefined, tlsServerName: undefined };
    const trusting = roots.length === 0 ? by : { ...by, ca: roots.join('\n') };
    return oauthState(server, (url, headers) =>
      // The OAuth server's route often has another authority than the API server.
      requests.send(url, url.origin === new URL(server).origin ? connection : trusting, headers),
    );
  };
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
  ): Promise<LoginReply> => {
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
  const askAsUser: Network['askAsUser'] = async (host, path, body) => {
    const { answer, identity, token } = await decisionOf(host);
    if (answer.kind !== 'credential' || identity === undefined || token === undefined) return undefined;
    return session.access.ask(identity, token, path, body);
  };
  const askLogin: Network['askLogin'] = (host, login) => askAbout(host, login, 'itself');
  return {
    decisionOf,
    askLogin,
    askAsUser,
    registryAccepts: byName(async (host) => {
      const { answer, stored, identity } = await decisionOf(host);
      if (answer.kind === 'anonymous') return undefined;
      // A cluster's token goes to the registry itself; what was typed for another goes where `get` had it asked.
      return askAbout(host, answer, stored !== undefined && identity === undefined ? 'its realm' : 'itself');
    }),
    loginOf: async (host) => loginOf(await decisionOf(host), couldNotJudge((await placeOf(host)).server)),
    currentLogin: async () => {
      const decision = await currentLogin(session);
      return decision === undefined ? undefined : loginOf(decision, couldNotJudge(decision.identity?.server));
    },
    isClaimed: byName((host) => isClaimed(host, session)),
    kubeconfig: () => readKubeconfig(session),
    contactClusters: (hosts, withCurrent) =>
      contactClusters(hosts, withCurrent, session, placeOf, ask, oauthOf),
    registryContact,
    engineTrust: async (engine, host, named) => {
      const { version } = await versionOf(engine);
      const trust = await readEngineTrust(engine, { host, named }, here, version);
      if (trust === undefined) return undefined;
      const pems = trust.authorities.map(({ pem }) => pem);
      return { ...trust, contact: await byAuthorities(host, pems) };
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
    return {
      kind: 'none',
      reasons: answer.reasons,
      server: identity?.server,
      isMaybeGood: isMaybeGood(knowledge),
      isSignedOut: signedOut === true,
      isUnjudged,
    };
  }
  const isPersons = identity?.source.kind === 'token' && identity.context !== undefined;
  return {
    kind: 'token',
    server: identity?.server,
    // The name that is answered is any where the cluster's is not known.
    username: knowledge?.username ?? (stored === undefined ? identity?.user : undefined) ?? answer.username,
    isStored: stored !== undefined,
    endsAtMs: answer.expiresAtMs,
    endsWhenIdle: knowledge?.endsWhenIdle === true,
    unchecked: answer.unchecked === true,
    warnings: warnings ?? [],
    renewal: isPersons ? loginCommand(identity.server, identity.context) : undefined,
  };
}

/** What a registry of the current context's cluster would be answered. */
async function currentLogin(session: Session): Promise<Decision | undefined> {
  const { current: identity } = (await session.identities()).identities;
  if (identity === undefined) return undefined;
  const without = (reason: Reason): Decision => ({
    answer: { kind: 'anonymous', reasons: [reason] },
    identity,
  });
  if (identity.source.kind === 'none') return without(identity.source.reason);
  try {
    const answered = await answerWithToken('its registry', identity, undefined, {
      ...factPorts(session),
      recallKnowledge: () => undefined,
      isSignedOut: async () => false,
      inspectToken: session.access.inspectToken,
      // There is none to be asked.
      probeRegistry: async () => 'unreachable',
    });
    return { ...answered, identity };
  } catch (error) {
    // What keeps a token from being had is what is wrong with the login.
    if (!(error instanceof AppError)) throw error;
    return without(reasonOf(error));
  }
}

async function readKubeconfig(session: Session): Promise<KubeconfigReading> {
  const { identities } = await session.identities();
  const { current, all, problems } = identities;
  return {
    files: kubeconfigPaths(session.here).map((path) => ({ path, isThere: existsSync(path) })),
    problems: problems.map((why) => ({
      code: 'kubeconfig-fault',
      why: `The kubeconfig: ${why}`,
      fix: { do: 'Correct what is named there, or move that file away.' },
    })),
    contexts: all.filter(({ context }) => context !== undefined).length,
    current: current === undefined ? undefined : { context: current.context, server: current.server },
  };
}
