import { getCACertificates, rootCertificates } from 'node:tls';

/** Where Linux distributions keep the roots (Go, crypto/x509/root_linux.go), in Go's order. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const LARGEST_BUNDLE = 4 * 1024 * 1024;

export interface SystemRootsPorts {
  readRegularFile(path: string, limit: number): Promise<string | undefined>;
  readonly env: Record<string, string | undefined>;
  readonly platform: NodeJS.Platform;
}

/**
 * The roots that this system trusts, for servers that a kubeconfig names no CA for. `oc` and the engines (Go) use the
 * system's, and `SSL_CERT_FILE` in their place; the runtime's own are added, for systems without any.
 * @returns PEM blocks
 */
export async function systemRoots({
  readRegularFile,
  env,
  platform,
}: SystemRootsPorts): Promise<readonly string[]> {
  const given = env.SSL_CERT_FILE;
  const roots = [...rootCertificates];
  if (platform === 'darwin' || platform === 'win32') roots.push(...getCACertificates('system'));
  for (const path of given ? [given] : platform === 'linux' ? BUNDLES : []) {
    const text = await readRegularFile(path, LARGEST_BUNDLE);
    if (text !== undefined) return [...roots, text];
  }
  return roots;
}
