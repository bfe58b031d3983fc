import { formatTime } from '../clock.ts';
import type { Namespace } from '../cluster/objects.ts';
import { jsonReply } from '../http/message.ts';
import type { ApiCall, ApiGroup } from './api-call.ts';
import { managedFields } from './managed-fields.ts';
import { methodNotAllowed, notFound } from './status.ts';

const API_VERSION = 'project.openshift.io/v1';
const NO_STORE = { 'Cache-Control': ['no-cache, private', 'no-store'] };

/** `project.openshift.io`: the namespaces that the caller may see. */
export const serveProjectApi: ApiGroup = (call) => {
  const { cluster, info } = call;
  if (info.version !== 'v1' || info.resource !== 'projects') return undefined;
  if (info.verb === 'list') {
    const items = [...cluster.namespaces.values()].filter((n) => maySee(call, n)).map(namespaceObject);
    return jsonReply(200, { kind: 'ProjectList', apiVersion: API_VERSION, metadata: {}, items }, NO_STORE);
  }
  if (info.verb !== 'get') return methodNotAllowed();
  const namespace = cluster.namespaces.get(info.name ?? '');
  if (namespace === undefined) return notFound(info);
  return jsonReply(
    200,
    { kind: 'Project', apiVersion: API_VERSION, ...namespaceObject(namespace) },
    NO_STORE,
  );
};

/** Scopes were judged at the door; the list shows what the user may get. */
function maySee({ cluster, identity }: ApiCall, { name }: Namespace): boolean {
  const { scopes: _scopes, ...user } = identity;
  const request = { verb: 'get', group: '', resource: 'namespaces', name, namespace: name };
  return cluster.decide(user, request).allowed;
}

/** A namespace's metadata, spec and status, the same for Namespace and Project. */
export function namespaceObject(namespace: Namespace) {
  const time = formatTime(namespace.createdMs);
  const label = 'kubernetes.io/metadata.name';
  return {
    metadata: {
      name: namespace.name,
      uid: namespace.uid,
      resourceVersion: namespace.resourceVersion,
      creationTimestamp: time,
      labels: { [label]: namespace.name },
      managedFields: managedFields('sandbox', 'v1', time, {
        'f:metadata': { 'f:labels': { '.': {}, [`f:${label}`]: {} } },
      }),
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
