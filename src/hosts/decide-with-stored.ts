import { bindHost, type RegistrySettings } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import { outlivesMargin } from './answer.ts';
import { answerWithToken } from './answer-with-token.ts';
import type { TokenKnowledge } from './cached-answer.ts';
import {
  boundClusterOfStored,
  clusterOfStored,
  type ProofPorts,
  storedLoginInWords,
} from './cluster-of-stored.ts';
import { hasFormOfToken, typedToken } from './cluster-token.ts';
import { type DecidePorts, type Decision, decideAnswer } from './decide-answer.ts';
import { durationInWords } from './duration-in-words.ts';
import { type JudgeTypedLoginPorts, judgeTypedLogin } from './judge-typed-login.ts';
import { AppError, type Reason, reasonOf } from './reason.ts';
import type { SecretFault, SecretReading, StoredLogin } from './secret-store.ts';
import { storedIdentity } from './stored-identity.ts';
import { logInAgain } from './token-words.ts';

export interface DecideWithStoredPorts extends DecidePorts, ProofPorts, JudgeTypedLoginPorts {
  /** What is stored for a host; asks no keychain. */
  findStored(host: string): StoredLogin | undefined;
  /** Why what is stored for a host does not count; undefined: it counts, or there is none. Asks no keychain. */
  whyStoredUnusable(host: string): Promise<AppError | undefined>;
  readStored(login: StoredLogin): Promise<SecretReading>;
  /** Which cluster a login is of that was stored when none was known; its API server's URL. To be written down. */
  noteCluster(login: StoredLogin, server: string): void;
  /** When a secret that is a JWT ends, in ms since the epoch; undefined: it does not say, or is none. */
  endOf(secret: string): number | undefined;
}

/** A decision, and the stored login that it answers with, if it does. */
export interface StoredDecision extends Decision {
  readonly stored?: StoredLogin;
}

/** Why a stored login is not answered: it is over, its cluster or registry refused it, or it could not be had just now. */
interface Refusal {
  readonly kind: 'over' | 'refused' | 'out-of-reach';
  readonly reasons: readonly Reason[];
  /** What was learnt of it. */
  readonly knowledge?: TokenKnowledge | undefined;
}

/**
 * `get`, from the start. A login that a person stored for the host comes before the context's own, as long as it is
 * good: where its cluster is known, by the same check. Where none is bound to the host it is answered as it was typed,
 * unless the registry itself refuses it: a dead one would close public images, too.
 * @param host a normalised registry host
 */
export async function decideWithStored(host: string, ports: DecideWithStoredPorts): Promise<StoredDecision> {
  const stored = ports.findStored(host);
  const unusable = stored === undefined ? await ports.whyStoredUnusable(host) : undefined;
  if (stored === undefined && unusable === undefined) return decideAnswer(host, ports);
  const { settings, problem, warning } = await ports.readSettings(host);
  const isSilent = problem !== undefined || bindHost(host, settings).kind === 'anonymous';
  if (isSilent || (await ports.isHostSignedOut(host))) return decideAnswer(host, ports);
  const answered =
    stored === undefined
      ? ({ kind: 'out-of-reach', reasons: [reasonOf(unusable)] } as const)
      : await answerStored(host, stored, settings, ports);
  if (!('reasons' in answered)) {
    // Whatever is wrong with the config comes after what is to be said of the login.
    if (warning === undefined) return answered;
    return { ...answered, warnings: [...(answered.warnings ?? []), warning] };
  }
  return insteadOf(answered, await decideAnswer(host, ports));
}

/** What is answered in place of a stored login, which should be heard of where it is missed. */
function insteadOf({ kind, reasons, knowledge }: Refusal, own: Decision): Decision {
  const { answer } = own;
  if (answer.kind === 'anonymous') {
    const learnt = own.knowledge ?? knowledge;
    const told = {
      ...own,
      signedOut: false,
      answer: { ...answer, reasons: [...reasons, ...answer.reasons] },
      ...(learnt === undefined ? {} : { knowledge: learnt }),
    };
    // A keyring that is unlocked should show at once.
    return kind === 'out-of-reach' ? { ...told, mayLie: false } : told;
  }
  // Its end was told by then, and what takes its place is as good.
  if (kind === 'over') return own;
  const warned = { ...own, warnings: [...reasons, ...(own.warnings ?? [])] };
  return kind === 'refused' ? warned : { ...warned, answer: { ...answer, unchecked: true } };
}

