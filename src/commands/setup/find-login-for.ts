import { closestName } from '../../config/closest-name.ts';
import { becauseOf, closedReason } from '../../hosts/choose-identity.ts';
import type { Identities, Identity } from '../../hosts/identity.ts';
import { LOG_IN } from '../../hosts/login-command.ts';
import { nameInSentence, shownName } from '../../hosts/quoting.ts';
import { AppError, errorOf } from '../../hosts/reason.ts';
import { resolveHost } from '../../hosts/resolve-host.ts';
import { bindingTo, choose, contextToName, linkCommand, notAsked, unverified } from './find-logins.ts';
import type { Clusters, SetupBinding } from './setup-ports.ts';

/**
 * Which login a registry host is to be linked to: that of the context which the user names; else that of the cluster
 * which the catalogue names, or which itself says that the registry is its own. All clusters are asked at once.
 * @param isClaimed asks the identity's cluster whether the host is its registry
 * @throws AppError if there is none, or more than one
 */
export async function findLoginFor(
  host: string,
  contextName: string | undefined,
  clusters: Clusters,
  isClaimed: (host: string, identity: Identity) => Promise<boolean>,
): Promise<SetupBinding> {
  const { binding } = resolveHost(host, { nowMs: 0, settings: { settings: undefined } });
  // A context that is named counts no more here: whoever means it has to say so in the config.
  if (binding?.kind === 'foreign') {
    throw new AppError({
      code: 'public-registry',
      message:
        `${host} is a public registry: use its own login. If it stands for the registry of a cluster of yours, ` +
        `write it and its \`server\` under \`registries\` into the config file by hand`,
    });
  }
  const identities = await clusters.readIdentities();
  const { all } = identities;
  if (contextName !== undefined) {
    const identity = all.find(({ context }) => context === contextName);
    if (identity === undefined) throw noContext(contextName, identities);
    return bindingTo(identity);
  }
  if (binding?.kind === 'closed') throw errorOf(closedReason(host, binding));
  const asked = binding?.kind === 'by-claim' ? [...countingLogins(identities).values()] : [];
  const claims = await Promise.all(asked.map((identity) => isClaimed(host, identity)));
  const servers =
    binding?.kind === 'bound' && binding.server !== undefined
      ? [binding.server]
      : asked.filter((_, index) => claims[index]).map(({ server }) => server);
  if (servers.length > 0 && (all.length > 0 || binding?.kind === 'bound')) {
    const choice = choose(host, servers, identities);
    if (!('why' in choice)) return bindingTo(choice, host);
    throw errorOf(choice);
  }
  if (all.length > 0) throw await unclaimed(host, asked, identities, clusters);
  throw new AppError({
    code: 'no-login',
    message: `You are logged in to no cluster${becauseOf(identities)}, so there is no login for ${host}`,
    fix: identities.remedy ?? LOG_IN,
  });
}

/** One login to each cluster whose word counts: the current one first. */
function countingLogins({ all, current }: Identities): Map<string, Identity> {
  const logins = new Map<string, Identity>();
  for (const identity of current === undefined ? all : [current, ...all]) {
    if (!identity.insecure && !logins.has(identity.server)) logins.set(identity.server, identity);
  }
  return logins;
}

/** No cluster says that the host is its registry: with those that could not be asked, or whose word does not count. */
async function unclaimed(
  host: string,
  asked: readonly Identity[],
  identities: Identities,
  { askCluster }: Clusters,
): Promise<AppError> {
  const words = await Promise.all(asked.map((identity) => askCluster(identity)));
  const faults = words.flatMap((word, index) =>
    'fault' in word ? [notAsked(asked[index] as Identity, word)] : [],
  );
  // A word that does not count, since the name is none of the cluster's domain.
  const claiming = asked.filter((_, index) => {
    const word = words[index];
    return word !== undefined && 'hosts' in word && word.hosts.includes(host);
  });
  const servers = new Set(asked.map(({ server }) => server));
  const insecure = identities.all.filter((identity) => identity.insecure && !servers.has(identity.server));
  const uncounted = [...new Map(insecure.map((identity) => [identity.server, identity])).values()];
  const reasons = [
    ...claiming.map(({ server }) => `${server} does, though that lies under no domain of it`),
    ...faults.map(({ why }) => why),
    ...uncounted.map((identity) => unverified(identity).why),
  ];
  const isAnyUncounted = uncounted.length > 0 || claiming.length > 0;
  const clusters = isAnyUncounted ? 'cluster whose word counts' : 'cluster of your kubeconfig';
  const fix = faults.find((fault) => fault.fix !== undefined)?.fix;
  const [claimer] = claiming;
  const known = words.flatMap((word) => ('hosts' in word ? word.hosts : []));
  const meant = closestName(host, known);
  const command = linkCommand(host, claimer === undefined ? contextToName(identities) : claimer.context);
  // A name that no cluster knows may be mistyped: what would link it all the same is no advice to paste.
  const link =
    claimer !== undefined
      ? { run: command }
      : meant !== undefined
        ? { run: `docker-credential-openshift setup ${meant}` }
        : { do: `Look at its spelling; to link it all the same: ${command}` };
  return new AppError({
    code: 'unclaimed',
    message: [`No ${clusters} says that ${host} is its registry${becauseOf(identities)}`, ...reasons].join(
      '; ',
    ),
    fix: claimer === undefined ? (fix ?? link) : link,
  });
}

function noContext(name: string, identities: Identities): AppError {
  const names = identities.all.flatMap(({ context }) => context ?? []);
  const others =
    names.length === 0 ? 'it has none' : `it has ${names.slice(0, 10).map(nameInSentence).join(', ')}`;
  return new AppError({
    code: 'no-context',
    message: `There is no context ${shownName(name)} in your kubeconfig${becauseOf(identities)}; ${others}`,
    fix: { run: 'oc config get-contexts' },
  });
}
