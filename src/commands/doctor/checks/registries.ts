import type { LoginReply } from '../../../cluster/ask-registry.ts';
import type { Contact } from '../../../cluster/contact.ts';
import type { Engine } from '../../../engines/engines.ts';
import { engineLogins } from '../../../hosts/login-command.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import type { Fix } from '../../../hosts/reason.ts';
import { findInCatalogue } from '../../../registry/catalogue.ts';
import { QCI_HOST } from '../../../registry/qci.ts';
import { type Check, type Finding, late } from '../check.ts';
import { isCertificateFault, noContactFindings, type Unreached } from '../contact-finding.ts';
import type { Facts } from '../facts.ts';
import type { JudgedTrust, Login } from '../network-state.ts';

/** The registries: whether they answer, whether engines trust them, and whether they take the tokens. */
export const REGISTRY_CHECKS: readonly Check[] = [
  {
    id: 'registry',
    title: 'each registry: whether it can be reached, and answers as one',
    needs: 'network',
    per: 'any target',
    run: registry,
  },
  {
    id: 'registry-trust',
    title: 'whether docker and podman trust its certificate, and the file that its authority belongs in',
    needs: 'network',
    per: 'any target',
    run: registryTrust,
  },
  {
    id: 'registry-login',
    title:
      'whether the registry takes the token that its host gets, by its own token endpoint: refused, or the registry is down',
    needs: 'network',
    run: registryLogin,
  },
];

async function registry(facts: Facts): Promise<readonly Finding[]> {
  const asked = facts.hosts.filter((host) => findInCatalogue(host)?.decommissioned !== true);
  const contacts = await Promise.all(
    asked.map(async (host) => ({ host, contact: await facts.registryContact(host) })),
  );
  const findings: Finding[] = [];
  const unreached: Unreached[] = [];
  for (const { host, contact } of contacts) {
    if (contact.kind === 'answered') findings.push(describe(host, contact));
    // Which file its authority belongs in for each engine is told by the check of the engines' trust.
    else unreached.push({ name: `The registry ${host}`, shortName: host, contact, host, trust: AUTHORITY });
  }
  return [...findings, ...noContactFindings('registries', unreached)];
}

const AUTHORITY = {
  do: "Put its authority's certificate where the engines look for it, as told of each, or among the system's roots.",
} as const;

type Answered = Extract<Contact, { kind: 'answered' }>;

const WAIT = { do: 'Wait, or tell the administrators of that registry.' } as const;

function describe(host: string, contact: Answered): Finding {
  const by = contact.proxy === undefined ? '' : ` by the proxy ${contact.proxy}`;
  const is = kindOf(host, contact);
  if (is !== undefined) return { status: 'ok', code: 'registry', host, why: `${host} answers${by} as ${is}` };
  const { status } = contact;
  if (status >= 500 && status !== 503) {
    const why = `${host} answers${by} with an error (/v2/: ${status})`;
    const effect =
      'The registry, or what stands before it, fails: nothing can be pulled from it until that is over';
    return { status: 'problem', code: 'registry-failing', host, why, effect, fix: WAIT };
  }
  return {
    status: 'problem',
    code: status === 503 ? 'registry-without-route' : 'no-registry',
    host,
    why: `${host} answers${by}, and not as a registry (/v2/: ${status})`,
    effect:
      status === 503
        ? "A cluster's router says this of a name that it has no route for, or whose pods are down: the registry is not exposed by that name, or not running"
        : 'Something else than a registry has this name, or stands between, as a network does that wants you to log in',
    fix: { run: 'oc get routes -n openshift-image-registry' },
  };
}

/** OpenShift's says 401 and names its own token endpoint; others name others. */
function kindOf(host: string, contact: Answered): string | undefined {
  const { status, challenge = '', contentType } = contact;
  if (isOpenShiftRegistry(contact)) return 'an OpenShift registry';
  if (status === 401 && host === QCI_HOST) return 'QCI';
  if (status === 401 && challenge !== '') return "a registry, not as OpenShift's own does";
  return status === 200 && contentType !== 'text/html' ? 'a registry that wants no login' : undefined;
}

/** Whether what answered is an OpenShift cluster's own registry. */
export function isOpenShiftRegistry(contact: Contact): boolean {
  if (contact.kind === 'none' || contact.status !== 401) return false;
  return /\/openshift\/token"/.test(contact.challenge ?? '');
}

/**
 * Whether the engines trust the registries' certificates. They go by the system's roots and by files of their own; the
 * kubeconfig's CA, which the helper goes by, too, is nothing to them.
 */
async function registryTrust(facts: Facts): Promise<readonly Finding[]> {
  const findings = facts.hosts.map(async (host) => {
    const own = await facts.registryContact(host);
    // What nobody can reach, nobody can judge; what is wrong for everybody is told by the check of the registry.
    if (own.kind === 'none' && own.fault !== 'untrusted-certificate') return [];
    return (await Promise.all(facts.engines.map((engine) => trustOf(engine, host, facts)))).flat();
  });
  return (await Promise.all(findings)).flat();
}

