import type { WhySpared } from '../../cluster/kubeconfig/login-entries.ts';
import { durationInWords } from '../../hosts/clock.ts';
import { isPlainName, loginCommand } from '../../hosts/login-command.ts';
import { nameInSentence, shellQuoted } from '../../hosts/quoting.ts';
import { inOneLine, oneLine, type Reason } from '../../hosts/reason.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import type { LoginArguments } from './arguments.ts';
import type { KeptLogin, LoggedIn, LoginTarget, OldTokenOutcome } from './ports.ts';

/** Between a cluster's making a token and our telling of it, a moment passes. */
const MOMENT_MS = 60_000;
const HOUR_MS = 3_600_000;

/** @returns how long a login that was just made lasts: the whole days or hours that it was made for, else what is left */
export function lifeInWords(expiresAtMs: number, nowMs: number): string {
  const leftMs = Math.max(0, expiresAtMs - nowMs);
  const madeForMs = leftMs + MOMENT_MS;
  const isWhole = Math.floor(madeForMs / HOUR_MS) > Math.floor(leftMs / HOUR_MS);
  return durationInWords(isWhole ? madeForMs : leftMs);
}

/** @returns where, as whom and for how long a person is logged in, and `how` */
export function loginSentence(
  server: string,
  { user, expiresAtMs }: LoggedIn,
  how: string,
  nowMs: number,
): string {
  const end =
    typeof expiresAtMs === 'number'
      ? `for ${lifeInWords(expiresAtMs, nowMs)}`
      : expiresAtMs === null
        ? 'without an end'
        : 'until the cluster ends it';
  return oneLine(`Logged in to ${clusterDisplayName(server)} as ${user}, ${end} (${how}).`);
}

/**
 * Whether the login that a person meant to renew is as it was, since the token went into another user entry: a browser may
 * know them by another name, or the entry is not theirs alone. Who names a cluster by its URL, or a user and no context,
 * renews no login of somebody else; and what is no login by a token (a client certificate) goes on beside this one.
 * @param kept where the token went
 * @returns what to say of it; undefined: nothing was missed
 */
export function missedLogin(
  { identity }: LoginTarget,
  { target, method }: Pick<LoginArguments, 'target' | 'method'>,
  kept: Pick<KeptLogin, 'user' | 'context' | 'spared'>,
  user: string,
): Reason | undefined {
  const isToken = identity?.source.kind === 'token' || identity?.source.kind === 'none';
  if (identity?.context === undefined || kept.spared === undefined || !isToken) return undefined;
  const isNamed = target === identity.context;
  if (target !== undefined && !isNamed) return undefined;
  const context = nameInSentence(identity.context);
  const entry = nameInSentence(identity.user);
  if (kept.spared.kind !== 'another-person') {
    return {
      code: kept.spared.kind,
      why: `Context ${context} is as it was before, since ${cause(kept.spared, entry)}; the new login is in context ${nameInSentence(kept.context)}`,
      fix: isPlainName(identity.context)
        ? { run: `oc config set-context ${shellQuoted(identity.context)} --user=${shellQuoted(kept.user)}` }
        : { do: `Give it the user entry ${kept.user}.` },
    };
  }
  if (!isNamed && method.kind === 'password' && method.username !== undefined) return undefined;
  const command = loginCommand(identity.server, identity.context);
  return {
    code: kept.spared.kind,
    why: `You logged in as ${user}; the login of context ${context} (${entry}) is as it was before`,
    fix:
      method.kind === 'browser'
        ? { do: `To renew that one, log out in the browser, then run: ${command}` }
        : { run: command },
  };
}

function cause(why: Exclude<WhySpared, { readonly kind: 'another-person' }>, entry: string): string {
  switch (why.kind) {
    case 'other-cluster':
      return `its user entry ${entry} is that of context ${nameInSentence(why.context)}, too, which is on another cluster`;
    case 'other-proof':
      return `its user entry ${entry} has another proof than a token, which would be lost`;
    case 'no-entry':
      return 'it names no user entry';
    case 'unknown-owner':
      return `its user entry ${entry} holds a token of which the cluster does not say whose it is`;
  }
}

/** @returns what came of ending the token that a login replaced, and whether no token is left that was to be revoked */
export function oldTokenSentence(outcome: OldTokenOutcome): { sentence: string; isOver: boolean } {
  const kept = (sentence: string) => ({ sentence, isOver: false });
  const over = (sentence: string) => ({ sentence, isOver: true });
  const goesOn = (cause: string) => {
    const why = `The token before it was not revoked, and goes on until it ends: ${cause}`;
    return kept(inOneLine([{ code: 'token-goes-on', why, fix: { run: 'oc get useroauthaccesstokens' } }]));
  };
  switch (outcome.kind) {
    case 'shared': {
      const user = shellQuoted(outcome.by);
      return kept(`The token before it was kept, because the user entry ${user} of the kubeconfig uses it.`);
    }
    case 'same':
      return kept('The token before it is the one that you gave: it was not revoked.');
    case 'irrevocable':
      return kept("The token before it can't be revoked from here, and goes on until it ends.");
    case 'none':
      return over('There was no token before it to revoke.');
    case 'revoked':
      return over('The token before it was revoked.');
    case 'gone':
      return over('The token before it had ended, or been revoked, before.');
    case 'rejected':
      return goesOn('the cluster does not accept the new one just now');
    case 'forbidden':
      return goesOn('the scope of the new one does not let it');
    case 'failed':
      return goesOn(outcome.detail);
  }
}
