import { clusterDisplayName } from '../../../registry/catalogue.ts';
import { noContactFinding } from '../contact-finding.ts';
import type { Finding } from '../finding.ts';
import type { ClusterContact } from '../network-state.ts';

export interface ClusterPorts {
  /** The clusters that the hosts belong to, each asked once. */
  clusterContacts(): Promise<readonly ClusterContact[]>;
}

/** Whether the clusters' API servers can be reached, and by which way. */
export async function cluster({ clusterContacts }: ClusterPorts): Promise<readonly Finding[]> {
  return (await clusterContacts()).flatMap((one) => [reached(one), ...unverified(one)]);
}

function nameOf(server: string): string {
  const name = clusterDisplayName(server);
  return server.endsWith(`//${name}`) ? `The API server ${server}` : `The API server of ${name} (${server})`;
}

function reached({ server, contact, hasOwnCa }: ClusterContact): Finding {
  if (contact.kind === 'answered') {
    const by = contact.proxy === undefined ? '' : ` by the proxy ${contact.proxy}`;
    return { status: 'ok', saw: `${nameOf(server)} answers${by}` };
  }
  // `oc login` writes no CA where the system's roots are enough; a cluster whose CA changed is another case.
  const trust = `docker-credential-openshift login ${server} --certificate-authority CA-FILE`;
  const finding = noContactFinding(nameOf(server), contact, { host: undefined, trust });
  if (contact.fault !== 'untrusted-certificate' || !hasOwnCa) return finding;
  const why =
    'Its certificate is of another authority than the kubeconfig names: the cluster has a new one, or something else answers';
  return { ...finding, why };
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
