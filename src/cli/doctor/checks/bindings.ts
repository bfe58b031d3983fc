import type { Binding } from '../../../registry/bind-host.ts';
import { clusterDisplayName } from '../../../registry/catalogue.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface BindingsPorts {
  /** Where a host belongs, as far as config, environment and catalogue say. */
  bindingOf(host: string): Promise<Binding>;
}

/** Whose token each host gets, as far as no cluster has to be asked. */
export async function bindings(
  { bindingOf }: BindingsPorts,
  { hosts, subject }: Pick<CheckContext, 'hosts' | 'subject'>,
): Promise<readonly Finding[]> {
  if (hosts.length === 0 && subject.kind === 'all') {
    const saw = 'No registry host is bound to a cluster, and no engine names the helper';
    return [{ status: 'note', saw, mend: 'docker-credential-openshift setup HOST' }];
  }
  return Promise.all(hosts.map(async (host) => describe(host, await bindingOf(host))));
}

function describe(host: string, binding: Binding): Finding {
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
    case 'closed':
      return { status: 'problem', host, ...reasonAndMend(binding.reason) };
    case 'by-claim':
      return {
        status: 'note',
        host,
        saw: `Neither your config nor the catalogue says which cluster ${host} belongs to`,
        why: 'It gets a token only if the cluster of the current context calls it its registry',
        mend: `docker-credential-openshift setup ${host}`,
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

function reasonAndMend(reason: string): Pick<Finding, 'saw' | 'mend'> {
  const [saw = '', mend] = reason.split('. Run: ');
  return { saw: saw.replace(/\.$/, ''), mend };
}
