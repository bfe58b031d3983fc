import { closedReason } from '../../../hosts/choose-identity.ts';
import { oneLine } from '../../../hosts/reason.ts';
import type { Binding } from '../../../registry/bind-host.ts';
import { clusterDisplayName } from '../../../registry/catalogue.ts';
import type { CheckContext } from '../check.ts';
import { type Finding, fixText } from '../finding.ts';

export interface BindingsPorts {
  /** Where a host belongs, as far as config, environment and catalogue say. */
  bindingOf(host: string): Promise<Binding>;
  /** What people typed, by host; asks no keychain. */
  storedLogins(): readonly { readonly host: string; readonly username: string }[];
}

/** Finds the registries by itself; of a host that no cluster claims it refuses to be told. */
const SETUP = 'docker-credential-openshift setup';

/** Whose token each host gets, as far as no cluster has to be asked. */
export async function bindings(
  { bindingOf, storedLogins }: BindingsPorts,
  { hosts, subject, ours }: Pick<CheckContext, 'hosts' | 'subject' | 'ours'>,
): Promise<readonly Finding[]> {
  if (hosts.length === 0 && subject.kind === 'all') {
    const saw = 'No registry host is bound to a cluster, and no engine names the helper';
    return [{ status: 'note', saw, mend: SETUP }];
  }
  const stored = new Map(storedLogins().map(({ host, username }) => [host, username]));
  return (
    await Promise.all(
      hosts.map(async (host) => {
        const setup = ours.includes(host) ? `${SETUP} ${host}` : SETUP;
        return describe(host, await bindingOf(host), stored.get(host), setup);
      }),
    )
  ).flat();
}

/**
 * @param typedBy for whom a login is stored for the host, if one is
 * @param setup the command that binds it, if any does
 */
function describe(host: string, binding: Binding, typedBy: string | undefined, setup: string): Finding[] {
  if (binding.kind === 'closed') {
    const { why, fix } = closedReason(host, binding);
    return [{ status: 'problem', host, saw: why, mend: fixText(fix) }];
  }
  const isTyped = typedBy !== undefined && (binding.kind === 'by-claim' || binding.kind === 'foreign');
  return [isTyped ? typed(host, typedBy) : belonging(host, binding, setup)];
}

/** Nobody asks a cluster about such a host, nor about its login. */
function typed(host: string, username: string): Finding {
  return {
    status: 'ok',
    host,
    user: username,
    saw: oneLine(`${host} gets what ${username} typed for it: it is bound to no cluster`),
  };
}

function belonging(host: string, binding: Exclude<Binding, { kind: 'closed' }>, setup: string): Finding {
  switch (binding.kind) {
    case 'bound': {
      const { server, context, user } = binding;
      const where =
        server === undefined ? `the context ${context}` : `${clusterDisplayName(server)} (${server})`;
      return {
        status: 'ok',
        host,
        saw: `${host} belongs to ${where}${user === undefined ? '' : `, user ${user}`}`,
      };
    }
    case 'current':
      return { status: 'ok', host, saw: `${host} gets the identity that the environment gives` };
    case 'in-cluster':
      return { status: 'ok', host, saw: `${host} is the registry of whatever cluster this runs in` };
    case 'anonymous':
      return { status: 'ok', host, saw: `${host} gets no token: the config says anonymous` };
    case 'by-claim':
      return {
        status: 'note',
        host,
        saw: `Neither your config nor the catalogue says which cluster ${host} belongs to`,
        why: 'It gets a token only if the cluster of the current context calls it its registry',
        mend: setup,
      };
    case 'foreign':
      return {
        status: 'note',
        host,
        saw: `${host} is a public registry and no cluster's own`,
        why: 'This helper sends it no token of a cluster',
      };
  }
}
