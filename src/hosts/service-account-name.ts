/** Kubernetes' names (RFC 1123): a namespace is a label, an account's name a subdomain. */
const NAMESPACE_AND_NAME =
  /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;

/** @returns the namespace and name in `NAMESPACE/NAME`; undefined if the text is not of this form */
export function parseServiceAccount(text: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = NAMESPACE_AND_NAME.exec(text) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}
