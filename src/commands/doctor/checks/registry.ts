import { shellQuoted } from '../../../hosts/quoting.ts';
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
  if (status >= 500 && status !== 503) {
    return {
      status: 'problem',
      host,
      saw: `${host} answers${by} with an error (/v2/: ${status})`,
      why: 'The registry, or what stands before it, fails: nothing can be pulled from it until that is over',
      mend: 'Wait, or tell the administrators of that registry.',
    };
  }
  return {
    status: 'problem',
    host,
    saw: `${host} answers${by}, and not as a registry (/v2/: ${status})`,
    why:
      status === 503
        ? "A cluster's router says this of a name that it has no route for, or whose pods are down: the registry is not exposed by that name, or not running"
        : 'Something else than a registry has this name, or stands between, as a network does that wants you to log in',
    mend: 'oc get routes -n openshift-image-registry',
  };
}

/** OpenShift's says 401 and names its own token endpoint; others name others. */
function kindOf(host: string, contact: Answered): string | undefined {
  const { status, challenge = '', contentType } = contact;
  if (isOpenShiftRegistry(contact)) return 'an OpenShift registry';
  if (status === 401 && host === QCI_HOST) return 'QCI';
  if (status === 401 && challenge !== '') return "a registry, not as OpenShift's own does";
  return status === 200 && contentType !== 'text/html' ? 'a registry that wants no login' : undefined;
}

/** Whether what answered is an OpenShift cluster's own registry. */
export function isOpenShiftRegistry(contact: Contact): boolean {
  if (contact.kind === 'none' || contact.status !== 401) return false;
  return /\/openshift\/token"/.test(contact.challenge ?? '');
}

function withPort(host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:443`;
}
