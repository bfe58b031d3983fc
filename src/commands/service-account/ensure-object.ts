import { type ApiReply, apiFault } from '../../cluster/api-fault.ts';
import { parseObject } from '../../cluster/reply-fields.ts';
import {
  type KubernetesObject,
  nameObject,
  type PolicyRule,
  RBAC_GROUP,
  type Subject,
} from '../../cluster/service-account-objects.ts';
import { AppError } from '../../hosts/reason.ts';

/** Sends a request to the cluster, with the login of a person. `path` starts with `/api`. */
export type ApiRequest = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  path: string,
  body?: object,
) => Promise<ApiReply>;

/** The cluster that the objects are made in; `server` is its URL. */
export interface Cluster {
  readonly server: string;
  readonly request: ApiRequest;
}

/**
 * What became of an object: it was made; it is as it should be; a subject or rule was added to it; it is there, but
 * may not be read; it may not be made or changed; it may not be made, nor may it be read whether it is there.
 */
export type Outcome = 'created' | 'there' | 'updated' | 'unread' | 'forbidden' | 'unseen';

/** Others may make or change the object at the same time; whoever loses three times has another problem. */
const ATTEMPTS = 3;

/**
 * Makes sure that the cluster has the object. One that exists keeps all it has; only what is missing is added.
 * @throws AppError if it grants another role, if its namespace is missing, or for any answer but 403
 */
export async function ensureObject(object: KubernetesObject, cluster: Cluster): Promise<Outcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const outcome = await ensureOnce(object, cluster);
    if (outcome !== 'changed meanwhile') return outcome;
  }
  throw new AppError({
    code: 'object-keeps-changing',
    message: `${nameObject(object)} was changed by someone else at the same time; run this again`,
  });
}

async function ensureOnce(
  object: KubernetesObject,
  cluster: Cluster,
): Promise<Outcome | 'changed meanwhile'> {
  const { collection, item } = objectPaths(object);
  const found = await cluster.request('GET', item);
  if (found.status === 200) return update(object, found, cluster);
  // Whoever may not read it may be allowed to make it.
  if (found.status !== 404 && found.status !== 403) throw unexpected(object, found, cluster);
  const made = await cluster.request('POST', collection, object);
  switch (made.status) {
    case 201:
      return 'created';
    case 403:
      return found.status === 403 ? 'unseen' : 'forbidden';
    case 409:
      return found.status === 403 ? 'unread' : 'changed meanwhile';
    case 404:
      throw new AppError({
        code: 'no-namespace',
        message: `${nameObject(object)} can't be made: the cluster has no such namespace, or does not serve this kind`,
        fix: { run: `oc get namespace ${object.metadata.namespace}` },
      });
    default:
      throw unexpected(object, made, cluster);
  }
}

async function update(
  object: KubernetesObject,
  found: ApiReply,
  cluster: Cluster,
): Promise<Outcome | 'changed meanwhile'> {
  const existing = parse(object, found, cluster);
  const merged = withWhatIsMissing(existing, object);
  if (merged === 'another role') {
    throw new AppError({
      code: 'another-role',
      message:
        `${nameObject(object)} is there already and grants something else than the ${object.roleRef?.kind} ` +
        `${object.roleRef?.name}; a binding's role can't be changed, so delete it, then run this again`,
      fix: {
        run: `oc delete ${object.kind.toLowerCase()} ${object.metadata.name} -n ${object.metadata.namespace}`,
      },
    });
  }
  if (merged === undefined) return 'there';
  const changed = await cluster.request('PUT', objectPaths(object).item, merged);
  if (changed.status === 200) return 'updated';
  if (changed.status === 403) return 'forbidden';
  if (changed.status === 409 || changed.status === 404) return 'changed meanwhile';
  throw unexpected(object, changed, cluster);
}

function parse(object: KubernetesObject, reply: ApiReply, cluster: Cluster): object {
  const value = parseObject(reply.body);
  if ((value as { kind?: unknown } | undefined)?.kind === object.kind) return value as object;
  throw unexpected(object, { ...reply, detail: `with something else than a ${object.kind}` }, cluster);
}

