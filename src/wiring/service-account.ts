import type { CreatePorts } from '../commands/service-account/create-service-account.ts';
import { runServiceAccount } from '../commands/service-account/run-service-account.ts';
import type { SetupBinding } from '../commands/setup/setup-ports.ts';
import { createSetupFiles } from '../engines/edits/setup-files.ts';
import { configFile } from '../files/directories.ts';
import { AppError } from '../hosts/reason.ts';
import { bearerOf } from './clusters-word.ts';
import { machineName } from './machine-name.ts';
import { printer } from './printer.ts';
import { createSession, type Session } from './session.ts';
import { bindingOf } from './setup.ts';
import { place } from './this-process.ts';

/** A dozen objects may have to be made. */
const ENDS_MS = 60_000;

/** @returns the exit status */
export function serviceAccount(args: string[]): Promise<number> {
  const session = createSession(place(), ENDS_MS, false, true);
  const { here } = session;
  let resolved: SetupBinding | undefined;
  const ports: CreatePorts = {
    ...printer,
    machineName,
    resolveIdentity: async (host, context) => {
      resolved = await bindingOf(host, context, session);
      return resolved;
    },
    request: (method, path, body) => request(resolved, session, method, path, body),
    bindHost: (host, entry) => createSetupFiles(here, configFile(here)).bind(host, entry),
  };
  return runServiceAccount(args, ports);
}

async function request(
  resolved: SetupBinding | undefined,
  session: Session,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body: object | undefined,
) {
  const { all } = (await session.identities()).identities;
  const identity = all.find(({ context }) => context === resolved?.context);
  if (identity === undefined) throw new AppError({ code: 'no-context', message: 'No context was resolved' });
  const bearer = await bearerOf(identity, session);
  return session.access.ask(identity, bearer, path, body, method);
}
