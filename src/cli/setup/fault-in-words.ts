import type { Identity } from '../../credential/identity.ts';
import { nameInSentence } from '../../credential/quoting.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';

/** @returns which cluster could not be asked for its registry, and why: a sentence without its full stop */
export function faultInWords({ server, context }: Identity, { fault }: { readonly fault: string }): string {
  return `${clusterDisplayName(server)} (context ${nameInSentence(context ?? '')}) could not be asked for its registry: ${fault}`;
}
