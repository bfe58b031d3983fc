import type { Answer, KeptAnswer, SaidAnswer } from '../hosts/answer.ts';
import { inOneLine } from '../hosts/reason.ts';
import { normaliseLoginKey } from '../registry/registry-host.ts';

/**
 * The one sentence that every engine reads as "go on anonymously", on stdout with exit status 1
 * (docker/docker-credential-helpers, credentials/error.go; podman and docker compare it exactly).
 */
export const NOT_FOUND = 'credentials not found in native keychain';

/** A store without a server or user name (docker/docker-credential-helpers, credentials/error.go). */
export const NO_SERVER_URL = 'no credentials server URL';
export const NO_USERNAME = 'no credentials username';

/** The most that is read to find a registry host: a longer text is none. */
export const LONGEST_REQUEST = 4096;

export interface GetPorts {
  readStdinAtOnce(limit: number): { bytes: string; complete: boolean };
  /** The answer for a host that may be given without asking anyone but the keychain, or null. */
  recall(host: string): SaidAnswer | KeptAnswer | null;
  write(fd: 1 | 2, text: string): void;
  exit(status: number): void;
  /** Reads a secret that was typed, answers it and ends the process; goes the slow way if it can't be read. */
  getKept(bytes: string, kept: KeptAnswer): void;
  /** Everything that is not at hand: waits for stdin, decides the answer, and ends the process in time. */
  getSlowly(bytesSoFar: string, complete: boolean): void;
}

/**
 * The protocol's `get`: a registry host on stdin, a credential on stdout.
 * What was decided before and still holds is answered at once, with nothing else loaded.
 */
export function serveGet(ports: GetPorts): void {
  const { bytes, complete } = ports.readStdinAtOnce(LONGEST_REQUEST);
  const answer = complete ? recallOrNothing(bytes, ports) : null;
  if (answer === null) ports.getSlowly(bytes, complete);
  else if (answer.kind === 'kept') ports.getKept(bytes, answer);
  else ports.exit(sayAnswer(answer, ports));
}

function recallOrNothing(bytes: string, ports: GetPorts): SaidAnswer | KeptAnswer | null {
  try {
    const host = requestedHost(bytes);
    const answer = host === null ? null : ports.recall(host);
    return answer?.kind === 'said' ? respelt(requestedText(bytes), host ?? '', answer) : answer;
  } catch {
    // Whatever is wrong: the slow way has a net under it.
    return null;
  }
}

/** @returns what the engine wrote, as it is to be repeated to it: the first line, trimmed */
export function requestedText(bytes: string): string {
  const end = bytes.indexOf('\n');
  const line = end === -1 ? bytes : bytes.slice(0, end);
  return (isAscii(line) ? line : Buffer.from(line, 'latin1').toString()).trim();
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** @returns the registry host, or docker's own token, that the engine asks for, normalised; null if it is none */
export function requestedHost(bytes: string): string | null {
  return bytes.length >= LONGEST_REQUEST ? null : normaliseLoginKey(requestedText(bytes));
}

/**
 * An answer in the protocol's words.
 * @param serverUrl what the engine asked for, repeated as it stands
 */
export function inWords(serverUrl: string, answer: Answer): SaidAnswer {
  if (answer.kind === 'credential') {
    const out = JSON.stringify({ ServerURL: serverUrl, Username: answer.username, Secret: answer.secret });
    return { kind: 'said', status: 0, out, err: '' };
  }
  const { reasons } = answer;
  const err = reasons.length === 0 ? '' : `docker-credential-openshift: ${inOneLine(reasons)}`;
  return { kind: 'said', status: 1, out: NOT_FOUND, err };
}

/**
 * An answer that was given for a host, told for another spelling of it.
 * @param serverUrl what the engine asked for, repeated as it stands
 */
export function respelt(serverUrl: string, host: string, said: SaidAnswer): SaidAnswer {
  if (said.status === 1 || serverUrl === host) return said;
  return { ...said, out: JSON.stringify({ ...JSON.parse(said.out), ServerURL: serverUrl }) };
}

/** Writes the answer, and then what a person may want to know. @returns the exit status */
export function sayAnswer({ status, out, err }: SaidAnswer, { write }: Pick<GetPorts, 'write'>): number {
  write(1, `${out}\n`);
  if (err !== '') write(2, `${err}\n`);
  return status;
}

/** Writes an answer in the protocol's words. @returns the exit status */
export function writeAnswer(serverUrl: string, answer: Answer, ports: Pick<GetPorts, 'write'>): number {
  return sayAnswer(inWords(serverUrl, answer), ports);
}
