import type { Cluster } from '../cluster/cluster.ts';
import type { Identity } from '../cluster/identity.ts';
import { jsonReply, type Reply } from '../http/message.ts';
import type { RequestInfo } from './request-info.ts';

/** An authenticated and authorized request, as the handler of its API group gets it. */
export interface ApiCall {
  readonly cluster: Cluster;
  readonly identity: Identity;
  readonly info: RequestInfo;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** Of the body, without its parameters; empty: none was said. */
  readonly contentType: string;
}

/**
 * Serves one API group; undefined: no such resource, version or method in it.
 * A handler need not ask who may do what: that is decided before.
 */
export type ApiGroup = (call: ApiCall) => Reply | undefined;

interface ListMetadata {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

/** A List object, cut by `limit` and resumed by `continue`. */
export function listReply<T extends { metadata: { name: string } }>(
  call: ApiCall,
  kind: string,
  apiVersion: string,
  items: readonly T[],
  headers: Reply['headers'] = {},
): Reply {
  const limit = Number(call.query.get('limit') ?? '0');
  const start = Number(Buffer.from(call.query.get('continue') ?? '', 'base64url').toString() || '0');
  const end = limit > 0 ? start + limit : items.length;
  const metadata: ListMetadata = { resourceVersion: call.cluster.nextVersion() };
  if (end < items.length) {
    metadata.continue = Buffer.from(String(end)).toString('base64url');
    metadata.remainingItemCount = items.length - end;
  }
  return jsonReply(200, { kind, apiVersion, metadata, items: items.slice(start, end) }, headers);
}

/** The body as JSON; undefined if it is none. */
export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
