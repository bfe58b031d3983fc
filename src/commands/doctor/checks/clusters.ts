import type { Contact } from '../../../cluster/contact.ts';
import { answerInWords } from '../../../cluster/retry-after.ts';
import { durationInWords } from '../../../hosts/clock.ts';
import type { Fix } from '../../../hosts/reason.ts';
import { clusterDisplayName } from '../../../registry/catalogue.ts';
import type { Check, Finding } from '../check.ts';
import { noContactFindings, type Unreached } from '../contact-finding.ts';
import type { Facts } from '../facts.ts';
import type { ClusterContact } from '../network-state.ts';

/** The clusters' API servers, and their clocks. */
export const CLUSTER_CHECKS: readonly Check[] = [
  {
    id: 'cluster',
    title:
      'each API server: its name, the way there (and by which proxy), its certificate, `insecure-skip-tls-verify`; whether it fails, or something else answers there, or its OAuth server is down',
    needs: 'network',
    run: clusters,
  },
  {
    id: 'clock-skew',
    title: "the clock here against the clusters'; more than a minute is a warning",
    needs: 'network',
    run: clockSkew,
  },
];

/** Whether the clusters' API servers can be reached, and by which way. */
async function clusters({ clusterContacts }: Facts): Promise<readonly Finding[]> {
  const contacts = await clusterContacts();
  return [
    ...contacts.flatMap(reached),
    ...noContactFindings('API servers', contacts.flatMap(unreached)),
    ...contacts.flatMap(withoutOAuth),
    ...contacts.flatMap(unverified),
  ];
}

/**
 * What is there under an API server's address. `failing`: it, or what stands before it, answers with an error;
 * `something-else`: a page or a redirect, as captive portals and consoles send.
 */
type ApiState = 'serving' | 'failing' | 'something-else' | 'away';

/** By the answer to `/version`, which Kubernetes tells everybody in JSON, or forbids in JSON. */
function apiStateOf(contact: Contact): ApiState {
  if (contact.kind === 'none') return 'away';
  const { status, contentType } = contact;
  if (status >= 500 || status === 429) return 'failing';
  if (contentType !== 'application/json') return 'something-else';
  return status === 200 || status === 401 || status === 403 ? 'serving' : 'something-else';
}

/** @returns the API servers that can't be asked about a token */
export function unaskable(contacts: readonly ClusterContact[]): readonly string[] {
  return contacts.flatMap(({ server, contact }) => (apiStateOf(contact) === 'serving' ? [] : [server]));
}

const WAIT = { do: 'Wait, or tell the administrators of that cluster.' } as const;

function reached({ server, contact }: ClusterContact): Finding[] {
  if (contact.kind === 'none') return [];
  const by = contact.proxy === undefined ? '' : ` by the proxy ${contact.proxy}`;
  const { status } = contact;
  switch (apiStateOf(contact)) {
    case 'failing':
      return [
        {
          status: 'problem',
          code: 'api-failing',
          why: `${nameOf(server)} ${contact.pausedUntilMs === undefined ? `answers${by} with an error (${status})` : answerInWords(contact)}`,
          effect:
            'It can neither issue a token nor say whether one is good; the registry may still know the one in use',
          fix: WAIT,
        },
      ];
    case 'something-else': {
      const what = status >= 300 && status < 400 ? 'a redirect' : 'no answer of an API server';
      return [
        {
          status: 'problem',
          code: 'no-api-server',
          why: `Something else than an API server answers at ${server}${by}: ${what} (${status})`,
          effect:
            'A network that wants you to log in stands between, a proxy does, or the address is that of another server; no token can be had or checked there',
          fix: {
            do: 'Open any page in a browser, to see whether the network wants a login; else ask the administrators of the cluster for its address.',
          },
        },
      ];
    }
    default:
      return [{ status: 'ok', code: 'api', why: `${nameOf(server)} answers${by}` }];
  }
}

/** With oauth-apiserver down, live tokens are refused as expired ones are, or accepted while they are remembered. */
function withoutOAuth({ server, oauth }: ClusterContact): Finding[] {
  if (oauth !== 'failing') return [];
  return [
    {
      status: 'problem',
      code: 'oauth-down',
      why: `The OAuth server of ${clusterDisplayName(server)} answers with an error`,
      effect:
        'Nobody can log in there, and logins that are good are refused as if they had expired; logging in again does not help',
      fix: WAIT,
    },
  ];
}

function unreached({ server, contact, hasOwnCa }: ClusterContact): Unreached[] {
  if (contact.kind === 'answered') return [];
  const isOther = contact.fault === 'untrusted-certificate' && hasOwnCa;
  // `oc login` writes no CA where the system's roots are enough; a cluster that has a new one is another case.
  const detail = isOther
    ? 'its certificate is of another authority than the kubeconfig names'
    : contact.detail;
  const [name, shortName] = [nameOf(server), clusterDisplayName(server)];
  return [
    { name, shortName, contact: { ...contact, detail }, host: undefined, trust: withAuthority(server) },
  ];
}

function withAuthority(server: string): Fix {
  return {
    do: `Log in with the file of its CA: docker-credential-openshift login ${server} --certificate-authority FILE`,
  };
}

function nameOf(server: string): string {
  const name = clusterDisplayName(server);
  return server.endsWith(`//${name}`) ? `The API server ${server}` : `The API server of ${name} (${server})`;
}

function unverified({ server, insecure }: ClusterContact): Finding[] {
  if (!insecure) return [];
  return [
    {
      status: 'warning',
      code: 'api-unverified',
      why: `The kubeconfig skips the verification of ${server} (insecure-skip-tls-verify)`,
      effect:
        'Whoever stands between gets the token, and what the cluster says of its registry does not count',
      fix: withAuthority(server),
    },
  ];
}

/** A token is answered while it has this long to live: a clock that is further off gets that wrong. */
const MOST_MS = 60_000;

/** This machine's clock, compared with the clusters'. */
async function clockSkew({ clusterContacts }: Facts): Promise<readonly Finding[]> {
  const skews = (await clusterContacts()).flatMap(({ server, contact }) =>
    contact.kind === 'answered' && contact.skewMs !== undefined && apiStateOf(contact) !== 'something-else'
      ? [{ server, skewMs: contact.skewMs }]
      : [],
  );
  if (skews.length === 0) return [];
  const off = skews.filter(({ skewMs }) => Math.abs(skewMs) > MOST_MS);
  if (off.length === 0) {
    return [{ status: 'ok', code: 'clock', why: "The clock agrees with the clusters' own" }];
  }
  // Where all are off, the clock here is; where one of several is, it is that one.
  const isOwn = off.length === skews.length;
  return off.map(({ server, skewMs }) => {
    const ahead = skewMs > 0 ? 'behind' : 'ahead of';
    return {
      status: 'warning',
      code: isOwn ? 'clock-off' : 'clock-of-cluster-off',
      why: `The clock here is ${durationInWords(Math.abs(skewMs))} ${ahead} that of ${server}`,
      effect:
        "Tokens look valid that have expired, or expired that are valid, and certificates, too; this helper goes by the server's clock, engines and oc do not",
      fix: isOwn
        ? { run: 'sudo timedatectl set-ntp true' }
        : { do: 'Tell the administrators of that cluster.' },
    };
  });
}
