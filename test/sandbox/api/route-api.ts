import type { Cluster } from '../cluster/cluster.ts';
import { jsonReply } from '../http/message.ts';
import { type ApiGroup, listReply } from './api-call.ts';
import { methodNotAllowed, notFound } from './status.ts';

const API_VERSION = 'route.openshift.io/v1';

/** `route.openshift.io`: the registry's default route, if the cluster has a public registry host. */
export const serveRouteApi: ApiGroup = (call) => {
  const { cluster, info } = call;
  if (info.version !== 'v1' || info.resource !== 'routes') return undefined;
  const routes = registryRoutes(cluster).filter(
    (route) => info.namespace === undefined || route.metadata.namespace === info.namespace,
  );
  if (info.verb === 'list') return listReply(call, 'RouteList', API_VERSION, routes);
  if (info.verb !== 'get') return methodNotAllowed();
  const route = routes.find((candidate) => candidate.metadata.name === info.name);
  return route === undefined
    ? notFound(info)
    : jsonReply(200, { kind: 'Route', apiVersion: API_VERSION, ...route });
};

function registryRoutes(cluster: Cluster) {
  const { publicRegistryHostname: publicHost } = cluster;
  if (publicHost === undefined) return [];
  const old = cluster.mode === 'okd-3.11';
  const [name, namespace] = old
    ? ['docker-registry', 'default']
    : ['default-route', 'openshift-image-registry'];
  // A route's host never has a port.
  const host = publicHost.replace(/:\d+$/, '');
  return [
    {
      metadata: { name, namespace },
      spec: {
        host,
        to: { kind: 'Service', name: old ? 'docker-registry' : 'image-registry', weight: 100 },
        tls: { termination: 'reencrypt' },
        wildcardPolicy: 'None',
      },
      status: { ingress: [{ host, routerName: 'default', wildcardPolicy: 'None' }] },
    },
  ];
}
