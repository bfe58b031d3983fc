import type { ExecPlugin, Identity } from '../../hosts/identity.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { AppError, describeError, inOneLine, oneLine } from '../../hosts/reason.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import type { LoginArguments } from './arguments.ts';
import { browserLogin } from './browser.ts';
import { givenPassword, givenToken, readGivenLogin } from './given.ts';
import { renewHosts } from './hosts.ts';
import type { PastedLogin } from './pasted.ts';
import {
  type KeptLogin,
  type LoggedIn,
  type LoginCluster,
  type LoginPorts,
  type LoginTarget,
  type OldTokenOutcome,
  unlessInterrupted,
} from './ports.ts';
import { refusePlainHttp } from './target.ts';
import { loginSentence, missedLogin, oldTokenSentence } from './words.ts';

/** What came of a login by a token. */
interface Outcome extends LoggedIn {
  readonly token: string;
  readonly kept: KeptLogin;
}

/**
 * Logs in to one cluster: gets a token, asks the cluster whose it is, keeps it in the kubeconfig, and renews every
 * registry host of that cluster that is answered with it.
 * @param readGiven reads what is given on stdin, where it was not read by then
 * @returns the exit status: 1 if a host has no good token after it, or the login that was meant is as it was
 * @throws AppError if nobody is logged in; nothing was changed then
 */
export async function logIn(
  target: LoginTarget,
  args: LoginArguments,
  ports: LoginPorts,
  readGiven = () => readGivenLogin(ports),
): Promise<number> {
  const name = clusterDisplayName(target.server);
  refusePlainHttp(target);
  if (target.note !== undefined) ports.printError(oneLine(target.note));
  const cluster = await ports.cluster(target, args);
  const { identity } = target;
  if (identity?.source.kind === 'exec' && args.method.kind === 'browser') {
    const { plugin } = identity.source;
    return logInByPlugin({ identity, plugin }, target, args, cluster, ports);
  }
  await ports.checkKubeconfig(identity?.context);
  if (cluster.isUnverified) {
    const who =
      identity?.context === undefined ? 'your kubeconfig' : `context ${nameInSentence(identity.context)}`;
    ports.printError(
      `Warning: ${who} does not verify the certificate of ${target.server}; ` +
        'whoever stands between you and it can take your password and token.',
    );
  }
  const outcome = await orDiscarded(
    byMethod({ name, target, args, cluster, readGiven }, ports),
    cluster,
    ports,
  );
  const { kept, user } = outcome;
  const how = `context ${nameInSentence(kept.context)}`;
  ports.print(loginSentence(target.server, outcome, how, ports.nowMs()));
  for (const path of kept.written) ports.print(`${path}: the token was written`);
  for (const note of kept.notes) ports.print(oneLine(note));
  for (const warning of kept.warnings) ports.printError(oneLine(`Warning: ${warning}`));
  const missed = missedLogin(target, args, kept, user);
  if (missed !== undefined) ports.printError(inOneLine([missed]));
  const revoked = args.revokeOld ? await revokeOld(outcome, cluster, ports) : 0;
  const login = { server: target.server, userEntry: kept.user, user, context: kept.context };
  const renewed = await renewHosts(login, target.host, ports);
  return missed === undefined ? Math.max(revoked, renewed) : 1;
}

/**
 * Logs in by the exec plugin that a context's user is, at this terminal, and renews the registry hosts of it.
 * @returns the exit status, as `logIn` has it
 * @throws AppError if the plugin gives nothing that the cluster takes, or the person stops it
 */
