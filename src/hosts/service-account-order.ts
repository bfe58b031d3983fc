import type { RegistrySettings } from '../registry/bind-host.ts';

/** Kubernetes' names (RFC 1123): a namespace is a label, an account's name a subdomain. */
const NAMESPACE_AND_NAME =
  /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;
/** The life that is asked for where the config says nothing: a working day. */
const DEFAULT_LIFE_SECONDS = 8 * 3600;

/** A service account whose tokens a registry host gets. */
export interface ServiceAccountOrder {
  readonly namespace: string;
  readonly name: string;
  readonly lifeSeconds: number;
  /** Its own token may mint the next one; its life is bound to a Secret of this machine. */
  readonly selfRenew: boolean;
}

/** @returns the namespace and name in `NAMESPACE/NAME`; undefined if the text is not of this form */
export function parseServiceAccount(text: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = NAMESPACE_AND_NAME.exec(text) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** What is minted for a host, if the config says so. */
export function serviceAccountOrder(settings: RegistrySettings | undefined): ServiceAccountOrder | undefined {
  const account = parseServiceAccount(settings?.serviceAccount ?? '');
  if (account === undefined) return undefined;
  const lifeSeconds = settings?.tokenLifetime ?? DEFAULT_LIFE_SECONDS;
  return { ...account, lifeSeconds, selfRenew: settings?.selfRenew === true };
}
