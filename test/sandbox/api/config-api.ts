import { jsonReply } from '../http/message.ts';
import type { ApiGroup } from './api-call.ts';
import { methodNotAllowed, notFound } from './status.ts';

/** `config.openshift.io`: the cluster's image configuration, which ordinary users may not read. */
export const serveConfigApi: ApiGroup = ({ cluster, info }) => {
  if (cluster.mode === 'okd-3.11') return undefined;
  if (info.version !== 'v1' || info.resource !== 'images') return undefined;
  if (info.verb !== 'get') return methodNotAllowed();
  if (info.name !== 'cluster') return notFound(info);
  const { publicRegistryHostname: publicHost } = cluster;
  return jsonReply(200, {
    apiVersion: 'config.openshift.io/v1',
    kind: 'Image',
    metadata: { name: 'cluster', generation: 1 },
    spec: {},
    status: {
      ...(publicHost === undefined ? {} : { externalRegistryHostnames: [publicHost] }),
      internalRegistryHostname: cluster.internalRegistryHostname,
    },
  });
};
