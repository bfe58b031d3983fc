import {
  linkToAccount,
  logInForRequests,
  runServiceAccount,
  type ServiceAccountPorts,
} from '../commands/service-account/run-service-account.ts';
import { createSetupFiles } from '../engines/edits/setup-files.ts';
import { configFile } from '../files/directories.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { machineName } from '../process/version.ts';
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
    linkHost: (host, entry) =>
      linkToAccount(host, entry, createSetupFiles(here, configFile(here)), () =>
        createSession(here, { untilMs: ENDS_MS, byHand: true }),
      ),
  };
  return runServiceAccount(args, ports);
}
