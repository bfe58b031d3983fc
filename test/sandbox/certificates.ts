import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** A certificate and its private key, both PEM text. */
export interface KeyedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/** A certificate authority that lives as long as its sandbox. */
export interface Authority {
  readonly caPem: string;
  /** A server certificate for DNS names and IP addresses. @param endedDaysAgo it is of the past */
  issueServer(names: readonly string[], endedDaysAgo?: number): Promise<KeyedCertificate>;
  /** A client certificate: Kubernetes reads the user from CN and the groups from O. */
  issueClient(user: string, groups: readonly string[]): Promise<KeyedCertificate>;
}

/** Creates an authority. Validity follows the real clock, since TLS clients judge by theirs. */
export async function createAuthority(commonName: string): Promise<Authority> {
  const keys = await generateKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ CN: [commonName] }],
    ...validity(),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  async function issue(
    subject: x509.JsonName,
    extensions: x509.Extension[],
    usage: x509.ExtendedKeyUsage,
    endedDaysAgo?: number,
  ): Promise<KeyedCertificate> {
    const leafKeys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: randomSerial(),
      subject,
      issuer: ca.subject,
      ...validity(endedDaysAgo),
      signingAlgorithm: ALGORITHM,
      publicKey: leafKeys.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ...extensions,
      ],
    });
    return { certPem: `${certificate.toString('pem')}\n`, keyPem: await exportKey(leafKeys.privateKey) };
  }

  return {
    caPem: `${ca.toString('pem')}\n`,
    issueServer: (names, endedDaysAgo) =>
      issue(
        [{ CN: [names[0] ?? 'localhost'] }],
        [alternativeNames(names)],
        x509.ExtendedKeyUsage.serverAuth,
        endedDaysAgo,
      ),
    issueClient: (user, groups) =>
      issue(
        [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
        [],
        x509.ExtendedKeyUsage.clientAuth,
      ),
  };
}

/** A server certificate that no authority has signed. */
export async function selfSigned(names: readonly string[]): Promise<KeyedCertificate> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ CN: [names[0] ?? 'localhost'] }],
    ...validity(),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [alternativeNames(names)],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: await exportKey(keys.privateKey) };
}

function alternativeNames(names: readonly string[]): x509.Extension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
  );
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function validity(endedDaysAgo = -365): { notBefore: Date; notAfter: Date } {
  const endMs = Date.now() - endedDaysAgo * DAY_MS;
  return { notBefore: new Date(endMs - 366 * DAY_MS), notAfter: new Date(endMs) };
}

/** Hexadecimal; the leading 0 keeps the number positive. */
function randomSerial(): string {
  return `0${Buffer.from(crypto.getRandomValues(new Uint8Array(12)))
    .toString('hex')
    .slice(1)}`;
}
