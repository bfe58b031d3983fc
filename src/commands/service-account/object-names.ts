import { looksLikeToken } from '../../hosts/quoting.ts';

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
/** An object's name has 253 characters at most; ours put up to 39 before a machine's, and 100 leave room. */
const LONGEST_MACHINE = 100;

/** @returns whether it is a DNS-1123 label, as Kubernetes names namespaces */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && DNS_LABEL.test(text);
}

/** @returns whether it is a DNS-1123 subdomain, as Kubernetes names service accounts */
export function isServiceAccountName(text: string): boolean {
  return text.length <= 253 && DNS_SUBDOMAIN.test(text);
}

/** @returns whether a Secret's name can end in it */
export function isMachineName(text: string): boolean {
  return text.length <= LONGEST_MACHINE && DNS_SUBDOMAIN.test(text);
}

/** @returns whether OpenShift takes it as the name of a user or group: a segment of a path, without a colon */
export function isUserOrGroupName(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[^\p{Cc}\s/%:,]+$/u.test(text) &&
    !['.', '..', '~'].includes(text) &&
    !looksLikeToken(text)
  );
}
