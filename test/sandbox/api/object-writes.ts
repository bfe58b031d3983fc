import { randomUUID } from 'node:crypto';
import { type ObjectMeta, objectKey } from '../cluster/objects.ts';
import { isReply, jsonReply, type Reply } from '../http/message.ts';
import { type ApiCall, readJson } from './api-call.ts';
import { type BodyMetadata, readObjectBody } from './object-body.ts';
import { type ObjectKind, objectJson } from './object-kind.ts';
import { alreadyExists, badRequest, conflict, methodNotAllowed, unsupportedMediaType } from './status.ts';

/** POST: the object as it was stored, before any controller has seen it. */
export function createObject<T extends ObjectMeta>(call: ApiCall, kind: ObjectKind<T>): Reply {
  if (call.info.name !== undefined || kind.create === undefined) return methodNotAllowed();
  const body = readObjectBody(call, kind);
  if (isReply(body)) return body;
  const { cluster } = call;
  const meta = {
    ...ownMetadata(body.metadata),
    uid: randomUUID(),
    resourceVersion: cluster.nextVersion(),
    createdMs: cluster.clock.nowMs(),
  };
  const object = kind.read?.(meta, body);
  if (object === undefined || isReply(object)) return object ?? methodNotAllowed();
  if (kind.objects.has(objectKey(object))) return alreadyExists({ ...call.info, name: object.name });
  kind.create(object);
  return jsonReply(201, objectJson(kind, object));
}

/** PUT: refused if the client has not seen the latest version. */
export function updateObject<T extends ObjectMeta>(call: ApiCall, kind: ObjectKind<T>, before: T): Reply {
  const body = readObjectBody(call, kind);
  if (isReply(body)) return body;
  const { name, resourceVersion } = body.metadata;
  if (name !== before.name) {
    return badRequest(`the name of the object (${name}) does not match the name on the URL (${before.name})`);
  }
  if (resourceVersion !== undefined && resourceVersion !== before.resourceVersion) {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    return conflict(qualifiedResource(call), name, why);
  }
  const { uid, createdMs } = before;
  const version = call.cluster.nextVersion();
  const meta = { ...ownMetadata(body.metadata), uid, createdMs, resourceVersion: version };
  const object = kind.read?.(meta, body, before);
  if (object === undefined || isReply(object)) return object ?? methodNotAllowed();
  kind.update?.(object);
  return jsonReply(200, objectJson(kind, object));
}

const MERGE_PATCHES = ['application/merge-patch+json', 'application/strategic-merge-patch+json'];

/**
 * PATCH: what the patch makes of the object is written as a PUT is, so that one that says a `resourceVersion` is refused
 * where that is not the latest (kubernetes 1.34, apiserver/pkg/endpoints/handlers/patch.go and registry/generic/registry/
 * store.go). Of the kinds here no list is merged by a key, so that a strategic merge is a merge (RFC 7386). JSON patches
 * and server-side apply, which the real one takes, are not served.
 */
export function patchObject<T extends ObjectMeta>(call: ApiCall, kind: ObjectKind<T>, before: T): Reply {
  if (!MERGE_PATCHES.includes(call.contentType)) return unsupportedMediaType(MERGE_PATCHES);
  const patch = readJson(call.body);
  if (!isObject(patch)) return badRequest(`the patch is no object of a ${kind.kind}`);
  const { metadata, ...current } = objectJson(kind, before) as Record<string, unknown>;
  const { resourceVersion, ...own } = metadata as Record<string, unknown>;
  // Without a version of its own, a patch is tried again on whatever is the latest.
  const patched = merged({ ...current, metadata: own }, patch);
  return updateObject({ ...call, body: Buffer.from(JSON.stringify(patched)) }, kind, before);
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** DELETE: with a uid as a precondition only that very object. */
export function deleteObject<T extends ObjectMeta>(call: ApiCall, kind: ObjectKind<T>, object: T): Reply {
  const options = call.body.length === 0 ? {} : (readJson(call.body) as DeleteOptions | undefined);
  if (options === undefined)
    return badRequest('the object provided is unrecognized (must be of type DeleteOptions)');
  const wanted = options.preconditions?.uid;
  if (wanted !== undefined && wanted !== object.uid) {
    const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${object.uid}`;
    return conflict(qualifiedResource(call), object.name, why);
  }
  const last = objectJson(kind, object);
  kind.remove?.(object);
  if (kind.answersWithDeleted === true) return jsonReply(200, last);
  const { name, uid } = object;
  const group = call.info.group === '' ? {} : { group: call.info.group };
  return jsonReply(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...group, kind: call.info.resource, uid },
  });
}

interface DeleteOptions {
  readonly preconditions?: { readonly uid?: string } | null;
}

function ownMetadata({ name, labels, annotations }: BodyMetadata) {
  return {
    name,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function qualifiedResource({ info: { group, resource } }: ApiCall): string {
  return group === '' ? `${resource}` : `${resource}.${group}`;
}
