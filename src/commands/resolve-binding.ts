import { chooseIdentity, closedReason } from '../hosts/choose-identity.ts';
import type { Identities, Identity } from '../hosts/identity.ts';
import { loginCommand } from '../hosts/login-command.ts';
import { nameInSentence, shellQuoted, shownName } from '../hosts/quoting.ts';
import { AppError, errorOf, type Fix } from '../hosts/reason.ts';
import { bindHost } from '../registry/bind-host.ts';
import { faultInWords, unverifiedInWords } from './setup/fault-in-words.ts';
import type { ClusterWord } from './setup/find-registries.ts';
import type { SetupBinding } from './setup/setup-ports.ts';

export interface ResolveBindingPorts {
  readIdentities(): Promise<Identities>;
  /** Asks the identity's cluster whether the host is its registry. */
  readClaim(host: string, identity: Identity): Promise<{ claimed: boolean }>;
  /** Asks the identity's cluster for its registry's hosts: where none claims the host, why a cluster said nothing. */
  askCluster(identity: Identity): Promise<ClusterWord>;
}

/**
 * Which login a registry host is to be bound to: that of the context which the user names; else that of the cluster
 * which the catalogue names, or which itself calls the host its registry. All clusters are asked at once.
 * @throws AppError if there is none, or more than one
 */
export async function resolveBinding(
  host: string,
  contextName: string | undefined,
  ports: ResolveBindingPorts,
): Promise<SetupBinding> {
  // A context that is named counts no more here: whoever means it has to say so in the config.
  if (bindHost(host, undefined).kind === 'foreign') throw publicRegistry(host);
  const identities = await ports.readIdentities();
  const identity =
    contextName === undefined
      ? await findIdentity(host, identities, ports)
      : identities.all.find(({ context }) => context === contextName);
  if (identity === undefined) throw noContext(contextName ?? '', identities);
  const { server, user, context } = identity;
  if (context === undefined) {
    throw new AppError({
      code: 'in-cluster',
      message: `${host}: a pod's own service account needs no setup, and there is no kubeconfig`,
    });
  }
  return { server, user, context, insecure: identity.insecure };
}

async function findIdentity(
  host: string,
  identities: Identities,
  ports: ResolveBindingPorts,
): Promise<Identity> {
  const binding = bindHost(host, undefined);
  if (binding.kind === 'bound') {
    const choice = chooseIdentity(host, binding, identities);
    if ('identity' in choice) return choice.identity;
    throw errorOf(choice.reason);
  }
  if (binding.kind === 'closed') throw errorOf(closedReason(host, binding));
  const claiming = binding.kind === 'by-claim' ? await claimingServers(host, identities, ports) : [];
  const [server] = claiming;
  if (server !== undefined && claiming.length === 1) {
    const bound = { kind: 'bound', server, context: undefined, user: undefined } as const;
    const choice = chooseIdentity(host, bound, identities);
    if ('identity' in choice) return choice.identity;
    throw errorOf(choice.reason);
  }
  if (identities.all.length === 0) {
    throw new AppError({
      code: 'no-login',
      message: `You are logged in to no cluster${because(identities)}, so there is no login for ${host}`,
      fix: { run: loginCommand('https://API-SERVER:6443') },
    });
  }
  if (server !== undefined) {
    throw new AppError({
      code: 'unclaimed',
      message: `${claiming.join(' and ')} both call ${host} their registry; say which one it is of`,
      fix: { run: setupCommand(host) },
    });
  }
  const { said, fix, isAnyUncounted } = await silentClusters(host, identities, ports);
  const clusters = isAnyUncounted ? 'cluster whose word counts' : 'cluster of your kubeconfig';
  throw new AppError({
    code: 'unclaimed',
    message: `No ${clusters} calls ${host} its registry${because(identities)}${said}`,
    fix: fix ?? { run: setupCommand(host) },
  });
}

/** The clusters that could not be asked, or whose word does not count, as the end of a sentence, and what fixes the first. */
async function silentClusters(
  host: string,
  identities: Identities,
  ports: ResolveBindingPorts,
): Promise<{ said: string; fix: Fix | undefined; isAnyUncounted: boolean }> {
  const words = await Promise.all(
    [...byServer(identities)].map(async ([, identity]) => ({
      identity,
      word: await ports.askCluster(identity),
    })),
  );
  const asked = new Set(words.map(({ identity }) => identity.server));
  const unverified = identities.all.filter(({ insecure, server }) => insecure && !asked.has(server));
  const uncounted = [...new Map(unverified.map((identity) => [identity.server, identity])).values()];
  const faults = words.flatMap(({ identity, word }) => ('fault' in word ? [{ identity, word }] : []));
  // A word that does not count, since the name is none of the cluster's domain.
  const claiming = words.flatMap(({ identity, word }) =>
    'hosts' in word && word.hosts.includes(host) ? [identity] : [],
  );
  const reasons = [
    ...claiming.map(({ server }) => `${server} does, though that lies under no domain of it`),
    ...faults.map(({ identity, word }) => faultInWords(identity, word)),
    ...uncounted.map(unverifiedInWords),
  ];
  const said = reasons.map((reason) => `; ${reason}`).join('');
  const [doubtful] = claiming;
  const link: Fix | undefined =
    doubtful?.context === undefined
      ? undefined
      : { run: `docker-credential-openshift setup ${host} --context ${shellQuoted(doubtful.context)}` };
  const fix = link ?? faults.find(({ word }) => word.fix !== undefined)?.word.fix;
  return { said, fix, isAnyUncounted: uncounted.length > 0 || claiming.length > 0 };
}

async function claimingServers(
  host: string,
  identities: Identities,
  ports: ResolveBindingPorts,
): Promise<string[]> {
  const asked = await Promise.all(
    [...byServer(identities)].map(async ([server, identity]) =>
      (await ports.readClaim(host, identity)).claimed ? [server] : [],
    ),
  );
  return asked.flat();
}

/** One identity of each cluster whose word counts: the current one first. */
function byServer({ all, current }: Identities): Map<string, Identity> {
  const found = new Map<string, Identity>();
  for (const identity of current === undefined ? all : [current, ...all]) {
    if (!identity.insecure && !found.has(identity.server)) found.set(identity.server, identity);
  }
  return found;
}

function noContext(name: string, identities: Identities): AppError {
  const names = identities.all.flatMap(({ context }) => context ?? []);
  const known =
    names.length === 0 ? 'it has none' : `it has ${names.slice(0, 10).map(nameInSentence).join(', ')}`;
  return new AppError({
    code: 'no-context',
    message: `There is no context ${shownName(name)} in your kubeconfig${because(identities)}; ${known}`,
    fix: { run: 'oc config get-contexts' },
  });
}

function because({ problems }: Identities): string {
  return problems.length === 0 ? '' : ` (${problems.join('; ')})`;
}

function publicRegistry(host: string): AppError {
  return new AppError({
    code: 'public-registry',
    message:
      `${host} is a public registry: use its own login. If it stands for the registry of a cluster of yours, ` +
      `write it and its \`server\` under \`registries\` into the config file by hand`,
  });
}

function setupCommand(host: string): string {
  return `docker-credential-openshift setup ${host} --context NAME`;
}
