import {
  type ClusterToken,
  type ExecPlugin,
  givenToken,
  type Identity,
  type ServiceAccountOrder,
} from './identity.ts';
import { AppError, type Fix, withoutSecrets } from './reason.ts';
import { AT_HALF, type Life, type Pace, type RenewalState, renewalState } from './renewal.ts';

/** A token that was minted, or that a plugin gave, as it is kept. */
export interface KeptToken extends Life {
  /** Nobody told when it ends: this is when it is had anew, and says nothing of whether it is good until then. */
  readonly isEndAssumed?: true;
  readonly token: string;
}

/** What a cluster answered a request for a service account's token. */
export type MintOutcome =
  | { readonly kind: 'minted'; readonly token: KeptToken }
  /** The minter's own credential was refused. */
  | { readonly kind: 'rejected' }
  /** It lacks a right; `who`: the minter, as the cluster names it. */
  | { readonly kind: 'forbidden'; readonly who: string | undefined }
  | { readonly kind: 'no-such-account' }
  /** The Secret that the token was to be bound to is gone. */
  | { readonly kind: 'no-such-secret' }
  /** `isBusy`: it asked to be left alone for a while, and `detail` says until when. */
  | { readonly kind: 'unavailable'; readonly detail: string; readonly isBusy?: true };

/** Where tokens are had from, and kept between runs. */
export interface ObtainPorts {
  nowMs(): number;
  recallKept(key: string): KeptToken | undefined;
  keep(key: string, token: KeptToken): Promise<void>;
  /**
   * Runs the action while no other process of this machine runs one of the same key.
   * @param meanwhile looks whether another process has done it by now
   * @returns undefined if that did not come about within `waitMs`
   */
  alone<T>(
    key: string,
    waitMs: number,
    action: () => Promise<T>,
    meanwhile: () => T | undefined,
  ): Promise<T | undefined>;
  /** What is left of the time for the whole answer. */
  remainingMs(): number;
  /** @throws AppError naming the file */
  readTokenFile(path: string): Promise<string>;
  /** @param host that the token is for; empty: none in particular. @throws AppError naming the plugin */
  runPlugin(identity: Identity, plugin: ExecPlugin, timeoutMs: number, host: string): Promise<KeptToken>;
  /**
   * Asks the identity's cluster for a service account's token.
   * @param bearer undefined: the identity proves itself by its client certificate
   */
  mint(
    host: string,
    identity: Identity,
    bearer: ClusterToken | undefined,
    order: ServiceAccountOrder,
    timeoutMs: number,
  ): Promise<MintOutcome>;
  /** Which Role and RoleBinding let a user mint, and the command that makes them. */
  missingRight(who: string, order: ServiceAccountOrder): { message: string; fix: Fix };
  /** Names a token's every dependence: API server, CA, user or plugin, and the account. */
  keyOf(identity: Identity, order: ServiceAccountOrder | undefined): Promise<string>;
  /** When in its time this machine renews the token of that key, which it has from the identity's cluster. */
  paceOf(key: string, identity: Identity): Promise<Pace>;
}

/** What a kept token needs of them. */
type Keeping = Pick<ObtainPorts, 'nowMs' | 'recallKept' | 'keep' | 'alone' | 'remainingMs'>;

/** Gets a new token. @throws AppError saying why there is none */
export type IssueToken = (timeoutMs: number) => Promise<KeptToken>;

/** Which token is kept. */
export interface Kept {
  /** Names everything that the token depends on. */
  readonly key: string;
  /** When in its time it is renewed; `renew` does it from half of its life. */
  readonly pace: Pace;
}

/** A token, and how it was come by. */
export interface Obtained extends KeptToken {
  readonly token: ClusterToken;
  /** Its renewal is due: it should be renewed behind the engine's back. */
  readonly renewSoon: boolean;
  /** Why it could not be renewed although that was due. */
  readonly complaint: string | undefined;
}

/** What is wanted of a token. */
export interface Wish {
  /** True for `renew`: what is due is done now, whatever it takes. */
  readonly eager: boolean;
  /** A token that the cluster refused: another one is wanted. */
  readonly refused: string | undefined;
}

/** The longest that an engine is kept waiting for the renewal of a token that is still good. */
const FOREGROUND_MS = 1000;

/**
 * A token that is kept between runs and had anew in time: answered while it is good, renewed once for all processes of
 * this machine, and never given up because its renewal failed.
 * @throws AppError if there is no good token and none can be had
 */
export async function keepToken(
  { key, pace }: Kept,
  issue: IssueToken,
  { eager, refused }: Wish,
  ports: Keeping,
): Promise<Obtained> {
  const kept = recallUnlessRefused(key, refused, ports);
  const state = stateOf(kept, ports, eager ? AT_HALF : pace);
  if (kept !== undefined && (state === 'keep' || (state === 'soon' && !eager))) {
    return { ...kept, token: givenToken(kept.token), renewSoon: state === 'soon', complaint: undefined };
  }
  const leftMs = ports.remainingMs();
  const waitMs = state === 'now' && !eager ? Math.min(FOREGROUND_MS, leftMs) : leftMs;
  const untilMs = ports.nowMs() + waitMs;
  try {
    const others = () => othersToken(key, kept?.token ?? refused, ports);
    const renew = async (): Promise<KeptToken> => {
      // Whoever waited looks again: another process was here meanwhile.
      const theirs = others();
      if (theirs !== undefined) return theirs;
      const issued = await issue(Math.max(1, untilMs - ports.nowMs()));
      await ports.keep(key, issued);
      return issued;
    };
    // One may have got a token without giving way in time.
    const found = (await ports.alone(key, waitMs, renew, others)) ?? others();
    if (found !== undefined)
      return { ...found, token: givenToken(found.token), renewSoon: false, complaint: undefined };
    return stillGood(kept, state, 'another process is renewing it');
  } catch (error) {
    // A token that is still good outlives the failure of its renewal; a defect does not pass for one.
    if (!(error instanceof AppError)) throw error;
    if (kept === undefined || state === 'dead') throw error;
    return stillGood(kept, state, withoutSecrets(error.message));
  }
}

/**
 * A kept token that the cluster refused is as good as none. It stays kept until there is another: a cluster that is just
 * starting says 401 to live tokens too, and a token that renews itself may be all there is.
 */
export function recallUnlessRefused(
  key: string,
  refused: string | undefined,
  ports: Pick<ObtainPorts, 'recallKept'>,
): KeptToken | undefined {
  const kept = ports.recallKept(key);
  return kept === undefined || kept.token === refused ? undefined : kept;
}

/** What another process got meanwhile. */
function othersToken(key: string, known: string | undefined, ports: Keeping): KeptToken | undefined {
  const others = recallUnlessRefused(key, known, ports);
  return others !== undefined && stateOf(others, ports) !== 'dead' ? others : undefined;
}

function stateOf(token: KeptToken | undefined, ports: Keeping, pace: Pace = AT_HALF): RenewalState {
  return token === undefined ? 'dead' : renewalState(token, ports.nowMs(), pace);
}

function stillGood(kept: KeptToken | undefined, state: RenewalState, complaint: string): Obtained {
  if (kept === undefined || state === 'dead') {
    throw new AppError({ code: 'renewal-busy', message: `No token could be had in time: ${complaint}` });
  }
  return { ...kept, token: givenToken(kept.token), renewSoon: true, complaint };
}
