import { setTimeout } from 'node:timers/promises';
import type { Connection } from '../cluster/connection.ts';
import type { HeldToken } from '../cluster/kubeconfig/login-entries.ts';
import { saveLogin } from '../cluster/kubeconfig/save-login.ts';
import { answerChallenge, basicAnswer } from '../cluster/oauth/challenge-flow.ts';
import { checkBrowserLogin } from '../cluster/oauth/check-browser-login.ts';
import { exchangeCode, prepareAuthorization } from '../cluster/oauth/code-flow.ts';
import { createLoginAccess } from '../cluster/oauth/login-access.ts';
import { readOAuthMetadata } from '../cluster/oauth/oauth-metadata.ts';
import { startProject } from '../cluster/oauth/start-project.ts';
import { verifyToken } from '../cluster/oauth/verify-token.ts';
import { isOAuthToken } from '../cluster/oauth-token-name.ts';
import { revokeToken } from '../cluster/revoke-token.ts';
import { type LoginArguments, methodOptions } from '../commands/login/arguments.ts';
import type { LoginCluster, LoginTarget } from '../commands/login/ports.ts';
import { unkeptTokens } from '../commands/login/unkept-tokens.ts';
import type { Identity } from '../hosts/identity.ts';
import { loginCommand } from '../hosts/login-command.ts';
import { AppError } from '../hosts/reason.ts';
import { theRouteTo } from '../hosts/route-to-server.ts';
import { kubeconfigFiles } from './kubeconfig-files.ts';
import { readAuthority } from './read-authority.ts';
import { readSystemRoots } from './read-system-roots.ts';
import { runPluginForPerson } from './run-plugin-for-person.ts';
import type { Session } from './session.ts';

/** As `oc login --web`; every cluster registers it, with loopback addresses of any port. */
const BROWSER_CLIENT = 'openshift-cli-client';
/** A person who stopped the program waits for its tokens to end, but not for a server that hangs. */
const DISCARDING_MS = 3000;

/** One cluster, with its real servers and the real kubeconfig. @throws AppError if it can't be reached as written */
export async function loginCluster(
  { server, identity }: LoginTarget,
  { certificateAuthority, method }: Pick<LoginArguments, 'certificateAuthority' | 'method'>,
  session: Session,
): Promise<LoginCluster> {
  const { here } = session;
  const givenCa = certificateAuthority === undefined ? undefined : await readAuthority(certificateAuthority);
  const options = `${methodOptions(method)} --certificate-authority FILE`.trim();
  const trust = {
    givenFile: certificateAuthority,
    command: loginCommand(server, identity?.context, options),
  };
  const known = await connectionTo(server, identity, session);
  // An authority that is given takes the place of the kubeconfig's, also of one that can't be read.
  const connection =
    givenCa === undefined ? known : { ...known, ca: givenCa, insecure: false, fault: undefined };
  if (connection.fault !== undefined) {
    throw new AppError({
      code: 'bad-connection',
      message: `${server} can't be reached: ${connection.fault}`,
      fix: { run: trust.command },
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
    asked ??= readOAuthMetadata(server, access, trust);
    return asked;
  };
  const verify: LoginCluster['verify'] = (token) =>
    verifyToken(server, token, { ...access, trust, nowMs: Date.now, oauthMetadata: () => ifAny(metadata()) });
  const revoke: LoginCluster['revoke'] = async (token, bearer) => {
    if (!isOAuthToken(token)) return { kind: 'irrevocable' };
    const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' };
    return revokeToken(token, (path, method) =>
      access.askApi({ method, url: new URL(server + path), headers }),
    );
  };
  const tokens = unkeptTokens({
    revoke: async (token) => ['revoked', 'gone'].includes((await revoke(token, token)).kind),
    untilImpatient: () => setTimeout(DISCARDING_MS, undefined, { ref: false }),
  });
  return {
    isUnverified: connection.insecure,
    checkOAuth: async () => void (await metadata()),
    authorize: async (redirectUri) => {
      const found = await metadata();
      const tokenPage = `${found.issuer.replace(/\/$/, '')}/oauth/token/request`;
      const by = (options: string) => loginCommand(server, identity?.context, options);
      const check = { clientId: BROWSER_CLIENT, redirectUri, tokenPage };
      const ways = { byPassword: by('--username USER'), byToken: by('--token-stdin') };
      await checkBrowserLogin(found, { ...check, ...ways }, access);
      const authorization = await prepareAuthorization(found, BROWSER_CLIENT, redirectUri);
      return {
        url: authorization.url.href,
        state: authorization.state,
        tokenPage,
        exchange: (answer) => tokens.got(exchangeCode(authorization, answer, access)),
      };
    },
    logInByPassword: (username, password) => {
      const answering = async () => {
        const answer = basicAnswer(username, password);
        const { authorization, query } = await answerChallenge(await metadata(), answer, access);
        return exchangeCode(authorization, query, access);
      };
      return tokens.got(answering());
    },
    verify,
    keep: (token, user) => {
      const project = () => startProject(server, token, access);
      const keeping = async () => {
        const login = {
          server,
          user,
          context: identity?.context,
          namespace: identity === undefined ? await project() : identity.namespace,
          held: await heldToken(identity, { token, user }, verify),
          token,
          ca: givenCa,
          insecure: connection.insecure,
        };
        return saveLogin(login, { ...kubeconfigFiles(here), startProject: project });
      };
      return tokens.keep(token, keeping());
    },
    discardUnkept: tokens.discard,
    revoke,
    runPlugin: (of, stopped) => runPluginForPerson(of, connection, { verify, stopped }, session),
  };
}

async function connectionTo(
  server: string,
  identity: Identity | undefined,
  session: Session,
): Promise<Connection> {
  if (identity !== undefined) return session.connectionOf(identity);
  const { identities, connectionOf } = await session.identities();
  return connectionOf(theRouteTo(server, identities));
}

/** Whose the token is that the named context has until now: who logs in anew may be another. */
async function heldToken(
  identity: Identity | undefined,
  given: HeldToken,
  verify: LoginCluster['verify'],
): Promise<HeldToken | undefined> {
  if (identity?.source.kind !== 'token') return undefined;
  if (identity.source.token === given.token) return given;
  const { token } = identity.source;
  try {
    return { token, user: (await verify(token)).user };
  } catch (error) {
    // It is over, or the cluster does not say; a defect is neither.
    if (!(error instanceof AppError)) throw error;
    return { token, user: error.code === 'token-refused' ? null : undefined };
  }
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
