import { findInCatalogue } from '../../registry/catalogue.ts';
import { isClaimableBy } from '../../registry/claimable-host.ts';
import type { SetupBinding, SetupPorts } from './setup-ports.ts';

/**
 * A context that is named by hand is trusted to be meant, and a slip gives a login away: says so, unless the catalogue
 * or the cluster itself has the host, under a domain of its own, as its registry.
 * @returns a sentence for the person who is asked; undefined: nothing speaks against it
 */
export async function whyDoubtful(
  host: string,
  { server, context }: SetupBinding,
  ports: Pick<SetupPorts, 'readIdentities' | 'askCluster'>,
): Promise<string | undefined> {
  const known = findInCatalogue(host);
  if (known?.server === server) return undefined;
  const gives = `whoever runs ${host} gets this login`;
  if (known !== undefined && known.server !== null)
    return `Warning: ${host} is known as the registry of ${known.cluster} (${known.server}), not of ${server}; ${gives}.`;
  const { all } = await ports.readIdentities();
  const identity = all.find((each) => each.context === context);
  if (identity === undefined) return undefined;
  const word = await ports.askCluster(identity);
  if ('fault' in word) return `Whether ${host} is a registry of ${server} can't be told: ${word.fault}.`;
  if (word.hosts.includes(host)) {
    if (isClaimableBy(host, identity)) return undefined;
    return `Warning: ${server} calls ${host} its registry, though that lies under no domain of it; ${gives}.`;
  }
  const names = word.hosts.length === 0 ? 'it names none' : `it names ${word.hosts.join(', ')}`;
  return `Warning: ${server} does not call ${host} its registry (${names}); ${gives}.`;
}
