import { X509Certificate } from 'node:crypto';

/**
 * @param text PEM of whatever kinds: a file that is given as an authority may hold a server's private key, too
 * @returns its certificates alone, in PEM; undefined if there is none, or one of them can't be read
 */
export function certificatesInPem(text: string): string | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.length > 0 && blocks.every(isCertificate) ? `${blocks.join('\n')}\n` : undefined;
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    // It throws for what is none: that is the answer here.
    return false;
  }
}
