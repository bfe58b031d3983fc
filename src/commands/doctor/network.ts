import { existsSync } from 'node:fs';
import { createBoundedRequests } from '../../cluster/bounded-requests.ts';
import { createClusterAccess, NO_CLUSTER, registryConnection } from '../../cluster/cluster-access.ts';
import type { Connection } from '../../cluster/connection.ts';
import { contact, NO_MEMORY, oauthState } from '../../cluster/contact.ts';
import type { AskAsUser } from '../../cluster/image-rights.ts';
import { kubeconfigPaths } from '../../cluster/kubeconfig/parse-kubeconfig.ts';
import { createRegistryQuestions, type RegistryQuestions } from '../../cluster/registry-questions.ts';
import { systemRoots } from '../../cluster/system-roots.ts';
import { engineAuthorities, readEngineTrust } from '../../engines/lookup/engine-trust.ts';
import type { Place } from '../../files/directories.ts';
import { answerWithToken } from '../../hosts/answer-with-token.ts';
import type { Decision } from '../../hosts/decide-answer.ts';
import { byName, once } from '../../hosts/once.ts';
import { AppError, type Reason, reasonOf } from '../../hosts/reason.ts';
import { typedToken } from '../../hosts/typed-token.ts';
import { decide, factPorts } from '../../session/facts.ts';
import { logRequest } from '../../session/log-events.ts';
import { createSession, type Session } from '../../session/session.ts';
import { bindingOf, clusterOf, isClaimed, serversOf } from './cluster-place.ts';
import type { Machine } from './machine.ts';
import { type ClusterContact, type KubeconfigReading, loginOf } from './network-state.ts';
import { registryAuthority } from './registry-authority.ts';

/** The clusters and registries as they are at one moment, whatever was found out before. */
export interface Network
  extends RegistryQuestions,
    Pick<
      Machine,
      | 'loginOf'
      | 'currentLogin'
      | 'bindingOf'
      | 'isClaimed'
      | 'registryAccepts'
      | 'contactClusters'
      | 'engineTrust'
      | 'registryAuthority'
      | 'manifest'
      | 'kubeconfig'
    > {
  /** Asks a host's cluster as the user whose token the host gets. */
  askAsUser: AskAsUser;
  /** What an engine that asked for the host would be answered now; nothing is kept of it. */
  decisionOf(host: string): ReturnType<typeof decide>;
}

/** Whoever asks has answers to read by then; what is left of the checks' time is for those that wait for them. */
const REQUESTS_MS = 4300;

