import { certificatesInPem } from '../../cluster/connection.ts';
import type { Contact } from '../../cluster/contact.ts';
import { objectIn, parseObject, textIn } from '../../cluster/reply-fields.ts';
import type { Reply } from '../../cluster/send-request.ts';

/** What is at hand to verify a registry's certificate by. */
export interface AuthoritySources {
  /** Asks for `/v2/`, trusting the system's roots and these authorities, in PEM. */
  contactTrusting(host: string, authorities: readonly string[]): Promise<Contact>;
  /** The authority that the kubeconfig, or `CA_FILE`, names for the host's cluster, in PEM. */
  clusterAuthority(host: string): Promise<string | undefined>;
  /** Asks the host's cluster for something in the login's own namespace; undefined: there is no login. */
  askInNamespace(host: string, path: string): Promise<Reply | undefined>;
  /** What engines have for the host. */
  engineAuthorities(host: string): Promise<readonly string[]>;
}

/**
 * The authority by which a registry's certificate is verified where the system's roots do not do it: the kubeconfig's, or
 * that of `kube-root-ca.crt`, which each namespace has and which on OpenShift holds that of the routes, too
 * (kubernetes, rootcacertpublisher, since 1.20); or what one engine has and another lacks.
 * @returns one certificate in PEM, or all of a source if it takes more of them; `system`: no other is needed; undefined:
 *   none of these verifies it
 */
export async function registryAuthority(
  host: string,
  sources: AuthoritySources,
): Promise<{ readonly pem: string } | 'system' | undefined> {
  const verifies = async (pems: readonly string[]) =>
    (await sources.contactTrusting(host, pems)).kind === 'answered';
  if (await verifies([])) return 'system';
  const candidates = [
    () => sources.clusterAuthority(host),
    () => rootOfNamespace(host, sources),
    async () => (await sources.engineAuthorities(host)).join('\n'),
  ];
  for (const candidate of candidates) {
    const pem = certificatesInPem((await candidate()) ?? '');
    if (pem === undefined || !(await verifies([pem]))) continue;
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    for (const block of blocks) if (await verifies([block])) return { pem: block };
    return { pem: pem.trim() };
  }
  return undefined;
}

async function rootOfNamespace(host: string, sources: AuthoritySources): Promise<string | undefined> {
  const reply = await sources.askInNamespace(host, 'configmaps/kube-root-ca.crt');
  return reply?.status === 200 ? textIn(objectIn(parseObject(reply.body), 'data'), 'ca.crt') : undefined;
}
