import { once } from '../../hosts/once.ts';
import { AppError, describeError } from '../../hosts/reason.ts';
import { runAsCommand } from '../parse-words.ts';
import { parseLoginArguments } from './arguments.ts';
import { LOGIN } from './declaration.ts';
import { logInToExpiring } from './expiring.ts';
import { readGivenLogin } from './given.ts';
import { logIn } from './log-in.ts';
import type { PastedLogin } from './pasted.ts';
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
      const readGiven = once(() => readGivenLogin(ports));
      const askAddress = async () =>
        (parsed.method.kind === 'token' && serverIn(await readGiven())) || typedAddress(ports);
      const finding = findLoginTarget(parsed.target, ports, parsed.method, askAddress);
      return await logIn(await unlessInterrupted(finding, ports), parsed, ports, readGiven);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'interrupted') throw error;
      ports.printError(describeError(error));
      return INTERRUPTED;
    }
  });
}

/** @returns the API server that an `oc login` command names; empty: it can't be told; undefined: none */
function serverIn(pasted: PastedLogin): string | undefined {
  return pasted.kind === 'token' ? pasted.server : undefined;
}

async function typedAddress(
  ports: Pick<LoginPorts, 'isInteractive' | 'askShown'>,
): Promise<string | undefined> {
  const question = 'API server of your cluster, such as https://api.example.com:6443: ';
  return (ports.isInteractive && (await ports.askShown(question))) || undefined;
}
