import { becauseOf } from '../../hosts/choose-identity.ts';
import type { Identities, Identity } from '../../hosts/identity.ts';
import { isPlainName, loginCommand } from '../../hosts/login-command.ts';
import { shownArgument } from '../../hosts/quoting.ts';
import { AppError, type Fix } from '../../hosts/reason.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { guessApiServer, readConsoleUrl } from '../../registry/server-url.ts';

/** Nothing here says where a cluster is; `server`: where it could be. */
export function nameServer(server = 'https://api.example.com:6443'): Fix {
  return { do: `Name its API server, as in: docker-credential-openshift login ${server}` };
}

/** @returns the error of a word after `login` that stands for nothing: what there is, and what was probably meant */
export function unknownTarget(typed: string, identities: Identities): AppError {
  const { all } = identities;
  const named = firstContext(all);
  const names = all.flatMap(({ context }) => context ?? []);
  const known = names.length === 0 ? 'which has none' : `which has ${names.slice(0, 10).join(', ')}`;
  const because = becauseOf(identities);
  const guess = guessApiServer(normaliseRegistryHost(typed) ?? '');
  const isNowhere = guess !== undefined || named === undefined;
  return new AppError({
    code: 'unknown-target',
    message: `${shownArgument(typed)} is not a context of your kubeconfig, ${known}${because}; nor is it a registry host whose cluster is known, or a URL of https`,
    fix: identities.remedy ?? (isNowhere ? nameServer(guess) : { run: loginCommand('', named) }),
  });
}

/**
 * Who is logged in at the console copies its address from there.
 * @throws AppError naming the API server that it should be beside
 */
export function refuseConsole(server: string, { all }: Identities): void {
  const url = new URL(server);
  const { registry, isGuess } = readConsoleUrl(url);
  if (registry === undefined || all.some((identity) => identity.server === server)) return;
  throw new AppError({
    code: 'unknown-target',
    message: `${url.host} is the web console of a cluster, and not its API server`,
    fix: isGuess
      ? nameServer(guessApiServer(url.hostname))
      : { run: `docker-credential-openshift login ${registry}` },
  });
}

/** @returns a context that a command can name; undefined: there is none */
export function firstContext(all: readonly Identity[]): string | undefined {
  return all.flatMap(({ context }) => (context !== undefined && isPlainName(context) ? context : []))[0];
}
