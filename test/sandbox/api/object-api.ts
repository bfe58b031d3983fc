import { type ObjectMeta, objectKey } from '../cluster/objects.ts';
import { jsonReply, type Reply } from '../http/message.ts';
import { type ApiCall, listReply } from './api-call.ts';
import { itemJson, type ObjectKind, objectJson } from './object-kind.ts';
import { selectObjects } from './object-selectors.ts';
import { createObject, deleteObject, patchObject, updateObject } from './object-writes.ts';
import { badRequest, methodNotAllowed, notFound } from './status.ts';

/** get, list, create, update, patch and delete of one kind, as kube-apiserver's generic registry does them. */
export function serveObjects<T extends ObjectMeta>(call: ApiCall, kind: ObjectKind<T>): Reply | undefined {
  const { verb, name, namespace, subresource } = call.info;
  if (subresource !== undefined) return undefined;
  if (verb === 'list') return listObjects(call, kind);
  if (verb === 'create') {
    if (namespace !== undefined && !call.cluster.namespaces.has(namespace)) {
      return notFound({ verb: 'get', group: '', resource: 'namespaces', name: namespace });
    }
    return createObject(call, kind);
  }
  const served =
    verb === 'get' ||
    (['update', 'patch'].includes(verb) && kind.update !== undefined) ||
    (verb === 'delete' && kind.remove !== undefined);
  if (!served || name === undefined) return methodNotAllowed();
  const object = kind.objects.get(objectKey(namespace === undefined ? { name } : { name, namespace }));
  if (object === undefined) return notFound(call.info);
  if (verb === 'get') return jsonReply(200, objectJson(kind, object));
  if (verb === 'patch') return patchObject(call, kind, object);
  return verb === 'update' ? updateObject(call, kind, object) : deleteObject(call, kind, object);
}

function listObjects<T extends ObjectMeta>(call: ApiCall, kind: ObjectKind<T>): Reply {
  const { namespace } = call.info;
  const items = [...kind.objects]
    .filter(([key]) => namespace === undefined || key.startsWith(`${namespace}/`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, object]) => itemJson(kind, object));
  const selected = selectObjects(call.query, items);
  if (typeof selected === 'string') return badRequest(selected);
  return listReply(call, `${kind.kind}List`, kind.apiVersion, selected);
}
