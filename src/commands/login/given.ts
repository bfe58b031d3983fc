import { AppError } from '../../hosts/reason.ts';
import type { LoginMethod } from './arguments.ts';
import { type PastedLogin, readPastedLogin, whyNotSent } from './pasted.ts';
import { type LoginPorts, unlessInterrupted } from './ports.ts';

type Asking = Pick<LoginPorts, 'isInteractive' | 'ask' | 'readStdin' | 'interrupted'>;

/** What a person types, pastes or pipes: a token alone, or the `oc login` command that the cluster's page shows. */
export async function readGivenLogin(ports: Asking): Promise<PastedLogin> {
  const answer = ports.isInteractive ? ports.ask('Token: ') : ports.readStdin();
  return readPastedLogin((await unlessInterrupted(answer, ports)) ?? '');
}

/**
 * The token in it.
 * @param server the API server that it will be sent to, normalised
 * @throws AppError if there is none, or it is for another cluster
 */
export function givenToken(server: string, pasted: PastedLogin): string {
  if (pasted.kind === 'empty') throw nothingTyped('token');
  if (pasted.kind === 'token') {
    const message = whyNotSent(pasted, server);
    if (message === undefined) return pasted.token;
    throw new AppError({
      code: 'token-of-another-cluster',
      message,
      fix: { do: 'Name the context or the API-URL of its cluster, or give the token alone.' },
    });
  }
  throw new AppError({
    code: 'no-token',
    message: 'What came on stdin is not a token',
    fix: { do: 'Give the token alone, in one line, or the oc login command that it stands in.' },
  });
}

/** @throws AppError if there is none */
export async function givenPassword(
  { username, fromStdin }: Extract<LoginMethod, { kind: 'password' }>,
  cluster: string,
  ports: Asking,
): Promise<string> {
  if (!ports.isInteractive && !fromStdin) {
    throw new AppError({
      code: 'no-terminal',
      message: 'There is no terminal to ask for the password at',
      fix: { do: 'Give it on stdin, with --password-stdin.' },
    });
  }
  const answer = ports.isInteractive
    ? ports.ask(`Password of ${username ?? ''} at ${cluster}: `)
    : ports.readStdin();
  const password = (await unlessInterrupted(answer, ports)) ?? '';
  if (password === '') throw nothingTyped('password');
  return password;
}

function nothingTyped(what: string): AppError {
  return new AppError({
    code: 'nothing-typed',
    message: `No ${what} was given: nothing was changed`,
    fix: { do: 'Log in again.' },
  });
}
