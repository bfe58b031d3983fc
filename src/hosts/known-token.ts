import { clusterDisplayName } from '../registry/catalogue.ts';
import type { AnswerPorts, TokenWords } from './check-token.ts';
import type { OwnChoice } from './choose-identity.ts';
import type { HeldToken, HostFacts } from './host-facts.ts';
import type { ExecPlugin } from './identity.ts';
import { tokenWords } from './identity-kinds.ts';
import { readJwt } from './jwt.ts';
import type { ObtainPorts } from './keep-token.ts';
import { logInAgain, loginCommand, tokenSignedOut } from './login-command.ts';
import { AppError, type Reason, reasonOf } from './reason.ts';
import { type TypedChoice, typedLoginInWords } from './resolve-typed.ts';
import { certificateOpensNothing } from './run-plugin.ts';

/** What is known of the token that a host gets, without asking anyone. Times are in ms since the epoch. */
export interface KnownToken {
  /** Null: it has no end; undefined: it is not known. */
  readonly expiresAtMs?: number | null | undefined;
  /** Nobody told when it ends, nor does the answer that was given with it. */
  readonly isEndAssumed?: true;
  /** How long it lives in all. */
  readonly lifeMs?: number | undefined;
  /** When it was had, where the program keeps it. */
  readonly renewedAtMs?: number | undefined;
  /** When its cluster was asked about it last. */
  readonly checkedAtMs?: number | undefined;
  /** The name that the cluster knows its bearer by. */
  readonly username?: string | undefined;
  /** How it is spoken of; undefined: nobody has to look after its end. */
  readonly words?: TokenWords | undefined;
  /** A person signed out with it. */
  readonly signedOut?: Reason;
  /** It can't be had. */
  readonly fault?: Reason;
}

/** @returns undefined: the host gets none, or nobody looked for it */
export function knownToken(
  host: string,
  { typed, own }: { readonly typed?: TypedChoice; readonly own?: OwnChoice },
  facts: HostFacts,
): KnownToken | undefined {
  if (typed !== undefined) return typed.secret === undefined ? ofTyped(host, typed, facts) : undefined;
  return own === undefined || facts.held === undefined ? undefined : ofOwn(host, own, facts);
}

function ofTyped(host: string, { login, route }: TypedChoice, { last }: HostFacts): KnownToken {
  const server = route?.server ?? login.boundTo;
  const isKept = last?.answer.kind === 'kept' && last.answer.id === login.id;
  const known = isKept ? last?.token : undefined;
  // The end of one that ends when idle moves with its use.
  const isAnnounced = known?.isTyped === true && known.endsWhenIdle !== true;
  const cluster = server === undefined ? host : clusterDisplayName(server);
  return {
    expiresAtMs: known?.expiresAtMs === undefined ? login.expiresAtMs : known.expiresAtMs,
    lifeMs: known?.lifeMs,
    checkedAtMs: server === undefined ? undefined : last?.checkedAt.wallMs,
    words: isAnnounced
      ? { phrase: typedLoginInWords(host, login), cluster, fix: logInAgain(host) }
      : undefined,
  };
}

function ofOwn(host: string, { identity, order }: OwnChoice, facts: HostFacts): KnownToken {
  const { held, knowledge, last } = facts;
  const words = tokenWords(host, identity, order);
  if (held?.isSignedOut === true) return { words, signedOut: tokenSignedOut(host, identity) };
  if (held?.fault !== undefined) return { words, fault: held.fault };
  const checkedAtMs = last?.checkedAt.wallMs;
  const failure = held?.token === undefined && last?.answer.kind !== 'anonymous' ? held?.failure : undefined;
  const failed = failure === undefined ? {} : { fault: failure };
  if (held?.life !== undefined) {
    const { startedAtMs, expiresAtMs, isEndAssumed } = held.life;
    // When it is had anew says nothing of when it ends.
    if (isEndAssumed === true) return { words, checkedAtMs, renewedAtMs: startedAtMs, isEndAssumed };
    const isEndless = !Number.isFinite(expiresAtMs);
    const life = isEndless ? { expiresAtMs: null } : { expiresAtMs, lifeMs: expiresAtMs - startedAtMs };
    return { words, checkedAtMs, renewedAtMs: startedAtMs, ...life };
  }
  const known =
    held?.fingerprint !== undefined && knowledge?.fingerprint === held.fingerprint ? knowledge : undefined;
  const { exp, iat } = (held?.token === undefined ? undefined : readJwt(held.token)) ?? {};
  return {
    words,
    checkedAtMs,
    expiresAtMs:
      known?.expiresAtMs === undefined ? (exp === undefined ? undefined : exp * 1000) : known.expiresAtMs,
    lifeMs: known?.lifeMs ?? (exp === undefined || iat === undefined ? undefined : (exp - iat) * 1000),
    username: known?.username,
    ...failed,
  };
}

/** The token that a host would get now, as far as it lies somewhere: no cluster is asked for it, and no plugin run. */
export async function heldToken(
  host: string,
  own: OwnChoice,
  ports: Pick<ObtainPorts, 'nowMs' | 'readTokenFile' | 'recallKept' | 'keyOf'> &
    Pick<AnswerPorts, 'fingerprintOf' | 'isSignedOut'> & {
      recentFailure(plugin: ExecPlugin): string | undefined;
    },
): Promise<HeldToken> {
  const { source, server, context } = own.identity;
  if (source.kind === 'none' && own.order?.selfRenew !== true) return {};
  try {
    const kept = await atHand(host, own, ports);
    const token = typeof kept === 'object' ? kept.token : kept;
    const fingerprint = token === undefined ? undefined : ports.fingerprintOf(token);
    const failed = source.kind === 'exec' ? ports.recentFailure(source.plugin) : undefined;
    const fix = { run: loginCommand(server, context) };
    return {
      token,
      fingerprint,
      life: typeof kept === 'object' ? kept : undefined,
      isSignedOut: fingerprint !== undefined && (await ports.isSignedOut(host, fingerprint)),
      failure: failed === undefined ? undefined : { code: 'plugin-failed-before', why: failed, fix },
    };
  } catch (error) {
    // No token, or a file of it that can't be read, is what is wrong with the host.
    if (!(error instanceof AppError)) throw error;
    return { fault: reasonOf(error) };
  }
}

async function atHand(
  host: string,
  { identity, order }: OwnChoice,
  ports: Pick<ObtainPorts, 'nowMs' | 'readTokenFile' | 'recallKept' | 'keyOf'>,
) {
  const { source } = identity;
  if (order === undefined && source.kind === 'token') return source.token;
  if (order === undefined && source.kind === 'token-file') return ports.readTokenFile(source.path);
  if (order === undefined && source.kind === 'client-certificate')
    throw certificateOpensNothing(identity, host);
  const kept = ports.recallKept(await ports.keyOf(identity, order));
  // What is over is had anew when it is asked for: that is no fault.
  return kept !== undefined && kept.expiresAtMs > ports.nowMs() ? kept : undefined;
}
