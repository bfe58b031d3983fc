/** Registries that are no cluster's own: whatever a cluster says of them, its word does not count. */
const NEVER_A_CLUSTERS_OWN = [
  'docker.io',
  'quay.io',
  'ghcr.io',
  'gcr.io',
  'pkg.dev',
  'k8s.io',
  'gitlab.com',
  'github.com',
  'azurecr.io',
  'ecr.aws',
  'mcr.microsoft.com',
  'nvcr.io',
  'icr.io',
  'redhat.io',
  'access.redhat.com',
  'connect.redhat.com',
];
/** Amazon's registries have their region inside of the name. */
const AMAZON_ECR = /(?:^|\.)dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/;

/** The registry's name inside of a cluster: the same in every cluster, so it says nothing about which. */
const INTERNAL_NAMES = [
  'image-registry.openshift-image-registry.svc:5000',
  'image-registry.openshift-image-registry.svc.cluster.local:5000',
  'docker-registry.default.svc:5000',
  'docker-registry.default.svc.cluster.local:5000',
];

/**
 * @param host a normalised registry host
 * @returns whether it is the integrated registry's in-cluster name (OKD 3.11's included)
 */
export function isInternalName(host: string): boolean {
  return INTERNAL_NAMES.includes(host);
}

/**
 * @param host a normalised registry host
 * @returns whether a cluster's own word may bind this host to it; hosts of public registries and
 *   in-cluster names are left to the user's config, the catalogue and the in-cluster identity
 */
export function isClaimable(host: string): boolean {
  // A name that ends in a dot is the same host to DNS.
  const [, name = '', port = ''] = /^(.*?)\.?(:\d+)?$/.exec(host) ?? [];
  if (isInternalName(name + port)) return false;
  if (AMAZON_ECR.test(name)) return false;
  return !NEVER_A_CLUSTERS_OWN.some((domain) => name === domain || name.endsWith(`.${domain}`));
}
