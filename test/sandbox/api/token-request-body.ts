import { readJson } from './api-call.ts';

export interface BoundObjectReference {
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly uid?: string;
}

/** What a TokenRequest asks for; the fields are not judged yet. */
export interface TokenRequestBody {
  readonly name?: string;
  readonly namespace?: string;
  /** Empty: the API server's own. */
  readonly audiences: readonly string[];
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: BoundObjectReference;
}

interface RawTokenRequest {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
  readonly metadata?: { readonly name?: string; readonly namespace?: string } | null;
  readonly spec?: {
    readonly audiences?: unknown;
    readonly expirationSeconds?: unknown;
    readonly boundObjectRef?: Partial<BoundObjectReference> | null;
  } | null;
}

/** Reads the body of a TokenRequest; a text is what the API server has against it (400). */
export function readTokenRequest(body: Buffer): TokenRequestBody | string {
  const raw = readJson(body);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return 'the object provided is unrecognized (must be of type TokenRequest)';
  }
  const { kind = 'TokenRequest', apiVersion, metadata, spec } = raw as RawTokenRequest;
  if (kind !== 'TokenRequest' || (apiVersion ?? 'authentication.k8s.io/v1') !== 'authentication.k8s.io/v1') {
    return `${kind} in version ${apiVersion} cannot be handled as a TokenRequest`;
  }
  const { audiences, expirationSeconds, boundObjectRef } = spec ?? {};
  const mistyped =
    !isStrings(audiences ?? []) || !(expirationSeconds == null || Number.isInteger(expirationSeconds));
  if (mistyped)
    return 'TokenRequest in version "v1" cannot be handled as a TokenRequest: json: cannot unmarshal';
  return {
    ...(metadata?.name ? { name: metadata.name } : {}),
    ...(metadata?.namespace ? { namespace: metadata.namespace } : {}),
    audiences: (audiences ?? []) as string[],
    ...(expirationSeconds == null ? {} : { expirationSeconds: expirationSeconds as number }),
    ...(boundObjectRef == null ? {} : { boundObjectRef: readReference(boundObjectRef) }),
  };
}

function readReference(reference: Partial<BoundObjectReference>): BoundObjectReference {
  const { kind = '', apiVersion = '', name = '', uid } = reference;
  return { kind, apiVersion, name, ...(uid ? { uid } : {}) };
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
