import {
  logInForRequests,
  runServiceAccount,
  type ServiceAccountPorts,
} from '../commands/service-account/run-service-account.ts';
import { createSetupFiles } from '../engines/edits/setup-files.ts';
import { configFile } from '../files/directories.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { machineName } from '../process/version.ts';
import { forgetAnswer, forgetToken } from '../session/facts.ts';
import { createSession } from '../session/session.ts';

/** A dozen objects may have to be made. */
const ENDS_MS = 60_000;

/** @returns the exit status */
export function serviceAccount(args: string[]): Promise<number> {
  const session = createSession(place(), { untilMs: ENDS_MS, byHand: true });
  const { here } = session;
  const ports: ServiceAccountPorts = {
    ...printer,
    machineName,
    logIn: (host, name) => logInForRequests(host, name, session),
    linkHost: async (host, entry) => {
      const { lines, hosts } = await createSetupFiles(here, configFile(here)).bind(host, entry);
      // What was answered before is another's; what was minted may be bound to a Secret or an account that is gone.
      const now = createSession(here, { untilMs: ENDS_MS, byHand: true });
      for (const each of hosts) {
        await forgetAnswer(each, now);
        await forgetToken(each, now);
      }
      return lines;
    },
  };
  return runServiceAccount(args, ports);
}