function unexpected(object: KubernetesObject, reply: ApiReply, { server }: Cluster): AppError {
  const name = nameObject(object);
  return apiFault(reply.status === 0 ? `${name} can't be made` : name, reply, server);
}

type Existing = Readonly<Record<string, unknown>>;

/**
 * An object of the cluster with what it lacks of `wanted`: a binding's subjects, a role's rules.
 * @param existingObject the object as the API server gave it; all it has is kept
 * @returns the object to PUT; undefined if nothing is missing; `another role` if it is a binding of another role
 */
function withWhatIsMissing(
  existingObject: object,
  wanted: KubernetesObject,
): object | 'another role' | undefined {
  const existing = existingObject as Existing;
  if (wanted.roleRef !== undefined && !isSameRole(existing.roleRef, wanted.roleRef)) return 'another role';
  const subjects = missing(wanted.subjects, listIn(existing.subjects), isSameSubject);
  const rules = missing(wanted.rules, listIn(existing.rules), covers);
  if (subjects.length === 0 && rules.length === 0) return undefined;
  return {
    ...existing,
    ...(subjects.length === 0 ? {} : { subjects: [...listIn(existing.subjects), ...subjects] }),
    ...(rules.length === 0 ? {} : { rules: [...listIn(existing.rules), ...rules] }),
  };
}

function missing<T>(
  wanted: readonly T[] | undefined,
  existing: readonly Existing[],
  matches: (existing: Existing, wanted: T) => boolean,
): T[] {
  return (wanted ?? []).filter((one) => !existing.some((other) => matches(other, one)));
}

function isSameRole(existing: unknown, { kind, name }: NonNullable<KubernetesObject['roleRef']>): boolean {
  if (typeof existing !== 'object' || existing === null) return false;
  const found = existing as Existing;
  return found.kind === kind && found.name === name;
}

function isSameSubject(existing: Existing, { kind, name, namespace }: Subject): boolean {
  return existing.kind === kind && existing.name === name && existing.namespace === namespace;
}

/** Whether a rule allows all that the other does. No names: it is for objects of every name. */
function covers(existing: Existing, wanted: PolicyRule): boolean {
  const names = textsIn(existing.resourceNames);
  return (
    hasAll(existing.apiGroups, wanted.apiGroups) &&
    hasAll(existing.resources, wanted.resources) &&
    hasAll(existing.verbs, wanted.verbs) &&
    (names.length === 0 || (wanted.resourceNames ?? ['*']).every((name) => names.includes(name)))
  );
}

function hasAll(list: unknown, wanted: readonly string[]): boolean {
  const texts = textsIn(list);
  return texts.includes('*') || wanted.every((text) => texts.includes(text));
}

function listIn(value: unknown): readonly Existing[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

const PLACES: Readonly<Record<KubernetesObject['kind'], { api: string; resource: string }>> = {
  Namespace: { api: '/api/v1', resource: 'namespaces' },
  ServiceAccount: { api: '/api/v1', resource: 'serviceaccounts' },
  Secret: { api: '/api/v1', resource: 'secrets' },
  Role: { api: `/apis/${RBAC_GROUP}/v1`, resource: 'roles' },
  RoleBinding: { api: `/apis/${RBAC_GROUP}/v1`, resource: 'rolebindings' },
  Group: { api: '/apis/user.openshift.io/v1', resource: 'groups' },
  CronJob: { api: '/apis/batch/v1', resource: 'cronjobs' },
};

/** @returns the API's paths: where objects of this kind are created, and this very object */
export function objectPaths({ kind, metadata }: KubernetesObject): { collection: string; item: string } {
  const { api, resource } = PLACES[kind];
  const within = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const collection = `${api}${within}/${resource}`;
  return { collection, item: `${collection}/${encodeURIComponent(metadata.name)}` };
}
