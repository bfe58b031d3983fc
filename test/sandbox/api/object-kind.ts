import { formatTime } from '../clock.ts';
import type { ObjectMeta } from '../cluster/objects.ts';
import type { Reply } from '../http/message.ts';
import type { ObjectBody } from './object-body.ts';

/** A kind of stored object and what is particular about it. Verbs without a function are not allowed. */
export interface ObjectKind<T extends ObjectMeta> {
  readonly kind: string;
  readonly apiVersion: string;
  /** Keyed `namespace/name`, or by name. */
  readonly objects: ReadonlyMap<string, T>;
  /** Everything but the metadata, as the API shows it. */
  readonly show: (object: T) => object;
  /** The object that a body describes, or why it may not be. `before` is the one that it replaces. */
  readonly read?: (meta: ObjectMeta, body: ObjectBody, before?: T) => T | Reply;
  readonly create?: (object: T) => void;
  readonly update?: (object: T) => void;
  readonly remove?: (object: T) => void;
  /** Most kinds answer a deletion with a Status; some with the object. */
  readonly answersWithDeleted?: boolean;
}

/** An object as the API shows it. */
export function objectJson<T extends ObjectMeta>(kind: ObjectKind<T>, object: T): object {
  return { kind: kind.kind, apiVersion: kind.apiVersion, ...itemJson(kind, object) };
}

/** The same inside a list. */
export function itemJson<T extends ObjectMeta>(kind: ObjectKind<T>, object: T) {
  return { metadata: metadataJson(object), ...kind.show(object) };
}

function metadataJson(object: ObjectMeta & { readonly namespace?: string }) {
  const { name, namespace, uid, resourceVersion, createdMs, labels, annotations } = object;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion,
    creationTimestamp: formatTime(createdMs),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
