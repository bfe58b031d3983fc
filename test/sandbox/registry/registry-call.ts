import type { ImageStore } from '../cluster/image-store.ts';
import type { Reply, Request } from '../http/message.ts';
import type { UploadSessions } from './upload-sessions.ts';

/** How the registry asks the cluster's API in a client's name; undefined: the API cannot be reached. */
export type CallApi = (
  method: 'GET' | 'POST',
  path: string,
  token: string,
  body?: object,
) => { readonly status: number; readonly body: unknown } | undefined;

/** A request to a repository, authorized. */
export interface RegistryCall {
  readonly request: Request;
  readonly images: ImageStore;
  readonly uploads: UploadSessions;
  /** `namespace/name`. */
  readonly repository: string;
  /** Whether the caller may also pull from another repository, for mounting its blobs. */
  readonly mayPull: (repository: string) => boolean;
}

/** What every answer of the registry carries. */
export const REGISTRY_HEADERS = {
  'Docker-Distribution-Api-Version': 'registry/2.0',
  'X-Registry-Supports-Signatures': '1',
} as const;

/** An error as the distribution API words it; `detail` is left out if undefined. */
export function registryError(
  status: number,
  code: string,
  message: string,
  detail?: unknown,
  headers: Reply['headers'] = {},
): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...REGISTRY_HEADERS, ...headers },
    body: `${JSON.stringify({ errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] })}\n`,
  };
}

/** An answer without a body. */
export function emptyReply(status: number, headers: Reply['headers'] = {}): Reply {
  return { status, headers: { ...REGISTRY_HEADERS, ...headers } };
}

/** The URL of something in this registry, by the name that the client knows it under. */
export function ownUrl(request: Request, path: string): string {
  return `https://${request.headers.host ?? 'localhost'}${path}`;
}
