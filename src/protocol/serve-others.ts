import { AppError, describeError } from '../credential/app-error.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { NO_SERVER_URL, NO_USERNAME } from './sentences.ts';
import { TERMINAL } from './wait-for-stdin.ts';

export interface OtherVerbsPorts {
  /** All of stdin, as text; stops at `limit` bytes. */
  waitForStdin(limit: number): Promise<string | typeof TERMINAL>;
  eraseCredential(host: string): Promise<void>;
  storeCredential(host: string, secret: string): Promise<void>;
  listAnswers(): Record<string, string>;
  write(fd: 1 | 2, text: string): void;
}

/** Room for a secret of 1 MB, more than any registry takes. */
const LONGEST_STORE = 1024 * 1024 + 4096;
const LONGEST_HOST = 4096;

/** The protocol's verbs beside `get`. */
export type OtherVerb = 'erase' | 'list' | 'store';

/**
 * Serves a verb of docker's credential-helper protocol (docker/docker-credential-helpers, credentials/credentials.go).
 * @returns the exit status
 */
export async function serveOther(verb: OtherVerb, ports: OtherVerbsPorts): Promise<number> {
  if (verb === 'list') return list(ports);
  if (verb === 'erase') return erase(ports);
  return store(ports);
}

/** Always a JSON object and 0: a classic docker build asks it before anything else. */
function list(ports: OtherVerbsPorts): number {
  ports.write(1, `${JSON.stringify(ports.listAnswers())}\n`);
  return 0;
}

/** Always 0: podman, buildah and skopeo crash on anything else. */
async function erase(ports: OtherVerbsPorts): Promise<number> {
  try {
    const text = await ports.waitForStdin(LONGEST_HOST);
    if (text === TERMINAL) ports.write(2, 'Usage: echo REGISTRY_HOST | docker-credential-openshift erase\n');
    const host = text === TERMINAL ? null : normaliseRegistryHost(text);
    if (host !== null) await ports.eraseCredential(host);
  } catch (error) {
    // Said, but no reason to fail.
    ports.write(2, `docker-credential-openshift: ${describeError(error)}\n`);
  }
  return 0;
}

/** Engines show what a failed `store` says on stdout. */
async function store(ports: OtherVerbsPorts): Promise<number> {
  try {
    const text = await ports.waitForStdin(LONGEST_STORE);
    const { host, secret } = readCredential(text === TERMINAL ? '' : text);
    await ports.storeCredential(host, secret);
    return 0;
  } catch (error) {
    // Every fault is told to the person who typed the credential.
    ports.write(1, `${describeError(error)}\n`);
    return 1;
  }
}

function readCredential(text: string): { host: string; secret: string } {
  if (text.length >= LONGEST_STORE) throw refused('the credential is larger than 1 MB');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse quotes its input, which holds the secret: its message is dropped.
    throw refused('stdin holds no JSON object with ServerURL, Username and Secret');
  }
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const { ServerURL: url, Username: username, Secret: secret } = fields;
  if (typeof url !== 'string' || url === '') throw refused(NO_SERVER_URL);
  if (typeof username !== 'string' || username === '') throw refused(NO_USERNAME);
  if (typeof secret !== 'string' || secret === '') throw refused('no credentials secret');
  const host = normaliseRegistryHost(url);
  if (host === null) throw refused(`${JSON.stringify(url.slice(0, 80))} is no registry host`);
  return { host, secret };
}

function refused(message: string): AppError {
  return new AppError({ code: 'bad-credential', message });
}
