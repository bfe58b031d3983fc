import { jsonReply } from '../http/message.ts';
import { type ApiGroup, listReply } from './api-call.ts';
import { namespaceObject } from './project-api.ts';
import { serveSecrets } from './secret-api.ts';
import { serveServiceAccounts } from './service-account-api.ts';
import { methodNotAllowed, notFound } from './status.ts';

/** The core API: namespaces, service accounts, secrets, and the one config map that each namespace has. */
export const serveCoreApi: ApiGroup = (call) => {
  const { cluster, info } = call;
  if (info.version !== 'v1') return undefined;
  if (info.resource === 'namespaces') {
    if (info.verb === 'list') {
      return listReply(call, 'NamespaceList', 'v1', [...cluster.namespaces.values()].map(namespaceObject));
    }
    if (info.verb !== 'get') return methodNotAllowed();
    const namespace = cluster.namespaces.get(info.name ?? '');
    if (namespace === undefined) return notFound(info);
    return jsonReply(200, { kind: 'Namespace', apiVersion: 'v1', ...namespaceObject(namespace) });
  }
  if (info.resource === 'configmaps') {
    if (info.verb === 'list') return listReply(call, 'ConfigMapList', 'v1', []);
    if (info.verb !== 'get') return methodNotAllowed();
    if (info.name !== 'kube-root-ca.crt' || !cluster.namespaces.has(info.namespace ?? ''))
      return notFound(info);
    const metadata = { name: info.name, namespace: info.namespace };
    const data = { 'ca.crt': cluster.rootCaPem };
    return jsonReply(200, { kind: 'ConfigMap', apiVersion: 'v1', metadata, data });
  }
  if (info.resource === 'serviceaccounts') return serveServiceAccounts(call);
  if (info.resource === 'secrets') return serveSecrets(call);
  return undefined;
};
