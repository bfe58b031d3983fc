import { AppError, describeError } from '../../hosts/reason.ts';
import { runAsCommand } from '../parse-words.ts';
import { parseLoginArguments } from './arguments.ts';
import { LOGIN } from './declaration.ts';
import { logInToExpiring } from './expiring.ts';
import { logIn } from './log-in.ts';
import { type LoginPorts, unlessInterrupted } from './ports.ts';
import { findLoginTarget } from './target.ts';

/** As shells tell a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/**
 * `login [CONTEXT | HOST | API-URL]`: gets a person a new token for a cluster, into the kubeconfig.
 * @returns the exit status: 0, 1 for an error, a host that has no good token after it or a login that was another's, 2 for a wrong command line,
 *   130 if the person stopped it
 */
export function runLogin(args: readonly string[], ports: LoginPorts): Promise<number> {
  return runAsCommand(LOGIN, parseLoginArguments(args), ports, async (parsed) => {
    try {
      if (parsed.isAllExpiring) return await logInToExpiring(parsed, ports);
      // A cluster may be asked whose a host is.
      const target = await unlessInterrupted(findLoginTarget(parsed.target, ports, parsed.method), ports);
      return await logIn(target, parsed, ports);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'interrupted') throw error;
      ports.printError(describeError(error));
      return INTERRUPTED;
    }
  });
}
