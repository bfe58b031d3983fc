import { shellQuoted } from '../../../credential/quoting.ts';
import { findInCatalogue, QCI_HOST } from '../../../registry/catalogue.ts';
import type { CheckContext } from '../check.ts';
import { noContactFindings } from '../contact-finding.ts';
import type { Finding } from '../finding.ts';
import type { Contact } from '../network-state.ts';

export interface RegistryPorts {
  /** Asks the registry for `/v2/`, without a token; trusts what the helper itself trusts. */
  registryContact(host: string): Promise<Contact>;
}

type Answered = Extract<Contact, { kind: 'answered' }>;

/** Whether the registries can be reached, and are registries. */
export async function registry(
  { registryContact }: RegistryPorts,
  { hosts }: Pick<CheckContext, 'hosts'>,
): Promise<readonly Finding[]> {
  const asked = hosts.filter((host) => findInCatalogue(host)?.decommissioned !== true);
  const found = await Promise.all(
    asked.map(async (host) => ({ host, contact: await registryContact(host) })),
  );
  const unreached = found.flatMap(({ host, contact }) => {
    if (contact.kind === 'answered') return [];
    // Which file its authority belongs in for each engine is told by the check of the engines' trust.
    const trust = `openssl s_client -connect ${shellQuoted(withPort(host))} -showcerts </dev/null`;
    return [{ name: `The registry ${host}`, shortName: host, contact, host, trust }];
  });
  return [
    ...found.flatMap(({ host, contact }) => (contact.kind === 'answered' ? [describe(host, contact)] : [])),
    ...noContactFindings('registries', unreached),
  ];
}

function describe(host: string, contact: Answered): Finding {
  const by = contact.proxy === undefined ? '' : ` by the proxy ${contact.proxy}`;
  const is = kindOf(host, contact);
  if (is !== undefined) return { status: 'ok', host, saw: `${host} answers${by} as ${is}` };
  const { status } = contact;
  return {
    status: 'problem',
    host,
    saw: `${host} answers${by}, and not as a registry (/v2/: ${status})`,
    why:
      status === 503
        ? "A cluster's router says this of a name that it has no route for, or whose pods are down: the registry is not exposed by that name, or not running"
        : 'Something else than a registry has this name',
    mend: 'oc get routes -n openshift-image-registry',
  };
}

/** OpenShift's says 401 and names its own token endpoint; others name others. */
function kindOf(host: string, { status, challenge = '' }: Answered): string | undefined {
  if (status === 401 && /\/openshift\/token"/.test(challenge)) return 'an OpenShift registry';
  if (status === 401 && host === QCI_HOST) return 'QCI';
  if (status === 401 && challenge !== '') return "a registry, not as OpenShift's own does";
  return status === 200 ? 'a registry that wants no login' : undefined;
}

function withPort(host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:443`;
}
