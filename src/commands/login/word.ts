import { chooseContext } from '../../hosts/choose-identity.ts';
import type { Identities, Identity } from '../../hosts/identity.ts';
import { AppError, inWords } from '../../hosts/reason.ts';
import type { Resolution } from '../../hosts/resolve-host.ts';
import type { RegistrySettings } from '../../registry/bind-host.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { normaliseServerUrl } from '../../registry/server-url.ts';
import type { LoginPorts } from './ports.ts';

/** A word after `login`, and what it may stand for. */
export interface Word {
  readonly typed: string;
  /** The context of that name, which comes before all else. */
  readonly named: Identity | undefined;
  /** Read as a registry host; undefined: it is none, or the config is in the way of it. */
  readonly host:
    | {
        readonly name: string;
        readonly resolution: Resolution;
        readonly settings: RegistrySettings | undefined;
      }
    | undefined;
  /** Read as an API server's URL, or the host of one. */
  readonly server: string | undefined;
}

/**
 * Reads a word as all that it may be.
 * @throws AppError `bad-config` if the word could be nothing but a host, of which the config can't tell
 */
export async function readWord(
  typed: string,
  identities: Identities,
  ports: Pick<LoginPorts, 'resolve'>,
): Promise<Word> {
  const named = identities.all.find(({ context }) => context === typed);
  const server = serverMeant(typed, identities);
  const name = normaliseRegistryHost(typed);
  if (name === null) return { typed, named, host: undefined, server };
  const { facts, resolution } = await ports.resolve(name);
  const { settings, problem } = facts.settings;
  if (problem === undefined) return { typed, named, host: { name, resolution, settings }, server };
  // A fault of the config is no obstacle to a word that stands for a cluster without it.
  if (named !== undefined || server !== undefined) return { typed, named, host: undefined, server };
  throw new AppError({
    code: 'bad-config',
    message: `What your config says of ${name} can't be told: ${problem.why}`,
    fix: { do: "Fix that, or log in by a context's name or an API-URL." },
  });
}

/** Some clusters' API servers are at port 443 (`api.DOMAIN:443`, as `oc whoami --show-server` says of them). */
const API_AND_PORT = /^api\.[^:/]+:\d+$/i;

/**
 * @returns the API server, normalised, that the word after `login` stands for: a URL, or the host of an API server that is
 *   known, or has the port that they have or their name and any port; undefined: none
 */
function serverMeant(typed: string, { all }: Identities): string | undefined {
  const isUrl = /^[a-z]+:\/\//i.test(typed);
  const server = normaliseServerUrl(isUrl ? typed : `https://${typed}`);
  if (server === null) return undefined;
  const isKnown = all.some((identity) => identity.server === server);
  return isUrl || isKnown || server.endsWith(':6443') || API_AND_PORT.test(typed) ? server : undefined;
}

/**
 * Whether a login can do anything for a registry host.
 * @returns what the host gets by way of the login, if that is not a token of the person's own
 * @throws AppError naming what the host gets in place of a login, and what changes that
 */
export function loginOfOther({ named, host }: Word, identities: Identities): string | undefined {
  if (named !== undefined || host === undefined) return undefined;
  const { name, settings } = host;
  const fix = chooseContext(name, identities);
  if (settings?.anonymous === true) {
    throw new AppError({
      code: 'anonymous-host',
      message: `${name} gets no login: your config says that it is asked anonymously`,
      fix,
    });
  }
  if (settings?.tokenFile !== undefined) {
    throw new AppError({
      code: 'token-file-host',
      message: `${name} gets the token in ${settings.tokenFile}, and no login: your config says so`,
      fix: { do: `Put a new token there, or link it to a context. ${inWords(fix)}` },
    });
  }
  if (settings?.serviceAccount === undefined) return undefined;
  const how =
    settings.selfRenew === true
      ? 'It renews itself: a login is only needed once it has expired.'
      : 'Your login mints it, and is not sent there itself.';
  return `${name} gets a token of the service account ${settings.serviceAccount}. ${how}`;
}
