import { setTimeout as pause } from 'node:timers/promises';
import { readRegularFile } from '../../files/read-regular-file.ts';
import type { ExecPlugin, Identity } from '../../hosts/identity.ts';
import { jwtEndMs } from '../../hosts/jwt.ts';
import type { KeptToken } from '../../hosts/keep-token.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import { AppError } from '../../hosts/reason.ts';
import { certificateOpensNothing } from '../../hosts/run-plugin.ts';
import { type Connection, certificatesInPem } from '../connection.ts';
import { type KubeconfigPlace, type Login, saveLogin } from '../kubeconfig/save-login.ts';
import { isOAuthToken, type Revocation, revokeToken } from '../oauth-tokens.ts';
import type { Pauses } from '../retry-after.ts';
import { runExecPlugin } from '../run-exec-plugin.ts';
import { systemRoots } from '../system-roots.ts';
import { createLoginAccess, startProject, verifyToken } from './access.ts';
import { answerChallenge, basicAnswer } from './challenge-flow.ts';
import { checkBrowserLogin, exchangeCode, prepareAuthorization } from './code-flow.ts';
import { readOAuthMetadata } from './metadata.ts';
import { unkeptTokens } from './unkept-tokens.ts';

/** As `oc login --web`; every cluster registers it, with loopback addresses of any port. */
const BROWSER_CLIENT = 'openshift-cli-client';
const LARGEST_AUTHORITY = 1024 * 1024;
/** A plugin may open a browser, and a person may look for a second factor. */
const PLUGIN_MS = 300_000;
/** Where nobody tells when a plugin's token ends, it is asked for again after this. */
const LIFE_WITHOUT_END_MS = 10 * 60_000;

/** One cluster that a person logs in to, and what the login needs of this machine. */
export interface ClusterLoginOptions {
  /** The API server's URL, normalised. */
  readonly server: string;
  /** Whose login it is to be; undefined: the kubeconfig has none there yet. */
  readonly identity: Identity | undefined;
  /** As the kubeconfig has it. */
  readonly connection: Connection;
  /** The file of the authority that the person gave, which takes the place of the kubeconfig's. */
  readonly authority: string | undefined;
  /** The command that logs in anew, with a file of an authority. */
  readonly command: string;
  readonly env: Record<string, string | undefined>;
  readonly platform: NodeJS.Platform;
  readonly kubeconfigs: KubeconfigPlace;
  nowMs(): number;
  readonly reachability: Pauses;
  /** Resolves when a person who stopped the program has waited long enough. */
  untilImpatient(): Promise<void>;
  /** Keeps a plugin's token for the registry hosts, and forgets that the plugin failed. */
  keepPluginToken(identity: Identity, plugin: ExecPlugin, token: KeptToken): Promise<void>;
}

/**
 * @returns what a login does at a cluster: see `LoginCluster` of the command
 * @throws AppError `bad-connection`: it can't be reached as the kubeconfig has it; `no-pem`
 */
