import { AppError, describeError } from '../hosts/reason.ts';
import type { TypedCredential } from '../hosts/store-and-erase.ts';
import { normaliseLoginKey } from '../registry/registry-host.ts';
import { LONGEST_STORE, readTypedCredential } from './read-typed-credential.ts';
import { TERMINAL } from './wait-for-stdin.ts';

export interface OtherVerbsPorts {
  /**
   * Stdin, as text; stops at `limit` bytes.
   * @param endsAtNewline whether the first line is all that counts; else the end of file decides
   */
  waitForStdin(limit: number, endsAtNewline: boolean): Promise<string | typeof TERMINAL>;
  eraseCredential(host: string): Promise<void>;
  storeCredential(typed: TypedCredential): Promise<void>;
  /** Every host that there is a credential for, and its user name. */
  listCredentials(): Record<string, string>;
  /** Why what is stored for hosts is not listed, for people. */
  whyNotListed(): Promise<readonly AppError[]>;
  write(fd: 1 | 2, text: string): void;
  /** Calls back when the time for the whole verb has run out. */
  onDeadline(call: () => void): void;
}

const LONGEST_HOST = 4096;

/** Docker's library compares what these say: it stands alone. */
const PROTOCOL_CODES: readonly string[] = ['no-server-url', 'no-username'];

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
async function list(ports: OtherVerbsPorts): Promise<number> {
  ports.write(1, `${JSON.stringify(ports.listCredentials())}\n`);
  for (const why of await ports.whyNotListed()) {
    ports.write(2, `docker-credential-openshift: ${describeError(why)}\n`);
  }
  return 0;
}

/** Always 0: podman, buildah and skopeo crash on anything else. */
async function erase(ports: OtherVerbsPorts): Promise<number> {
  const serve = async (text: string | typeof TERMINAL): Promise<void> => {
    if (text === TERMINAL) ports.write(2, 'Usage: echo REGISTRY_HOST | docker-credential-openshift erase\n');
    const host = text === TERMINAL ? null : normaliseLoginKey(text.replace(/\n.*$/s, ''));
    if (host !== null) await ports.eraseCredential(host);
  };
  try {
    await inTime(LONGEST_HOST, true, serve, ports);
  } catch (error) {
    // Said, but no reason to fail.
    ports.write(2, `docker-credential-openshift: ${describeError(error)}\n`);
  }
  return 0;
}

/** Engines show what a failed `store` says on stdout. */
async function store(ports: OtherVerbsPorts): Promise<number> {
  const serve = async (text: string | typeof TERMINAL): Promise<void> => {
    await ports.storeCredential(readTypedCredential(text === TERMINAL ? '' : text));
  };
  try {
    await inTime(LONGEST_STORE, false, serve, ports);
    return 0;
  } catch (error) {
    // Every fault is told to the person who typed the credential.
    const isOfProtocol = error instanceof AppError && PROTOCOL_CODES.includes(error.code);
    ports.write(1, `${isOfProtocol ? error.message : describeError(error)}\n`);
    return 1;
  }
}

/**
 * Reads stdin and serves it, and leaves what still hangs at the deadline: the process ends with the verb.
 * @throws AppError `out-of-time`; what `serve` throws
 */
async function inTime(
  limit: number,
  endsAtNewline: boolean,
  serve: (text: string | typeof TERMINAL) => Promise<void>,
  ports: OtherVerbsPorts,
): Promise<void> {
  let isRead = false;
  const late = new Promise<never>((_resolve, reject) => {
    ports.onDeadline(() => {
      const what = isRead
        ? 'a cluster, a plugin, the keychain or a file takes too long'
        : 'stdin stayed open';
      reject(new AppError({ code: 'out-of-time', message: `It could not be done in time: ${what}` }));
    });
  });
  const work = async (): Promise<void> => {
    const text = await ports.waitForStdin(limit, endsAtNewline);
    isRead = true;
    await serve(text);
  };
  await Promise.race([work(), late]);
}
