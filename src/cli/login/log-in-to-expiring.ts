import { AppError, describeError } from '../../credential/app-error.ts';
import { durationInWords } from '../../credential/duration-in-words.ts';
import { loginCommand } from '../../credential/login-command.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import { endsOfLogins, isDue, type LoginEnd } from './ends-of-logins.ts';
import { logIn } from './log-in.ts';
import type { LoginArguments } from './login-arguments.ts';
import type { LoginPorts } from './login-ports.ts';
import { ofIdentity } from './login-target.ts';
import { unlessInterrupted } from './unless-interrupted.ts';

/**
 * `login --all-expiring`: logs in to each cluster whose login ended or ends soon, one after another. One that fails
 * keeps no other from its turn.
 * @returns the exit status: 1 if one of them has no good login after it, or could not be asked
 * @throws AppError `interrupted`
 */
export async function logInToExpiring(args: LoginArguments, ports: LoginPorts): Promise<number> {
  const ends = await unlessInterrupted(endsOfLogins(ports), ports);
  const due = ends.filter((each) => isDue(each, ports.nowMs()));
  const unknown = ends.filter(({ end }) => end === undefined);
  for (const { identity } of unknown) {
    const command = loginCommand(identity.server, identity.context);
    ports.printError(
      `${clusterDisplayName(identity.server)} could not be asked when the login ends. If it is over, run: ${command}`,
    );
  }
  const untold = ends.filter(({ end }) => end === 'untold');
  for (const { identity } of untold) {
    const name = clusterDisplayName(identity.server);
    ports.print(`${name} accepts your login (context ${identity.context}), and does not tell when it ends.`);
  }
  if (due.length === 0) {
    const others = unknown.length === 0 ? '' : ' of the clusters that could be asked';
    const is = untold.length === 0 ? 'ends soon' : 'is known to end soon';
    ports.print(`No login${others} ${is}: there is nothing to do.`);
    return unknown.length === 0 ? 0 : 1;
  }
  let status = unknown.length === 0 ? 0 : 1;
  for (const [index, each] of due.entries()) {
    ports.printError(`${index + 1} of ${due.length}: ${describeEnd(each, ports.nowMs())}`);
    status = Math.max(status, await one(each, args, ports));
  }
  return status;
}

async function one({ identity }: LoginEnd, args: LoginArguments, ports: LoginPorts): Promise<number> {
  try {
    return await logIn(ofIdentity(identity), args, ports);
  } catch (error) {
    // One cluster's fault, or a person's No to it, keeps no other from its turn; Ctrl-C means all of them.
    if (!(error instanceof AppError) || error.code === 'interrupted') throw error;
    ports.printError(describeError(error));
    return 1;
  }
}

function describeEnd({ identity, end }: LoginEnd, nowMs: number): string {
  const login = `your login to ${clusterDisplayName(identity.server)} (context ${identity.context})`;
  const leftMs = typeof end === 'number' ? end - nowMs : 0;
  return leftMs > 0 ? `${login} ends in ${durationInWords(leftMs)}.` : `${login} is over.`;
}
