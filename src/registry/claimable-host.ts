/** Registries that are no cluster's own: whatever a cluster says of them, its word does not count. */
const NEVER_A_CLUSTERS_OWN = [
  'access.redhat.com',
  'aliyuncs.com',
  'azurecr.cn',
  'azurecr.io',
  'azurecr.us',
  'cgr.dev',
  'cloudsmith.io',
  'codeberg.org',
  'connect.redhat.com',
  'container-registry.oracle.com',
  'dhi.io',
  'docker.com',
  'docker.elastic.co',
  'docker.io',
  'ecr.aws',
  'fedoraproject.org',
  'gcr.io',
  'ghcr.io',
  'github.com',
  'gitlab.com',
  'icr.io',
  'jfrog.io',
  'k8s.io',
  'lscr.io',
  'mcr.microsoft.com',
  'nvcr.io',
  'ocir.io',
  'on.aws',
  'opensuse.org',
  'pkg.dev',
  'quay.io',
  'redhat.io',
  'registry.digitalocean.com',
  'suse.com',
];
/** Amazon's registries have their region inside of the name. */
const AMAZON_ECR = /(?:^|\.)dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/;

/** The registry's name inside of a cluster: the same in every cluster, so it says nothing about which. */
const INTERNAL_NAMES = [
  'image-registry.openshift-image-registry.svc',
  'image-registry.openshift-image-registry.svc.cluster.local',
  'docker-registry.default.svc',
  'docker-registry.default.svc.cluster.local',
];

/** The one that they are served at; without it they mean the same to people. */
const INTERNAL_PORT = ':5000';

/**
 * @param host a normalised registry host
 * @returns whether it is the integrated registry's in-cluster name (OKD 3.11's included)
 */
export function isInternalName(host: string): boolean {
  return INTERNAL_NAMES.includes(host.endsWith(INTERNAL_PORT) ? host.slice(0, -INTERNAL_PORT.length) : host);
}

/**
 * @param host a normalised registry host
 * @returns whether some cluster's own word may link this host to it; hosts of public registries and
 *   in-cluster names are left to the user's config, the catalogue and the in-cluster identity
 */
export function isClaimable(host: string): boolean {
  const name = nameOf(host);
  if (INTERNAL_NAMES.includes(name) || AMAZON_ECR.test(name)) return false;
  return !NEVER_A_CLUSTERS_OWN.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

/** Clusters whose applications do not lie under the name that their API has: OpenShift Local. */
const APPLICATIONS_ELSEWHERE: Readonly<Record<string, string>> = { 'api.crc.testing': 'apps-crc.testing' };
/** Where registrars give out names below two labels: `co.uk`. */
const SUFFIX_OF_TWO = /^(?:ac|co|com|edu|gov|ne|net|or|org)\.[a-z]{2}$/;

/**
 * Whether a cluster's own word may link this host to it. Its name has to lie under the domain of the cluster, which is that
 * of its API server, `api.DOMAIN`: a kubeconfig says where that is, and whoever uses it means that cluster. What the
 * cluster itself says of its domains, its ingress say, counts no more than its word on the host. A server without such a
 * name, an address say, may have its registry on the same machine. The cluster that a pod runs in was named by nobody.
 * @param host a normalised registry host
 * @param cluster `server`: its API server, normalised
 */
export function isClaimableBy(
  host: string,
  { server, inCluster }: { readonly server: string; readonly inCluster: boolean },
): boolean {
  if (!isClaimable(host)) return false;
  if (inCluster) return true;
  const name = nameOf(host);
  const api = nameOf(new URL(server).host);
  return name === api || domainsOf(api).some((domain) => name.endsWith(`.${domain}`));
}

/** The domains of a cluster, by the name of its API server. */
function domainsOf(api: string): string[] {
  const [, parent] = /^api\.((?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*)$/.exec(api) ?? [];
  const elsewhere = APPLICATIONS_ELSEWHERE[api];
  const own = parent === undefined || SUFFIX_OF_TWO.test(parent) ? [] : [parent];
  return elsewhere === undefined ? own : [...own, elsewhere];
}

/** A host without its port, and without the dot at its end, which means nothing to DNS. */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, '').replace(/\.$/, '');
}
