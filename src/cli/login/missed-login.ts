import { oneLine } from '../../credential/answer.ts';
import { loginCommand } from '../../credential/login-command.ts';
import type { LoginArguments } from './login-arguments.ts';
import type { LoginTarget } from './login-target.ts';

/**
 * Whether the login that a person meant to renew is as it was, since the token of whoever logged in went into another
 * user entry: a browser may know them by another name. Who names a user, or a cluster by its URL, renews no login of
 * anybody in particular; and what is no login by a token (a client certificate) goes on beside this one.
 * @param kept where the token went
 * @returns what to say of it; undefined: nothing was missed
 */
export function missedLogin(
  { identity }: LoginTarget,
  { target, method }: Pick<LoginArguments, 'target' | 'method'>,
  kept: { readonly user: string },
  user: string,
): string | undefined {
  if (identity?.context === undefined || kept.user === identity.user) return undefined;
  if (target !== undefined && target !== identity.context) return undefined;
  if (method.kind === 'password' && method.username !== undefined) return undefined;
  if (identity.source.kind !== 'token' && identity.source.kind !== 'none') return undefined;
  const browser = method.kind === 'browser' ? 'log out in the browser, then ' : '';
  const command = loginCommand(identity.server, identity.context);
  return oneLine(
    `You logged in as ${user}; the login of context ${identity.context} (${identity.user}) is as it was before. To renew that one, ${browser}run: ${command}`,
  );
}
