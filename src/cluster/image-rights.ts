import { listIn, objectIn, parseObject, textIn } from './reply-fields.ts';
import { failureInWords } from './retry-after.ts';
import type { Reply } from './send-request.ts';

/** Whether a user has a right; an object where that can't be told. */
export type Right = 'yes' | 'no' | { readonly unknown: string };

/** What a cluster's API says of an image stream. */
export type ImageStreamAnswer =
  | { readonly kind: 'there'; readonly tags: readonly ImageTag[] }
  | { readonly kind: 'absent' }
  /** Forbidden, or nobody to ask. */
  | { readonly kind: 'unknown' };

/** A tag of an image stream. */
export interface ImageTag {
  readonly name: string;
  /** Why its import failed, in the cluster's words, where it did and nothing is there. */
  readonly importFault: string | undefined;
}

/** Asks a host's cluster as the user whose token the host gets. @returns undefined: nobody to ask, or to be */
export type AskAsUser = (host: string, path: string, body?: object) => Promise<Reply | undefined>;

/** What a host's cluster says of its user's rights, and of what is there. */
export interface ImageRights {
  /** Whether its user may `get` (pull) or `update` (push) images; without a namespace: everywhere. */
  right(
    host: string,
    verb: 'get' | 'update',
    namespace: string | undefined,
    name: string | undefined,
  ): Promise<Right>;
  imageStream(host: string, namespace: string, name: string): Promise<ImageStreamAnswer>;
  /** Whether a namespace is there, as far as the user may know. */
  hasNamespace(host: string, namespace: string): Promise<boolean | undefined>;
}

/** Asks a host's cluster about images, as the user whose token the host gets. */
export function imageRights(ask: AskAsUser): ImageRights {
  return {
    right: (host, verb, namespace, name) => review(host, { verb, namespace, name }, ask),
    imageStream: (host, namespace, name) => findStream(host, namespace, name, ask),
    hasNamespace: async (host, namespace) => {
      // A user is told 403 of one that is another's and of one that is gone; only who may see all is told 404.
      const reply = await ask(
        host,
        `/apis/project.openshift.io/v1/projects/${encodeURIComponent(namespace)}`,
      );
      if (reply?.status === 200) return true;
      return reply?.status === 404 ? false : undefined;
    },
  };
}

/** By the very review that the registry asks for (image-registry, `pkg/dockerregistry/server/auth.go`). */
async function review(host: string, attributes: object, ask: AskAsUser): Promise<Right> {
  const layers = { group: 'image.openshift.io', resource: 'imagestreams', subresource: 'layers' };
  const reply = await ask(host, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { ...layers, ...attributes } },
  });
  if (reply === undefined) return { unknown: 'no cluster is known for it' };
  const status = objectIn(parseObject(reply.body), 'status') as { allowed?: unknown } | undefined;
  if (reply.status === 201 && typeof status?.allowed === 'boolean') return status.allowed ? 'yes' : 'no';
  return { unknown: failureInWords(reply) };
}

async function findStream(
  host: string,
  namespace: string,
  name: string,
  ask: AskAsUser,
): Promise<ImageStreamAnswer> {
  const path = `namespaces/${encodeURIComponent(namespace)}/imagestreams/${encodeURIComponent(name)}`;
  const reply = await ask(host, `/apis/image.openshift.io/v1/${path}`);
  const body = parseObject(reply?.body ?? '');
  if (reply?.status === 404 && textIn(objectIn(body, 'details'), 'kind') === 'imagestreams') {
    return { kind: 'absent' };
  }
  if (reply?.status !== 200) return { kind: 'unknown' };
  return { kind: 'there', tags: listIn(objectIn(body, 'status'), 'tags').flatMap(imageTag) };
}

/** A tag whose import failed has no `items`, and a condition that says why. */
function imageTag(tag: unknown): ImageTag[] {
  if (typeof tag !== 'object' || tag === null) return [];
  const name = textIn(tag, 'tag');
  if (name === undefined) return [];
  const failed = listIn(tag, 'conditions').find(
    (one): one is object =>
      typeof one === 'object' &&
      one !== null &&
      textIn(one, 'type') === 'ImportSuccess' &&
      textIn(one, 'status') === 'False',
  );
  const isEmpty = listIn(tag, 'items').length === 0;
  return [{ name, importFault: failed !== undefined && isEmpty ? textIn(failed, 'message') : undefined }];
}
