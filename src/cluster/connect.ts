import { resolve } from 'node:path';
import { AppError } from '../hosts/reason.ts';
import type { Connection } from './connection.ts';
import type { Entry, ReadFile } from './kubeconfig/merge-kubeconfigs.ts';
import { textField } from './kubeconfig/parse-kubeconfig.ts';

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
