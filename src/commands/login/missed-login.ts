import { isPlainName, loginCommand } from '../../hosts/login-command.ts';
import { nameInSentence, shellQuoted } from '../../hosts/quoting.ts';
import { oneLine } from '../../hosts/reason.ts';
import type { WhySpared } from '../../hosts/why-spared.ts';
import type { LoginArguments } from './login-arguments.ts';
import type { KeptLogin } from './login-ports.ts';
import type { LoginTarget } from './login-target.ts';

/**
 * Whether the login that a person meant to renew is as it was, since the token went into another user entry: a browser may
 * know them by another name, or the entry is not theirs alone. Who names a cluster by its URL, or a user and no context,
 * renews no login of somebody else; and what is no login by a token (a client certificate) goes on beside this one.
 * @param kept where the token went
 * @returns what to say of it, with the command that mends it; undefined: nothing was missed
 */
export function missedLogin(
  { identity }: LoginTarget,
  { target, method }: Pick<LoginArguments, 'target' | 'method'>,
  kept: Pick<KeptLogin, 'user' | 'context' | 'spared'>,
  user: string,
): string | undefined {
  if (identity?.context === undefined || kept.spared === undefined) return undefined;
  const isNamed = target === identity.context;
  if (target !== undefined && !isNamed) return undefined;
  if (identity.source.kind !== 'token' && identity.source.kind !== 'none') return undefined;
  if (kept.spared.kind !== 'another-person') {
    return oneLine(notTaken(identity.context, identity.user, kept.spared, kept));
  }
  if (!isNamed && method.kind === 'password' && method.username !== undefined) return undefined;
  const browser = method.kind === 'browser' ? 'log out in the browser, then ' : '';
  const command = loginCommand(identity.server, identity.context);
  return oneLine(
    `You logged in as ${user}; the login of context ${nameInSentence(identity.context)} (${nameInSentence(identity.user)}) is as it was before. To renew that one, ${browser}run: ${command}`,
  );
}

function notTaken(
  context: string,
  entry: string,
  why: Exclude<WhySpared, { readonly kind: 'another-person' }>,
  kept: Pick<KeptLogin, 'user' | 'context'>,
): string {
  const remedy = isPlainName(context)
    ? `To have it use the new one, run: oc config set-context ${shellQuoted(context)} --user=${shellQuoted(kept.user)}`
    : `Give it the user entry ${kept.user}.`;
  return `Context ${nameInSentence(context)} is as it was before, since ${because(why, nameInSentence(entry))}; the new login is in context ${nameInSentence(kept.context)}. ${remedy}`;
}

function because(why: Exclude<WhySpared, { readonly kind: 'another-person' }>, entry: string): string {
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
