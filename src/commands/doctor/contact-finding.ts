import type { Contact, ContactFault } from '../../cluster/contact.ts';
import type { Fix } from '../../hosts/reason.ts';
import { isInternalName } from '../../registry/claimable-host.ts';
import type { Finding } from './check.ts';

type NoContact = Extract<Contact, { kind: 'none' }>;

const EFFECT: Record<ContactFault, string> = {
  'unknown-name':
    'Its name leads nowhere from here: a VPN that is off, another network, or a name that is gone',
  'no-lookup': 'No DNS server answers here: this machine is off the network, or its DNS is not right',
  refused: 'A machine is there and turns the connection away: the server is stopped, or a firewall says no',
  'no-network': 'This machine has no way there: it is off the network, or a VPN is off',
  late: 'What is sent there is not answered: a firewall drops it, a VPN is off, or the server is down',
  'expired-certificate':
    'Its certificate has expired, so nobody can tell whether it is the right server; a clock here that is wrong looks the same',
  'other-name':
    'Its certificate is for another name: it is another server than was meant, or one that was set up for another name',
  'untrusted-certificate':
    'Its certificate is of an authority that nothing here trusts, so nobody can tell whether it is the right server',
  'own-fault': 'It was not asked: something on this machine keeps it from being',
  other: 'The connection broke off before there was an answer',
};

/** A server that can't be reached. */
export interface Unreached {
  /** How it is spoken of. */
  readonly name: string;
  /** The same among others of its kind. */
  readonly shortName: string;
  readonly contact: NoContact;
  /** The registry host that it is, if it is one. */
  readonly host: string | undefined;
  /** What has a certificate trusted that is not. */
  readonly trust: Fix;
}

const MOST_NAMES = 3;

/**
 * What is to be said of servers that can't be reached: of each, or where the network is at fault, of all at once.
 * @param what they are, in the plural
 */
export function noContactFindings(what: string, unreached: readonly Unreached[]): Finding[] {
  const alike = new Map<string, Unreached[]>();
  for (const server of unreached) {
    const { fault, detail, proxy } = server.contact;
    // Each certificate is another's to put right.
    const key = isCertificateFault(fault) ? server.name : [fault, detail, proxy].join(' ');
    alike.set(key, [...(alike.get(key) ?? []), server]);
  }
  return [...alike.values()].flatMap((servers) =>
    // Of more that are away for one reason, that reason is told once.
    servers.length === 1 ? servers.map(noContactFinding) : [togetherFinding(what, servers)],
  );
}

function togetherFinding(what: string, servers: readonly Unreached[]): Finding {
  const [first] = servers as [Unreached, ...Unreached[]];
  const finding = noContactFinding({ ...first, name: `${servers.length} ${what}`, host: undefined });
  return { ...finding, why: `${finding.why} (${namesInShort(servers.map(({ shortName }) => shortName))})` };
}

/** @returns the first few, and how many more there are */
export function namesInShort(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  if (more <= 0) return names.join(', ');
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more`;
}

function noContactFinding({ name, contact: { fault, detail, proxy }, host, trust }: Unreached): Finding {
  const by = proxy === undefined ? '' : ` by the proxy ${proxy}`;
  const why = `${name} can't be reached${by}: ${detail}`;
  if (host !== undefined && isInternalName(host) && fault === 'unknown-name') {
    const effect = 'That name is known inside of the cluster only';
    const fix = { do: 'Use the public name of the registry from outside of the cluster.' };
    return { status: 'problem', code: 'internal-name-outside', host, why, effect, fix };
  }
  const fix = fixOf(fault, proxy, trust);
  return { status: 'problem', code: `unreachable-${fault}`, host, why, effect: EFFECT[fault], fix };
}

function fixOf(fault: ContactFault, proxy: string | undefined, trust: Fix): Fix {
  switch (fault) {
    case 'expired-certificate':
      return {
        do: 'Compare the clock with: date -u; if it is right, tell the administrators of that server.',
      };
    case 'other-name':
      return { do: 'Compare the address with the one that the administrators of that server name.' };
    case 'untrusted-certificate':
      return trust;
    case 'own-fault':
      return { do: 'Correct what is named there.' };
    default:
      return {
        do:
          proxy === undefined
            ? 'Connect to the network or VPN that it is in; if a proxy leads there, set HTTPS_PROXY. Then run doctor again.'
            : `Correct HTTPS_PROXY, NO_PROXY or the kubeconfig's proxy-url, if ${proxy} is not the way there.`,
      };
  }
}

/** What failed at TLS: a connection was made, and its certificate is not right. */
export function isCertificateFault(fault: ContactFault): boolean {
  return fault === 'expired-certificate' || fault === 'other-name' || fault === 'untrusted-certificate';
}
