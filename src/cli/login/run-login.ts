import { AppError, describeError } from '../../credential/app-error.ts';
import { runAsCommand } from '../run-as-command.ts';
import { logIn } from './log-in.ts';
import { logInToExpiring } from './log-in-to-expiring.ts';
import { parseLoginArguments } from './login-arguments.ts';
import type { LoginPorts } from './login-ports.ts';
import { findLoginTarget } from './login-target.ts';
import { refuseNeedlessLogin } from './refuse-needless-login.ts';

/** As shells tell a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * `login [CONTEXT | HOST | API-URL]`: gets a person a new token for a cluster, into the kubeconfig.
 * @returns the exit status: 0, 1 for an error or a host that has no good token after it, 2 for a wrong command line,
 *   130 if the person stopped it
 */
export function runLogin(args: readonly string[], ports: LoginPorts): Promise<number> {
  return runAsCommand('login', parseLoginArguments(args), ports, async (parsed) => {
    try {
      if (parsed.isAllExpiring) return await logInToExpiring(parsed, ports);
      await refuseNeedlessLogin(parsed.target, ports);
      return await logIn(await findLoginTarget(parsed.target, ports, parsed.method), parsed, ports);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'interrupted') throw error;
      ports.printError(describeError(error));
      return INTERRUPTED;
    }
  });
}
