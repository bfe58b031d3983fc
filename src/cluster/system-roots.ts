import { join } from 'node:path';
import { getCACertificates, rootCertificates } from 'node:tls';
import { namesIn, readRegularFile } from '../files/read-regular-file.ts';
import { AppError } from '../hosts/reason.ts';

/** Where Linux distributions keep the roots (Go, crypto/x509/root_linux.go), in Go's order. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const LARGEST_BUNDLE = 4 * 1024 * 1024;
/** Distributions keep 150 roots in a directory, each by two or three names. */
const MOST_FILES = 1000;
const MOST_BYTES = 16 * 1024 * 1024;

interface System {
  readonly env: Record<string, string | undefined>;
  readonly platform: NodeJS.Platform;
}

interface Files {
  readRegularFile(path: string, limit: number): Promise<string | undefined>;
  /** The names in a directory; none if it can't be read. */
  namesIn(path: string): readonly string[];
}

/**
 * The roots that this system trusts, for servers that a kubeconfig names no CA for. `oc` and the engines (Go) use the
 * system's, `SSL_CERT_FILE` in their place, and besides every file of the directories in `SSL_CERT_DIR` (Go,
 * crypto/x509/root_unix.go); the runtime's own are added, for systems without any.
 * @returns PEM blocks
 * @throws AppError a bundle that can't be read
 */
export async function systemRoots(
  { env, platform }: System,
  files: Files = { readRegularFile, namesIn },
): Promise<readonly string[]> {
  const roots = [...rootCertificates];
  if (platform === 'darwin' || platform === 'win32') roots.push(...getCACertificates('system'));
  roots.push(...(await bundle(env, platform, files)));
  // On Windows a colon follows a drive letter.
  if (platform !== 'win32') roots.push(...(await rootsInDirectories(env.SSL_CERT_DIR ?? '', files)));
  return roots;
}

async function bundle(
  env: System['env'],
  platform: NodeJS.Platform,
  files: Files,
): Promise<readonly string[]> {
  const chosen = env.SSL_CERT_FILE;
  for (const path of chosen ? [chosen] : platform === 'linux' ? BUNDLES : []) {
    const text = await files.readRegularFile(path, LARGEST_BUNDLE);
    if (text !== undefined) return [text];
  }
  return [];
}

/** @param directories separated by colons, as in Go */
async function rootsInDirectories(directories: string, files: Files): Promise<readonly string[]> {
  // The same root lies there by several names.
  const pems = new Set<string>();
  let left = MOST_FILES;
  let bytesLeft = MOST_BYTES;
  for (const directory of directories.split(':').filter((path) => path !== '')) {
    const names = files.namesIn(directory).slice(0, left);
    left -= names.length;
    for (const name of names) {
      try {
        const text = await files.readRegularFile(join(directory, name), Math.min(LARGEST_BUNDLE, bytesLeft));
        bytesLeft -= text?.length ?? 0;
        if (text?.includes('-----BEGIN CERTIFICATE-----') === true) pems.add(text);
      } catch (error) {
        // A directory in it, or what is not ours to read: Go passes over it, too.
        if (!(error instanceof AppError)) throw error;
      }
    }
  }
  return [...pems];
}
