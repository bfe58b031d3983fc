import { jsonReply, type Reply, textReply } from '../http/message.ts';
import type { RequestInfo } from './request-info.ts';

/** A failure as every Kubernetes API words it. */
export function statusReply(
  code: number,
  reason: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Reply {
  return jsonReply(code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  });
}

export function unauthorized(): Reply {
  return statusReply(401, 'Unauthorized', 'Unauthorized');
}

/** 403 in the words of the API server; `reason` is what the scopes say, if they forbid it. */
export function forbidden(userName: string, info: RequestInfo, reason?: string): Reply {
  const because = reason === undefined ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(userName)} cannot ${info.verb}`;
  const reply = (message: string, details: Readonly<Record<string, unknown>>) => {
    const status = statusReply(403, 'Forbidden', message, details);
    return { ...status, headers: { ...status.headers, 'X-Content-Type-Options': 'nosniff' } };
  };
  if (info.path !== undefined)
    return reply(`forbidden: ${who} path ${JSON.stringify(info.path)}${because}`, {});
  const full = info.subresource === undefined ? info.resource : `${info.resource}/${info.subresource}`;
  const where =
    info.namespace === undefined ? 'at the cluster scope' : `in the namespace "${info.namespace}"`;
  const what = `resource "${full}" in API group "${info.group}" ${where}`;
  return reply(`${qualifiedName(info)} is forbidden: ${who} ${what}${because}`, resourceDetails(info));
}

/** 404 for an object of a resource that is served. */
export function notFound(info: RequestInfo): Reply {
  return statusReply(404, 'NotFound', `${qualifiedName(info)} not found`, resourceDetails(info));
}

/** 400 in the API server's words. */
export function badRequest(message: string): Reply {
  return statusReply(400, 'BadRequest', message);
}

/** 409 for an object that is to be created. */
export function alreadyExists(info: RequestInfo): Reply {
  return statusReply(409, 'AlreadyExists', `${qualifiedName(info)} already exists`, resourceDetails(info));
}

/** 403 of an object that the caller may not write in this form, although the verb is allowed. */
export function forbiddenObject(info: RequestInfo, why: string): Reply {
  return statusReply(403, 'Forbidden', `${qualifiedName(info)} is forbidden: ${why}`, resourceDetails(info));
}

/** 409 for a change that the state of an object forbids. */
export function conflict(qualifiedResource: string, name: string, why: string): Reply {
  return statusReply(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedResource} ${JSON.stringify(name)}: ${why}`,
    conflictDetails(qualifiedResource, name),
  );
}

/** What is wrong with a field, in the form of Kubernetes' field errors. */
export interface FieldError {
  readonly field: string;
  readonly reason: 'FieldValueForbidden' | 'FieldValueInvalid' | 'FieldValueRequired';
  /** With its prefix: `Invalid value: 599: …`, `Required value`. */
  readonly message: string;
}

/** 422 for an object that does not hold together. */
export function invalid(group: string, kind: string, name: string, error: FieldError): Reply {
  const qualified = group === '' ? kind : `${kind}.${group}`;
  return statusReply(
    422,
    'Invalid',
    `${qualified} ${JSON.stringify(name)} is invalid: ${error.field}: ${error.message}`,
    {
      ...(name === '' ? {} : { name }),
      ...(group === '' ? {} : { group }),
      kind,
      causes: [{ reason: error.reason, message: error.message, field: error.field }],
    },
  );
}

/** 404 for a resource or version that a served API group does not have. */
export function resourceNotServed(): Reply {
  return statusReply(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** 404 for an API group or path that nobody serves. */
export function pathNotServed(): Reply {
  return textReply(404, '404 page not found');
}

export function methodNotAllowed(): Reply {
  return statusReply(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

/** 415 for a patch in a form that is not served. */
export function unsupportedMediaType(accepted: readonly string[]): Reply {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return statusReply(415, 'UnsupportedMediaType', message, {});
}

/** What the aggregator answers while the server behind an API group is down. */
export function serviceUnavailable(): Reply {
  return textReply(503, 'service unavailable');
}

function conflictDetails(qualifiedResource: string, name: string): Record<string, unknown> {
  const dot = qualifiedResource.indexOf('.');
  if (dot < 0) return { name, kind: qualifiedResource };
  return { name, group: qualifiedResource.slice(dot + 1), kind: qualifiedResource.slice(0, dot) };
}

function qualifiedName(info: RequestInfo): string {
  const resource = info.group === '' ? info.resource : `${info.resource}.${info.group}`;
  return info.name === undefined ? `${resource}` : `${resource} "${info.name}"`;
}

function resourceDetails(info: RequestInfo): Record<string, unknown> {
  return {
    ...(info.name === undefined ? {} : { name: info.name }),
    ...(info.group === '' ? {} : { group: info.group }),
    kind: info.resource,
  };
}
