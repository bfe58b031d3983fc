import type { Engine } from '../../../engines/engines.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import type { CheckContext } from '../check.ts';
import { isCertificateFault } from '../contact-finding.ts';
import type { Finding } from '../finding.ts';
import type { Contact } from '../network-state.ts';

/** What an engine makes of a registry's certificate. */
export interface EngineTrust {
  /** As the engine sees it. */
  readonly contact: Contact;
  /** Where it looks for authorities of this host, besides the system's roots. */
  readonly directory: string;
  /** It takes root to write there, and the user is another. */
  readonly needsRoot: boolean;
  /** What lies there and counts. */
  readonly files: readonly string[];
  /** The engine does not verify this host's certificate, and why. */
  readonly unverified: { readonly because: string; readonly isLoopback: boolean } | undefined;
  /** Halves of client certificates: NAME.cert without NAME.key, or the other way round. */
  readonly halves: readonly { readonly path: string; readonly lacks: string }[];
}

export interface RegistryTrustPorts {
  registryContact(host: string): Promise<Contact>;
  isInstalled(engine: Engine): Promise<boolean>;
  /** Undefined: the engine runs in a machine of its own, and its files are not known. */
  engineTrust(engine: Engine, host: string): Promise<EngineTrust | undefined>;
  /** The kubeconfig's context whose CA vouches for the registry, if the helper trusts it by that. */
  trustedByContext(host: string): Promise<string | undefined>;
}

/**
 * Whether the engines trust the registries' certificates. They go by the system's roots and by files of their own; the
 * kubeconfig's CA, which the helper goes by, too, is nothing to them.
 */
export async function registryTrust(
  ports: RegistryTrustPorts,
  { hosts, engines }: Pick<CheckContext, 'hosts' | 'engines'>,
): Promise<readonly Finding[]> {
  const found = await Promise.all(
    hosts.map(async (host) => {
      const own = await ports.registryContact(host);
      // What nobody can reach, nobody can judge; what is wrong for everybody is told by the check of the registry.
      if (own.kind === 'none' && own.fault !== 'untrusted-certificate') return [];
      return Promise.all(engines.map((engine) => judge(engine, host, ports)));
    }),
  );
  return found.flat().flat();
}

async function judge(engine: Engine, host: string, ports: RegistryTrustPorts): Promise<Finding[]> {
  if (!(await ports.isInstalled(engine))) return [];
  const trust = await ports.engineTrust(engine, host);
  if (trust === undefined) return [];
  const halves = trust.halves.map((half) => halfFinding(engine, host, half));
  return [...halves, ...(await judgeContact(engine, host, trust, ports))];
}

/** Seen with podman 4.3; moby, `registry.ReadCertsDirectory`, has the same words. */
function halfFinding(engine: Engine, host: string, { path, lacks }: EngineTrust['halves'][number]): Finding {
  return {
    status: 'problem',
    host,
    saw: `${path} is there, and ${lacks} is not`,
    why: `${engine} takes them for a client's certificate and its key, and fails every pull from ${host} where one is missing; an authority's certificate is called NAME.crt`,
    mend: `Put ${lacks} there; or if ${path} is no client's, give it another ending or take it away.`,
  };
}

async function judgeContact(
  engine: Engine,
  host: string,
  trust: EngineTrust,
  ports: RegistryTrustPorts,
): Promise<Finding[]> {
  const { contact, unverified } = trust;
  if (unverified !== undefined) {
    const saw = `${engine} does not verify the certificate of ${host}: ${unverified.because}`;
    if (unverified.isLoopback) return [{ status: 'ok', host, saw }];
    return [{ status: 'note', host, saw, why: 'Whoever stands between gets the token' }];
  }
  if (contact.kind === 'answered') {
    const by = trust.files.length === 0 ? '' : ` (${trust.files.join(', ')})`;
    return [{ status: 'ok', host, saw: `${engine} trusts the certificate of ${host}${by}` }];
  }
  if (!isCertificateFault(contact.fault)) return [];
  return [
    {
      status: 'problem',
      host,
      saw: `${engine} does not trust the certificate of ${host}${contact.fault === 'untrusted-certificate' ? '' : `: ${contact.detail}`}`,
      why: `${engine} goes by the system's roots and by ${trust.directory}${trust.files.length === 0 ? ', where there is nothing' : ''}; every pull fails before any login is sent`,
      mend: mendOf(trust, await ports.trustedByContext(host)),
    },
  ];
}

/** The authority of a cluster's routes is in the secret `router-ca`; where the kubeconfig's CA is the same, all have it. */
function mendOf({ directory, needsRoot }: EngineTrust, context: string | undefined): string {
  const sudo = needsRoot ? 'sudo ' : '';
  const into = shellQuoted(`${directory}/ca.crt`);
  const ca =
    context === undefined
      ? `oc get secret router-ca -n openshift-ingress-operator -o jsonpath='{.data.tls\\.crt}' | base64 -d`
      : `oc config view --raw --minify --flatten --context ${shellQuoted(context)} -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d`;
  return `${sudo}mkdir -p ${shellQuoted(directory)} && ${ca} | ${sudo}tee ${into} >/dev/null`;
}
