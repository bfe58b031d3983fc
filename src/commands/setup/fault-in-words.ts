import type { Identity } from '../../hosts/identity.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';

/** @returns which cluster could not be asked for its registry, and why: a sentence without its full stop */
export function faultInWords({ server, context }: Identity, { fault }: { readonly fault: string }): string {
  return `${clusterDisplayName(server)} (context ${nameInSentence(context ?? '')}) could not be asked for its registry: ${fault}`;
}

/** @returns why the word of a cluster counts for nothing whose certificate is not verified: a sentence without its full stop */
export function unverifiedInWords({ server, context }: Identity): string {
  return (
    `what ${clusterDisplayName(server)} calls its registry does not count, since context ${nameInSentence(context ?? '')} ` +
    'does not verify its certificate (insecure-skip-tls-verify)'
  );
}
