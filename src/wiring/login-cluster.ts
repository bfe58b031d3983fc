import type { LoginCluster } from '../cli/login/login-ports.ts';
import type { LoginTarget } from '../cli/login/login-target.ts';
import { AppError } from '../credential/app-error.ts';
import type { Identity } from '../credential/identity.ts';
import type { Connection } from '../openshift/connection.ts';
import { readJwt } from '../openshift/jwt.ts';
import { answerChallenge, basicAnswer } from '../openshift/oauth/challenge-flow.ts';
import { exchangeCode, prepareAuthorization } from '../openshift/oauth/code-flow.ts';
import { createLoginAccess } from '../openshift/oauth/login-access.ts';
import { readOAuthMetadata } from '../openshift/oauth/oauth-metadata.ts';
import { startProject } from '../openshift/oauth/start-project.ts';
import { verifyToken } from '../openshift/oauth/verify-token.ts';
import { isOAuthToken } from '../openshift/oauth-token-name.ts';
import { revokeToken } from '../openshift/revoke-token.ts';
import { runExecPlugin } from '../openshift/run-exec-plugin.ts';
import { saveLogin } from '../openshift/save-login.ts';
import { keptTokenFile, saveKeptToken } from '../storage/kept-tokens.ts';
import { forgetFailure } from '../storage/plugin-failures.ts';
import { readRegularFile } from '../storage/read-regular-file.ts';
import { kubeconfigFiles } from './kubeconfig-files.ts';
import { readSystemRoots } from './read-system-roots.ts';
import type { Session } from './session.ts';
import { moment } from './this-process.ts';
import { tokenPorts } from './token-ports.ts';

/** As `oc login --web`; every cluster registers it, with loopback addresses of any port. */
const BROWSER_CLIENT = 'openshift-cli-client';
/** A plugin may open a browser, and a person may look for a second factor. */
const PLUGIN_MS = 300_000;
/** Where nobody tells when a plugin's token ends, it is asked for again after this. */
const LIFE_WITHOUT_END_MS = 10 * 60_000;
const LARGEST_CA = 1024 * 1024;

/** One cluster, with its real servers and the real kubeconfig. @throws AppError if it can't be reached as written */
export async function loginCluster(
  { server, identity }: LoginTarget,
  certificateAuthority: string | undefined,
  session: Session,
): Promise<LoginCluster> {
  const { here } = session;
  const givenCa = certificateAuthority === undefined ? undefined : await readCa(certificateAuthority);
  const known = await connectionTo(server, identity, session);
  const connection = givenCa === undefined ? known : { ...known, ca: givenCa, insecure: false };
  if (connection.fault !== undefined) {
    throw new AppError({
      code: 'bad-connection',
      message: `${server} can't be reached: ${connection.fault}`,
      hint: 'oc config view',
    });
  }
  let roots: Promise<readonly string[]> | undefined;
  const systemRoots = () => {
    roots ??= readSystemRoots(here);
    return roots;
  };
  const access = createLoginAccess({ connection, env: here.env, systemRoots });
  let asked: ReturnType<typeof readOAuthMetadata> | undefined;
  const metadata = () => {
    asked ??= readOAuthMetadata(server, access);
    return asked;
  };
  return {
    checkOAuth: async () => void (await metadata()),
    authorize: async (redirectUri) => {
      const authorization = await prepareAuthorization(await metadata(), BROWSER_CLIENT, redirectUri);
      const { issuer } = authorization.metadata;
      return {
        url: authorization.url.href,
        state: authorization.state,
        tokenPage: `${issuer.replace(/\/$/, '')}/oauth/token/request`,
        exchange: async (answer) => (await exchangeCode(authorization, answer, access)).token,
      };
    },
    logInByPassword: async (username, password) => {
      const answer = basicAnswer(username, password);
      const { authorization, query } = await answerChallenge(await metadata(), answer, access);
      return (await exchangeCode(authorization, query, access)).token;
    },
    verify: (token) =>
      verifyToken(server, token, { ...access, nowMs: Date.now, oauthMetadata: () => ifAny(metadata()) }),
    keep: async (token, user) => {
      const isNew = identity === undefined;
      return saveLogin(
        {
          server,
          user,
          context: identity?.context,
          namespace: isNew ? await startProject(server, token, access) : identity.namespace,
          token,
          ca: givenCa,
          insecure: connection.insecure,
          makeCurrent: false,
        },
        kubeconfigFiles(here),
      );
    },
    revoke: async (oldToken, newToken) => {
      if (!isOAuthToken(oldToken)) return { kind: 'none' };
      const headers = { authorization: `Bearer ${newToken}`, accept: 'application/json' };
      return revokeToken(oldToken, (path, method) =>
        access.askApi({ method, url: new URL(server + path), headers }),
      );
    },
    runPlugin: (of) => runPluginForPerson(of, connection, session),
  };
}

function connectionTo(server: string, identity: Identity | undefined, session: Session): Promise<Connection> {
  if (identity !== undefined) return session.connectionOf(identity);
  const unknown = { server, context: undefined, inCluster: false, insecure: false };
  return session.identities().then(({ connectionOf }) => connectionOf(unknown));
}

async function readCa(path: string): Promise<string> {
  const text = await readRegularFile(path, LARGEST_CA);
  if (text?.includes('-----BEGIN CERTIFICATE-----') === true) return text;
  throw new AppError({
    code: 'no-pem',
    message: `${path} ${text === undefined ? 'is not there' : 'holds no certificate in PEM'}`,
    hint: `ls -lL ${path}`,
  });
}

/** Whatever a cluster lacks that is asked for by the way. */
async function ifAny<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    // It has no OAuth server, or one that can't be asked now: then nobody tells the token's end.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}

async function runPluginForPerson(identity: Identity, connection: Connection, session: Session) {
  const { source } = identity;
  if (source.kind !== 'exec') throw new TypeError('no plugin');
  const { here, cache } = session;
  const { token, expiresAtMs } = await runExecPlugin(source.plugin, connection, here.env, PLUGIN_MS, true);
  const startedAtMs = Date.now();
  const jwt = readJwt(token);
  const endMs = expiresAtMs ?? (jwt?.exp === undefined ? undefined : jwt.exp * 1000);
  await forgetFailure(cache, source.plugin);
  if (cache !== null) {
    const key = await tokenPorts(session).keyOf(identity, undefined);
    const kept = { token, startedAtMs, expiresAtMs: endMs ?? startedAtMs + LIFE_WITHOUT_END_MS };
    await saveKeptToken(keptTokenFile(cache, key), kept, moment(), here.uid);
  }
  return { user: identity.user, expiresAtMs: endMs };
}
