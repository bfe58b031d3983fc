import { clusterDisplayName } from '../../../registry/catalogue.ts';
import { apiStateOf } from '../api-state.ts';
import { noContactFindings, type Unreached } from '../contact-finding.ts';
import type { Finding } from '../finding.ts';
import type { ClusterContact } from '../network-state.ts';

export interface ClusterPorts {
  /** The clusters that the hosts belong to, each asked once. */
  clusterContacts(): Promise<readonly ClusterContact[]>;
}

/** Whether the clusters' API servers can be reached, and by which way. */
export async function cluster({ clusterContacts }: ClusterPorts): Promise<readonly Finding[]> {
  const found = await clusterContacts();
  return [
    ...found.flatMap(reached),
    ...noContactFindings('API servers', found.flatMap(unreached)),
    ...found.flatMap(unverified),
  ];
}

function reached({ server, contact }: ClusterContact): Finding[] {
  if (contact.kind === 'none') return [];
  const by = contact.proxy === undefined ? '' : ` by the proxy ${contact.proxy}`;
  const { status } = contact;
  switch (apiStateOf(contact)) {
    case 'failing':
      return [
        {
          status: 'problem',
          saw: `${nameOf(server)} answers${by} with an error (${status})`,
          why: 'It can neither issue a token nor say whether one is good; the registry may still know the one in use',
          mend: 'Wait, or tell the administrators of that cluster.',
        },
      ];
    case 'something-else': {
      const what = status >= 300 && status < 400 ? 'a redirect' : 'no answer of an API server';
      return [
        {
          status: 'problem',
          saw: `Something else than an API server answers at ${server}${by}: ${what} (${status})`,
          why: 'A network that wants you to log in stands between, a proxy does, or the address is that of another server; no token can be had or checked there',
          mend: 'Open any page in a browser, to see whether the network wants a login; else ask the administrators of the cluster for its address.',
        },
      ];
    }
    default:
      return [{ status: 'ok', saw: `${nameOf(server)} answers${by}` }];
  }
}

function unreached({ server, contact, hasOwnCa }: ClusterContact): Unreached[] {
  if (contact.kind === 'answered') return [];
  const isOther = contact.fault === 'untrusted-certificate' && hasOwnCa;
  // `oc login` writes no CA where the system's roots are enough; a cluster that has a new one is another case.
  const detail = isOther
    ? 'its certificate is of another authority than the kubeconfig names'
    : contact.detail;
  const trust = `docker-credential-openshift login ${server} --certificate-authority CA-FILE`;
  const name = nameOf(server);
  return [
    { name, shortName: clusterDisplayName(server), contact: { ...contact, detail }, host: undefined, trust },
  ];
}

function nameOf(server: string): string {
  const name = clusterDisplayName(server);
  return server.endsWith(`//${name}`) ? `The API server ${server}` : `The API server of ${name} (${server})`;
}

function unverified({ server, insecure }: ClusterContact): Finding[] {
  if (!insecure) return [];
  return [
    {
      status: 'warning',
      saw: `The kubeconfig skips the verification of ${server} (insecure-skip-tls-verify)`,
      why: 'Whoever stands between gets the token, and what the cluster says of its registry does not count',
      mend: `docker-credential-openshift login ${server} --certificate-authority CA-FILE`,
    },
  ];
}