async function trustOf(engine: Engine, host: string, facts: Facts): Promise<Finding[]> {
  if (!(await facts.isInstalled(engine))) return [];
  const trust = await facts.engineTrust(engine, host, facts.named ?? host);
  if (trust === undefined) return [];
  // Seen with podman 4.3; moby, `registry.ReadCertsDirectory`, has the same words.
  const halves = trust.halves.map(
    ({ path, lacks }): Finding => ({
      status: 'problem',
      code: 'half-client-certificate',
      host,
      why: `${path} is there, and ${lacks} is not`,
      effect: `${engine} takes them for a client's certificate and its key, and fails every pull from ${host} where one is missing; an authority's certificate is called NAME.crt`,
      fix: {
        do: `Put ${lacks} there; or if ${path} is no client's, give it another ending or take it away.`,
      },
    }),
  );
  return [...halves, ...(await judged(engine, host, trust, facts))];
}

async function judged(engine: Engine, host: string, trust: JudgedTrust, facts: Facts): Promise<Finding[]> {
  const { contact, unverified, authorities, directory } = trust;
  if (unverified !== undefined) {
    const why = `${engine} does not verify the certificate of ${host}: ${unverified.because}`;
    if (unverified.isLoopback) return [{ status: 'ok', code: 'registry-on-loopback', host, why }];
    const effect = 'Whoever stands between gets the token';
    return [{ status: 'note', code: 'registry-unverified', host, why, effect }];
  }
  if (contact.kind === 'answered') {
    const by = authorities.length === 0 ? '' : ` (${authorities.map(({ path }) => path).join(', ')})`;
    const why = `${engine} trusts the certificate of ${host}${by}`;
    return [{ status: 'ok', code: 'registry-trusted', host, why }];
  }
  // The helper itself has just reached it.
  if (!isCertificateFault(contact.fault)) {
    const why = `Whether ${engine} trusts the certificate of ${host} is not known: ${contact.detail}`;
    return [{ ...late(why), host }];
  }
  const detail = contact.fault === 'untrusted-certificate' ? '' : `: ${contact.detail}`;
  const none = authorities.length === 0 ? ', where there is nothing' : '';
  return [
    {
      status: 'problem',
      code: 'registry-untrusted',
      host,
      why: `${engine} does not trust the certificate of ${host}${detail}`,
      effect: `${engine} goes by the system's roots and by ${directory}${none}; every pull fails before any login is sent`,
      fix: authorityInto(host, trust, typeof (await facts.registryAuthority(host)) === 'object'),
    },
  ];
}

function authorityInto(host: string, { directory, needsRoot }: JudgedTrust, isAtHand: boolean): Fix {
  if (!isAtHand) {
    const who = "Ask the cluster's administrators for the authority of its registry's certificate";
    return { do: `${who}, and put it into ${directory}/ca.crt.` };
  }
  const [place, file] = [shellQuoted(directory), shellQuoted(`${directory}/ca.crt`)];
  const print = `docker-credential-openshift doctor ${host} --authority`;
  return {
    run: needsRoot
      ? `sudo mkdir -p ${place} && ${print} | sudo tee ${file} >/dev/null`
      : `mkdir -p ${place} && ${print} > ${file}`,
  };
}

/** Whether the registries take the tokens that they get: a cluster may accept one that its registry refuses. */
async function registryLogin({ hosts, loginOf, registryAccepts }: Facts): Promise<readonly Finding[]> {
  const findings = hosts.map(async (host) => {
    const [login, answer] = await Promise.all([loginOf(host), registryAccepts(host)]);
    return answer === undefined || login.kind === 'none' ? [] : [accepted(host, login, answer)];
  });
  return (await Promise.all(findings)).flat();
}

type Token = Extract<Login, { kind: 'token' }>;

function accepted(host: string, login: Token, answer: LoginReply): Finding {
  const { isStored, unchecked, username: user } = login;
  const what = isStored ? `the login of ${user} that is stored for it` : 'the token';
  switch (answer.kind) {
    case 'accepted':
      return { status: 'ok', code: 'registry-accepts', host, user, why: `${host} accepts ${what}` };
    case 'unknown': {
      const why = `Whether ${host} accepts ${what} is not known: ${answer.detail}`;
      return { status: 'skipped', code: 'registry-not-asked', host, user, why };
    }
    case 'failing':
      return {
        status: 'problem',
        code: 'registry-token-failing',
        host,
        user,
        why: `${host} fails where engines get their tokens from it (${answer.status})`,
        effect:
          'Nothing can be pulled from it until that is over, public images neither; the login is not at fault',
        fix: WAIT,
      };
    case 'refused': {
      const why = `${host} refuses ${what}${isStored || unchecked ? '' : ' that its cluster accepts'}`;
      return { status: 'problem', host, user, why, ...refusedByRegistry(host, login) };
    }
  }
}

/** What comes of a token that the registry refuses, and what fixes it. */
export function refusedByRegistry(
  host: string,
  { isStored, server }: Token,
): Required<Pick<Finding, 'code' | 'effect' | 'fix'>> {
  const fails = 'Every pull with it fails, of public images, too';
  if (isStored) {
    const effect = `${fails}: it expired, was revoked, or is not for this registry. Without it public images can be pulled; ${engineLogins(host)} puts another in its place`;
    return { code: 'stored-login-refused', effect, fix: { run: `docker logout ${shellQuoted(host)}` } };
  }
  const effect = `${fails}: the registry is of another cluster than it is linked to${server === undefined ? '' : ` (${server})`}, can't reach its cluster, or has other rules`;
  return { code: 'token-refused', effect, fix: { run: `docker-credential-openshift setup ${host}` } };
}
