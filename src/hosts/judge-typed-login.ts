import type { CredentialAnswer } from './answer.ts';
import type { TokenKnowledge } from './cached-answer.ts';
import type { StoredLogin } from './secret-store.ts';

/**
 * What a registry says of a login that was typed for it. `accepted`: it takes it, or asks for none; `failing`: it answers,
 * and fails just now; `unknown`: it can't be reached by this program, or asks in a way that this one does not.
 */
export type TypedLoginWord = 'accepted' | 'refused' | 'failing' | 'unknown';

export interface JudgeTypedLoginPorts {
  /** Asks the registry itself, as an engine does; never throws. */
  probeTypedLogin(host: string, username: string, secret: string): Promise<TypedLoginWord>;
  /** What was known of the host's token when it was last asked for. */
  recallKnowledge(): TokenKnowledge | undefined;
}

/** What a typed login is answered with, and what was learnt of it; without an answer: its registry refuses it. */
export interface TypedLoginVerdict {
  readonly answer?: CredentialAnswer;
  readonly knowledge?: TokenKnowledge;
}

/**
 * Whether a login that was typed for a host of no cluster may be answered. Only a refusal by the registry speaks against
 * it: the engine may reach what this program does not (a proxy of its daemon's own, authorities in its certs.d, plain
 * HTTP). Once refused it stays so until it is accepted: a registry that fails a moment later has not taken its word back.
 * @param answer with the login as it was typed
 */
export async function judgeTypedLogin(
  host: string,
  stored: Pick<StoredLogin, 'id'>,
  answer: CredentialAnswer,
  ports: JudgeTypedLoginPorts,
): Promise<TypedLoginVerdict> {
  const fingerprint = nameOfStored(stored);
  const known = ports.recallKnowledge();
  const wasRefused = known?.fingerprint === fingerprint && known.refused === true;
  const said = await ports.probeTypedLogin(host, answer.username, answer.secret);
  if (said === 'accepted') return { answer, knowledge: { fingerprint } };
  if (said === 'refused' || wasRefused) return { knowledge: { fingerprint, refused: true } };
  // Who fails is asked again soon. Who can't be reached may stay so, and every time would cost the pull its two seconds.
  return { answer: said === 'failing' ? { ...answer, unchecked: true } : answer };
}

/** Names a typed secret in the cache. No print of it is written down: passwords can be guessed by one. */
export function nameOfStored({ id }: Pick<StoredLogin, 'id'>): string {
  return `stored ${id}`;
}