async function logInByPlugin(
  { identity, plugin }: { readonly identity: Identity; readonly plugin: ExecPlugin },
  { host }: LoginTarget,
  args: LoginArguments,
  cluster: LoginCluster,
  ports: LoginPorts,
): Promise<number> {
  const { context, server, user: userEntry } = identity;
  const idle = [...args.browserWords, ...(args.revokeOld ? ['--revoke-old'] : [])];
  if (idle.length > 0) {
    const is = idle.length === 1 ? 'has' : 'have';
    ports.printError(
      `${idle.join(' and ')} ${is} no meaning here: context ${nameInSentence(context ?? '')} logs in by its plugin, ${nameInSentence(plugin.command)}.`,
    );
  }
  const loggedIn = await unlessInterrupted(cluster.runPlugin(identity, ports.interrupted), ports);
  ports.print(loginSentence(server, loggedIn, `by ${plugin.command}`, ports.nowMs()));
  return renewHosts({ server, userEntry, user: loggedIn.user, context }, host, ports);
}

/** A token that was got and is not kept is ended: it would go on for a day, and nobody would know of it. */
async function orDiscarded<T>(login: Promise<T>, cluster: LoginCluster, ports: LoginPorts): Promise<T> {
  try {
    return await login;
  } catch (error) {
    // Whatever it was, it is told where it would have been.
    if (!(await cluster.discardUnkept())) {
      ports.printError(
        'A token that this login may have got could not be revoked. Run: oc get useroauthaccesstokens',
      );
    }
    throw error;
  }
}

interface Situation {
  readonly name: string;
  readonly target: LoginTarget;
  readonly args: LoginArguments;
  readonly cluster: LoginCluster;
  readGiven(): Promise<PastedLogin>;
}

async function byMethod(
  { name, target, args, cluster, readGiven }: Situation,
  ports: LoginPorts,
): Promise<Outcome> {
  const { method } = args;
  const { server } = target;
  const finish = (token: string): Promise<Outcome> => finishLogin(token, cluster, ports);
  if (method.kind === 'token') return finish(givenToken(server, await readGiven()));
  await unlessInterrupted(cluster.checkOAuth(), ports);
  if (method.kind === 'password') {
    const password = await givenPassword(method, name, ports);
    return finish(await unlessInterrupted(cluster.logInByPassword(method.username ?? '', password), ports));
  }
  return browserLogin(method, { cluster: name, server }, finish, { ...ports, authorize: cluster.authorize });
}

async function finishLogin(token: string, cluster: LoginCluster, ports: LoginPorts): Promise<Outcome> {
  // Whoever stops the program meanwhile wants nothing written.
  const { opensImages, ...verified } = await unlessInterrupted(cluster.verify(token), ports);
  if (!opensImages) throw withoutImages(verified.user);
  const kept = await cluster.keep(token, verified.user);
  return { ...verified, token, kept };
}

/** What is in the kubeconfig may open images: it is not given up for one that does not. */
function withoutImages(user: string): AppError {
  return new AppError({
    code: 'scope-without-images',
    message: `That token of ${user} is of a scope that opens no image: nothing was changed`,
    fix: { do: 'Log in by the browser, or give a token of full scope.' },
  });
}

async function revokeOld(
  { kept, token }: Outcome,
  cluster: LoginCluster,
  ports: LoginPorts,
): Promise<number> {
  try {
    const { sentence, isOver } = oldTokenSentence(
      await unlessInterrupted(endOld(kept, token, cluster), ports),
    );
    if (isOver) ports.print(oneLine(sentence));
    else ports.printError(oneLine(sentence));
    return isOver ? 0 : 1;
  } catch (error) {
    // The login itself is kept; what was not done besides is said.
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'interrupted') throw stoppedRevoking();
    ports.printError(describeError(error));
    return 1;
  }
}

async function endOld(
  { oldToken, isSameToken, oldTokenUsedBy }: KeptLogin,
  newToken: string,
  cluster: LoginCluster,
): Promise<OldTokenOutcome> {
  if (isSameToken) return { kind: 'same' };
  if (oldToken !== undefined) return cluster.revoke(oldToken, newToken);
  return oldTokenUsedBy === undefined ? { kind: 'none' } : { kind: 'shared', by: oldTokenUsedBy };
}

function stoppedRevoking(): AppError {
  return new AppError({
    code: 'interrupted',
    message: 'Stopped. The login is kept; whether the token before it was revoked is not known',
    fix: { run: 'oc get useroauthaccesstokens' },
  });
}
