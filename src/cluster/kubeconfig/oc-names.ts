/**
 * What `oc login` calls a cluster (openshift/oc, pkg/helpers/kubeconfig/smart_merge.go): host and port, with dashes
 * for dots.
 * @param server as `normaliseServerUrl` gives it
 */
export function ocClusterName(server: string): string {
  const { hostname, port, protocol } = new URL(server);
  return `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`.replaceAll('.', '-');
}

/** What `oc login` writes for a server: its URL with the port, also where that is the scheme's own. */
export function ocServer(server: string): string {
  const { host, port, protocol, pathname } = new URL(server);
  const own = protocol === 'http:' ? ':80' : ':443';
  return `${protocol}//${host}${port === '' ? own : ''}${pathname === '/' ? '' : pathname}`;
}

/** @param user as the cluster calls the person */
export function ocUserName(user: string, clusterName: string): string {
  return `${user}/${clusterName}`;
}

/** @param namespace empty where the person has no project */
export function ocContextName(namespace: string, clusterName: string, user: string): string {
  return `${namespace}/${clusterName}/${user}`;
}