/** Asks clusters and registries anew. */
export function createNetwork(here: Place, versionOf: Machine['engineVersion']): Network {
  const known = createSession(here, { withinMs: REQUESTS_MS, byHand: true });
  const { remainingMs, connectionOf, waitMs } = known;
  const { pauseOf, pause } = known.reachability;
  const roots = once(() => systemRoots(here));
  const ports = {
    nowMs: known.nowMs,
    remainingMs,
    env: here.env,
    // Who could not be reached is asked anew; who asked to be left alone is left alone.
    reachability: { ...NO_MEMORY, pauseOf, pause },
    waitMs,
    systemRoots: roots,
    noteRequest: logRequest,
  };
  const authoritiesOf = byName((host: string) => engineAuthorities(host, here));
  const access = createClusterAccess({ ...ports, connectionOf, authoritiesOf });
  // Clusters that were asked about a token, answered, and could not say whether it is good.
  const unjudging = new Set<string>();
  const inspectToken: typeof access.inspectToken = async (identity, token) => {
    const said = await access.inspectToken(identity, token);
    if (said.kind === 'unavailable') unjudging.add(identity.server);
    return said;
  };
  const session: Session = { ...known, access: { ...access, inspectToken } };
  const requests = createBoundedRequests(ports);
  const decisionOf = byName((host) => decide(host, session));
  const placeOf = byName((host) => clusterOf(host, session));
  const byAny = async (host: string, api: Pick<Connection, 'ca' | 'proxyUrl'> = NO_CLUSTER) =>
    registryConnection(host, api, requests.rootsOrFault, await authoritiesOf(host));
  const questions = createRegistryQuestions({
    ...ports,
    ...requests,
    connectionOf: async (host, secret) => {
      const { server, connection, isLinked, isByClaim } = await placeOf(host);
      if (!isLinked || server === undefined) return byAny(host);
      const isClusters =
        secret === undefined ||
        (await decisionOf(host)).token === secret ||
        (!isByClaim && typedToken(secret, server, (await session.identities()).identities) !== undefined);
      return byAny(host, isClusters ? connection : undefined);
    },
  });
  const askCluster = async (server: string, connection: Connection): Promise<ClusterContact> => {
    const api = { ...connection, clientCertificate: undefined };
    const [state, oauth] = await Promise.all([
      contact(new URL(`${server}/version`), connection, { ...ports, ...requests }),
      // The OAuth server's route often has another authority than the API server, as the registry's has.
      oauthState(server, async (url, headers) =>
        requests.send(url, url.origin === new URL(server).origin ? api : await byAny(url.host, api), headers),
      ),
    ]);
    const { insecure, ca } = connection;
    return { server, insecure, hasOwnCa: ca !== undefined, contact: state, oauth };
  };
  const loginIn = (decision: Decision, server: string | undefined) =>
    loginOf(decision, server !== undefined && unjudging.has(server), session.nowMs());
  return {
    ...questions,
    decisionOf,
    askAsUser: async (host, path, body) => {
      const { answer, identity, token } = await decisionOf(host);
      if (answer.kind !== 'credential' || identity === undefined || token === undefined) return undefined;
      return session.access.ask(identity, token, path, body);
    },
    registryAccepts: async (host) => {
      const { answer, stored, identity } = await decisionOf(host);
      if (answer.kind === 'anonymous') return undefined;
      // A cluster's token goes to the registry itself; what was typed for another goes where `get` had it asked.
      const isTyped = stored !== undefined && identity === undefined;
      return questions.askLogin(host, answer, isTyped ? 'its realm' : undefined);
    },
    loginOf: async (host) => loginIn(await decisionOf(host), (await placeOf(host)).server),
    currentLogin: async () => {
      const decision = await currentLogin(session);
      return decision === undefined ? undefined : loginIn(decision, decision.identity?.server);
    },
    bindingOf: (host) => bindingOf(host, session),
    isClaimed: (host) => isClaimed(host, session),
    kubeconfig: () => readKubeconfig(session),
    contactClusters: async (hosts, withCurrent) => {
      const servers = await serversOf(await Promise.all(hosts.map(placeOf)), withCurrent, session);
      return Promise.all([...servers].map(([server, connection]) => askCluster(server, connection)));
    },
    engineTrust: async (engine, host, named) => {
      const { version } = await versionOf(engine);
      const trust = await readEngineTrust(engine, { host, named }, here, version);
      if (trust === undefined) return undefined;
      const pems = trust.authorities.map(({ pem }) => pem);
      return { ...trust, contact: await questions.contactTrusting(host, pems) };
    },
    registryAuthority: (host) =>
      registryAuthority(host, {
        contactTrusting: questions.contactTrusting,
        clusterAuthority: async (name) => (await placeOf(name)).connection?.ca,
        engineAuthorities: authoritiesOf,
        askInNamespace: async (name, path) => {
          const { identity, token } = await decisionOf(name);
          if (identity === undefined || token === undefined) return undefined;
          const namespace = encodeURIComponent(identity.namespace ?? 'default');
          return session.access.ask(identity, token, `/api/v1/namespaces/${namespace}/${path}`);
        },
      }),
    manifest: async (host, image, as) => {
      const { answer } = as === 'user' ? await decisionOf(host) : { answer: undefined };
      return questions.manifestWith(host, image, answer?.kind === 'credential' ? answer : undefined);
    },
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
  const { current, all, problems, absence } = identities;
  return {
    files: kubeconfigPaths(session.here).map((path) => ({ path, isThere: existsSync(path) })),
    problems: problems.map((why) => ({
      code: 'kubeconfig-fault',
      why: `The kubeconfig: ${why}`,
      fix: { do: 'Correct what is named there, or move that file away.' },
    })),
    absence,
    contexts: all.filter(({ context }) => context !== undefined).length,
    current: current === undefined ? undefined : { context: current.context, server: current.server },
  };
}
