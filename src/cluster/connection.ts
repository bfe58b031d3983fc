import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { AppError } from '../hosts/reason.ts';
import type { Entry, ReadFile } from './kubeconfig/merge-kubeconfigs.ts';
import { textField } from './kubeconfig/parse-kubeconfig.ts';

/** How to reach a cluster's API server. */
export interface Connection {
  /** Normalised URL. */
  readonly server: string;
  /** PEM; undefined: the system's roots. */
  readonly ca: string | undefined;
  readonly tlsServerName: string | undefined;
  readonly insecure: boolean;
  /** `proxy-url` of the kubeconfig; undefined: the environment's proxies count. */
  readonly proxyUrl: string | undefined;
  /**
   * PEM; what the kubeconfig's user proves itself with where no token is sent. `fault`: why it can't; a sentence that names
   * the file.
   */
  readonly clientCertificate:
    | { readonly cert: string; readonly key: string }
    | { readonly fault: string }
    | undefined;
  /** Why no connection can be made; a sentence that names the file of the authority. */
  readonly fault: string | undefined;
}

const LARGEST_PEM = 1024 * 1024;

/**
 * How to reach a cluster's API server, by a kubeconfig's entries.
 * @param cluster undefined: nothing is known but its URL
 * @param user for its client certificate
 * @returns the connection; an authority's file that can't be read makes it a fault, to be named where the cluster would be
 *   asked; one of the client certificate makes that a fault, which is of no account where a token is sent
 */
export async function connect(
  { server, insecure }: { readonly server: string; readonly insecure: boolean },
  cluster: Entry | undefined,
  user: Entry | undefined,
  read: ReadFile,
): Promise<Connection> {
  const base = {
    server,
    insecure,
    tlsServerName: textField(cluster?.fields, 'tls-server-name'),
    proxyUrl: textField(cluster?.fields, 'proxy-url'),
  };
  const clientCertificate = await orFault(readClientCertificate(user, read));
  const ca = await orFault(readPem(cluster, 'certificate-authority', read));
  return typeof ca === 'object'
    ? { ...base, ca: undefined, clientCertificate, fault: ca.fault }
    : { ...base, ca, clientCertificate, fault: undefined };
}

async function readClientCertificate(
  user: Entry | undefined,
  read: ReadFile,
): Promise<{ cert: string; key: string } | undefined> {
  const cert = await readPem(user, 'client-certificate', read);
  const key = await readPem(user, 'client-key', read);
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

async function orFault<T>(reading: Promise<T>): Promise<T | { fault: string }> {
  try {
    return await reading;
  } catch (error) {
    // What is wrong with a file; everything else is a defect.
    if (!(error instanceof AppError)) throw error;
    return { fault: error.message };
  }
}

/**
 * A field that holds PEM in base64 (`…-data`, which wins), or names a file.
 * @throws AppError naming a file that is not there
 */
export async function readPem(
  entry: Entry | undefined,
  field: string,
  read: ReadFile,
): Promise<string | undefined> {
  const data = textField(entry?.fields, `${field}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString();
  const file = textField(entry?.fields, field);
  if (entry === undefined || file === undefined) return undefined;
  const path = resolve(entry.directory, file);
  const text = await read(path, LARGEST_PEM);
  if (text !== undefined) return text;
  const what = field.replaceAll('-', ' ');
  throw new AppError({ code: 'no-pem', message: `the ${what} ${path} is not there` });
}

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