async function answerStored(
  host: string,
  stored: StoredLogin,
  settings: RegistrySettings | undefined,
  ports: DecideWithStoredPorts,
): Promise<StoredDecision | Refusal> {
  const end = endedReason(host, stored, stored.expiresAtMs ?? null, ports.nowMs());
  if (end !== undefined) return end;
  const bound = await boundClusterOfStored(host, stored, settings, ports);
  if (bound.kind === 'another') return { kind: 'refused', reasons: [bound.reason] };
  if (bound.kind === 'unreached') return { kind: 'out-of-reach', reasons: [bound.reason] };
  const reading = await ports.readStored(stored);
  if ('fault' in reading) {
    // One that another has just taken the place of is gone, and that other is there.
    const other = reading.fault === 'gone' ? ports.findStored(host) : undefined;
    if (other !== undefined && other.id !== stored.id) return answerStored(host, other, settings, ports);
    return unreadable(host, stored, reading.fault);
  }
  const { secret } = reading;
  const expiresAtMs = stored.expiresAtMs ?? ports.endOf(secret) ?? null;
  const late = endedReason(host, stored, expiresAtMs, ports.nowMs());
  if (late !== undefined) return late;

  const answer = { kind: 'credential', username: stored.username, secret, expiresAtMs } as const;
  const cluster = await clusterOfStored(host, secret, settings, bound, ports);
  const token =
    cluster.kind === 'cluster' ? typedToken(secret, cluster.route.server, cluster.identities) : undefined;
  if (cluster.kind === 'cluster' && !cluster.isClaimed && !hasFormOfToken(secret)) {
    const name = clusterDisplayName(cluster.route.server);
    const why = `${storedLoginInWords(host, stored)} is no token, and the registry of ${name} takes nothing else`;
    return { kind: 'refused', reasons: [{ code: 'typed-no-token', why, fix: logInAgain(host) }] };
  }
  if (cluster.kind === 'none' || (cluster.kind === 'cluster' && token === undefined)) {
    const { answer: judged, ...learnt } = await judgeTypedLogin(host, stored, answer, ports);
    if (judged !== undefined) return { ...learnt, answer: judged, stored };
    const why = `${storedLoginInWords(host, stored)} is not accepted by ${host}`;
    return { ...learnt, kind: 'refused', reasons: [{ code: 'typed-refused', why, fix: logInAgain(host) }] };
  }
  if (cluster.kind !== 'cluster') {
    const why = `${storedLoginInWords(host, stored)} can't be checked: its cluster can't be told`;
    return { kind: 'out-of-reach', reasons: [{ code: 'typed-unchecked', why }] };
  }
  if (cluster.kind !== 'cluster' || token === undefined) {
    const why = `${storedLoginInWords(host, stored)} can't be checked: its cluster can't be told`;
    return { kind: 'out-of-reach', reasons: [{ code: 'typed-unchecked', why }] };
  }
  if (stored.boundTo === undefined) ports.noteCluster(stored, cluster.route.server);
  try {
    const identity = storedIdentity(cluster.route, stored.username, token);
    const checked = await answerWithToken(host, identity, undefined, ports);
    if (checked.answer.kind === 'anonymous') return { kind: 'refused', reasons: checked.answer.reasons };
    return { ...checked, answer: { ...checked.answer, username: stored.username }, identity, stored };
  } catch (error) {
    // What keeps it from being checked is told; a defect is not told as such.
    if (!(error instanceof AppError)) throw error;
    return { kind: 'out-of-reach', reasons: [reasonOf(error)] };
  }
}

function endedReason(
  host: string,
  stored: StoredLogin,
  expiresAtMs: number | null,
  nowMs: number,
): Refusal | undefined {
  if (outlivesMargin(expiresAtMs, nowMs)) return undefined;
  const ago = expiresAtMs === null ? 0 : nowMs - expiresAtMs;
  const ended = ago < 0 ? 'expires within a minute' : `expired ${durationInWords(ago)} ago`;
  const why = `${storedLoginInWords(host, stored)} ${ended}`;
  return { kind: 'over', reasons: [{ code: 'typed-expired', why, fix: logInAgain(host) }] };
}

function unreadable(host: string, stored: StoredLogin, fault: SecretFault): Refusal {
  const words = storedLoginInWords(host, stored);
  if (fault === 'gone') {
    const why = `${words} is not where it was kept any more`;
    return { kind: 'refused', reasons: [{ code: 'typed-gone', why, fix: logInAgain(host) }] };
  }
  const { kind, message, fix } = fault;
  const why = `${words} can't be read: ${message}`;
  return { kind: 'out-of-reach', reasons: [{ code: `keychain-${kind}`, why, fix }] };
}