export async function createClusterLogin(options: ClusterLoginOptions) {
  const { server, identity, authority, command, env, kubeconfigs } = options;
  const givenCa = authority === undefined ? undefined : await readAuthority(authority);
  const trust = { givenFile: authority, command };
  const connection: Connection =
    givenCa === undefined
      ? options.connection
      : { ...options.connection, ca: givenCa, insecure: false, fault: undefined };
  if (connection.fault !== undefined) {
    throw new AppError({
      code: 'bad-connection',
      message: `${server} can't be reached: ${connection.fault}`,
      fix: { do: `Give the file of its authority: ${command}` },
    });
  }
  const access = createLoginAccess(
    connection,
    env,
    once(() => systemRoots(options)),
    { ...options, waitMs: pause },
  );
  const metadata = once(() => readOAuthMetadata(server, access, trust));
  // Whatever a cluster lacks that is asked for by the way: without it nobody tells the token's end.
  const verify = (token: string) =>
    verifyToken(server, token, access, trust, options.nowMs, () => orNone(metadata()));
  const revoke = async (token: string, bearer: string): Promise<Revocation | { kind: 'irrevocable' }> => {
    if (!isOAuthToken(token)) return { kind: 'irrevocable' };
    const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' };
    return revokeToken(token, (path, method) =>
      access.askApi({ method, url: new URL(server + path), headers }),
    );
  };
  const tokens = unkeptTokens(
    async (token) => ['revoked', 'gone'].includes((await revoke(token, token)).kind),
    options.untilImpatient,
  );
  return {
    isUnverified: connection.insecure,
    checkOAuth: async () => void (await metadata()),
    authorize: async (redirectUri: string) => {
      const oauth = await metadata();
      const tokenPage = `${oauth.issuer.replace(/\/$/, '')}/oauth/token/request`;
      const by = (words: string) => loginCommand(server, identity?.context, words);
      const check = { clientId: BROWSER_CLIENT, redirectUri, tokenPage };
      const ways = { byPassword: by('--username USER'), byToken: by('--token-stdin') };
      await checkBrowserLogin(oauth, { ...check, ...ways }, access);
      const authorization = await prepareAuthorization(oauth, BROWSER_CLIENT, redirectUri);
      const exchange = (answer: URLSearchParams) => tokens.got(exchangeCode(authorization, answer, access));
      return { url: authorization.url.href, state: authorization.state, tokenPage, exchange };
    },
    logInByPassword: (username: string, password: string) => {
      const answering = async () => {
        const answer = basicAnswer(username, password);
        const { authorization, query } = await answerChallenge(await metadata(), answer, access);
        return exchangeCode(authorization, query, access);
      };
      return tokens.got(answering());
    },
    verify,
    keep: (token: string, user: string) => {
      const project = () => startProject(server, token, access);
      const keeping = async () => {
        const login: Login = {
          server,
          user,
          context: identity?.context,
          namespace: identity === undefined ? await project() : identity.namespace,
          held: await heldToken(identity, { token, user }, verify),
          token,
          ca: givenCa,
          insecure: connection.insecure,
        };
        return saveLogin(login, kubeconfigs, project);
      };
      return tokens.keep(token, keeping());
    },
    discardUnkept: tokens.discard,
    revoke,
    runPlugin: async (of: Identity, interrupted: AbortSignal) => {
      if (of.source.kind !== 'exec') throw new TypeError('no plugin');
      const { plugin } = of.source;
      const credential = await runExecPlugin(plugin, connection, env, PLUGIN_MS, { stopped: interrupted });
      const { token } = credential;
      if (token === undefined) throw certificateOpensNothing(of, '');
      const startedAtMs = options.nowMs();
      // What the plugin keeps for itself may have expired: only what the cluster takes counts as a login.
      const { user, expiresAtMs } = await verify(token).catch((error) => {
        throw ofPlugin(error, server, plugin);
      });
      const endMs = credential.expiresAtMs ?? expiresAtMs ?? jwtEndMs(token);
      const kept = {
        token,
        startedAtMs,
        expiresAtMs: endMs ?? startedAtMs + LIFE_WITHOUT_END_MS,
        ...(endMs === undefined ? { isEndAssumed: true as const } : {}),
      };
      if (!interrupted.aborted) await options.keepPluginToken(of, plugin, kept);
      return { user, expiresAtMs: endMs ?? expiresAtMs };
    },
  };
}

/** @returns the certificates in a file that a person named. @throws AppError naming it, if it holds none to be used */
async function readAuthority(path: string): Promise<string> {
  const text = await readRegularFile(path, LARGEST_AUTHORITY);
  const certificates = certificatesInPem(text ?? '');
  if (certificates !== undefined) return certificates;
  const isPem = text?.includes('-----BEGIN CERTIFICATE-----') === true;
  const fault = isPem ? "holds a certificate that can't be read" : 'holds no certificate in PEM';
  throw new AppError({
    code: 'no-pem',
    message: `${path} ${text === undefined ? 'is not there' : fault}`,
    fix: text === undefined ? { do: 'Correct the path.' } : { run: `ls -lL ${path}` },
  });
}

/** Whose the token is that the named context has until now: who logs in anew may be another. */
async function heldToken(
  identity: Identity | undefined,
  credential: { readonly token: string; readonly user: string },
  verify: (token: string) => Promise<{ readonly user: string }>,
): Promise<Login['held']> {
  if (identity?.source.kind !== 'token') return undefined;
  const { token } = identity.source;
  if (token === credential.token) return credential;
  try {
    return { token, user: (await verify(token)).user };
  } catch (error) {
    // It has expired, or the cluster does not say; a defect is neither.
    if (!(error instanceof AppError)) throw error;
    return { token, user: error.code === 'token-refused' ? null : undefined };
  }
}

/** Logging in again would get the same token of what the plugin keeps. */
function ofPlugin(error: unknown, server: string, { command }: ExecPlugin): unknown {
  if (!(error instanceof AppError) || error.code !== 'token-refused') return error;
  return new AppError({
    code: error.code,
    message: `${server} does not accept the token that ${command} gave`,
    fix: { do: 'Clear what the plugin keeps of its last login, then log in again.' },
    cause: error,
  });
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    // It has no OAuth server, or one that can't be asked now.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}
