import { parse, stringify } from 'yaml';

const CONTEXTS = 1000;
/** About what a cluster's authority takes, twice: some 5 MB in all. */
const CERTIFICATE_BYTES = 3500;

/** A kubeconfig of a thousand contexts and 5 MB, whose current one is that of the given kubeconfig. */
export function largeKubeconfig(kubeconfig: string): string {
  const config = parse(kubeconfig);
  const authority = Buffer.alloc(CERTIFICATE_BYTES, 'certificate').toString('base64');
  for (let i = 1; i < CONTEXTS; i += 1) {
    const name = `cluster-${i}`;
    const server = `https://api.${name}.example.com:6443`;
    config.clusters.push({ name, cluster: { 'certificate-authority-data': authority, server } });
    config.users.push({ name: `user/${name}`, user: { token: `sha256~${String(i).padStart(43, '0')}` } });
    config.contexts.push({ name, context: { cluster: name, namespace: 'default', user: `user/${name}` } });
  }
  return stringify(config, { lineWidth: 0 });
}
