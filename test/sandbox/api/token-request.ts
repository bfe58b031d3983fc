import { formatTime } from '../clock.ts';
import { objectKey } from '../cluster/objects.ts';
import { API_AUDIENCE, type BoundObject } from '../cluster/service-account-tokens.ts';
import { isReply, jsonReply, type Reply } from '../http/message.ts';
import type { ApiCall } from './api-call.ts';
import { managedFields } from './managed-fields.ts';
import { badRequest, conflict, invalid, methodNotAllowed, notFound } from './status.ts';
import { type BoundObjectReference, readTokenRequest, type TokenRequestBody } from './token-request-body.ts';

const API_VERSION = 'authentication.k8s.io/v1';
const DEFAULT_LIFE_SECONDS = 3600;
const MINIMUM_LIFE_SECONDS = 600;
const MAXIMUM_LIFE_SECONDS = 2 ** 32;

/**
 * TokenRequest, `POST …/serviceaccounts/NAME/token`, in the order of kube-apiserver's TokenREST.Create: the account,
 * the fields, the bound object, the server's own maximum, the token.
 */
export function serveTokenRequest(call: ApiCall): Reply | undefined {
  const { cluster, info, identity } = call;
  if (cluster.mode === 'okd-3.11') return undefined;
  if (info.verb !== 'create') return methodNotAllowed();
  const body = readTokenRequest(call.body);
  if (typeof body === 'string') return badRequest(body);
  const { namespace = '', name = '' } = info;
  const account = cluster.serviceAccounts.get(objectKey({ namespace, name }));
  if (account === undefined) {
    return notFound({ verb: 'get', group: '', resource: 'serviceaccounts', name });
  }
  const refusal = refuseFields(body, namespace, name);
  if (refusal !== undefined) return refusal;
  const bound = body.boundObjectRef === undefined ? undefined : findBound(call, body.boundObjectRef);
  if (bound !== undefined && isReply(bound)) return bound;

  const asked = body.expirationSeconds ?? DEFAULT_LIFE_SECONDS;
  const lifeSeconds = Math.min(asked, cluster.tokenRequestMaximumSeconds ?? asked);
  const audiences = body.audiences.length === 0 ? [API_AUDIENCE] : body.audiences;
  const nowMs = cluster.clock.nowMs();
  const token = cluster.credentials.issueBoundToken({
    account,
    lifeSeconds,
    audiences,
    ...(bound === undefined ? {} : { secret: bound }),
  });
  cluster.mints.push({
    namespace,
    serviceAccount: name,
    requestedBy: identity.name,
    timeMs: nowMs,
    lifeSeconds,
    audiences,
    token,
  });
  const created = formatTime(nowMs);
  const warning = `299 - "requested expiration of ${asked} seconds shortened to ${lifeSeconds} seconds"`;
  return jsonReply(
    201,
    {
      kind: 'TokenRequest',
      apiVersion: API_VERSION,
      metadata: { name, namespace, creationTimestamp: created, managedFields: specFields(body, created) },
      spec: { audiences, expirationSeconds: lifeSeconds, boundObjectRef: body.boundObjectRef ?? null },
      status: { token, expirationTimestamp: formatTime(nowMs + lifeSeconds * 1000) },
    },
    lifeSeconds < asked ? { Warning: warning } : {},
  );
}

function refuseFields(body: TokenRequestBody, namespace: string, name: string): Reply | undefined {
  const refuse = (objectName: string, field: string, value: unknown, why: string) =>
    invalid('authentication.k8s.io', 'TokenRequest', objectName, {
      field,
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
    });
  if (body.name !== undefined && body.name !== name) {
    return refuse(name, 'metadata.name', body.name, 'must match the service account name if specified');
  }
  if (body.namespace !== undefined && body.namespace !== namespace) {
    const why = 'must match the service account namespace if specified';
    return refuse(name, 'metadata.namespace', body.namespace, why);
  }
  const { expirationSeconds: life } = body;
  const field = 'spec.expirationSeconds';
  if (life !== undefined && life < MINIMUM_LIFE_SECONDS) {
    return refuse('', field, life, 'may not specify a duration less than 10 minutes');
  }
  if (life !== undefined && life > MAXIMUM_LIFE_SECONDS) {
    return refuse('', field, life, 'may not specify a duration larger than 2^32 seconds');
  }
  return undefined;
}

/** The Secret that the token is to live and die with. The sandbox has no Pods. */
function findBound({ cluster, info }: ApiCall, reference: BoundObjectReference): BoundObject | Reply {
  const { kind, apiVersion, name, uid } = reference;
  if (apiVersion !== 'v1' || (kind !== 'Secret' && kind !== 'Pod')) {
    const slash = apiVersion.lastIndexOf('/');
    const [group, version] = [apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1)];
    return badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  const secret = kind === 'Secret' ? cluster.secrets.get(`${info.namespace}/${name}`) : undefined;
  if (secret === undefined) {
    return notFound({ verb: 'get', group: '', resource: kind === 'Secret' ? 'secrets' : 'pods', name });
  }
  if (uid !== undefined && uid !== secret.uid) {
    const why =
      `the UID in the bound object reference (${uid}) does not match the UID in record. ` +
      'The object might have been deleted and then recreated';
    return conflict(kind, name, why);
  }
  return { name, uid: secret.uid };
}

function specFields(body: TokenRequestBody, time: string): object[] {
  const spec = {
    ...(body.audiences.length === 0 ? {} : { 'f:audiences': {} }),
    'f:expirationSeconds': {},
  };
  const all = managedFields('sandbox', API_VERSION, time, { 'f:spec': spec });
  return all.map((fields) => ({ ...fields, subresource: 'token' }));
}
