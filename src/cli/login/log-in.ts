import { oneLine } from '../../credential/answer.ts';
import { AppError, describeError } from '../../credential/app-error.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import { describeRenewal } from '../describe-renewal.ts';
import { browserLogin, type LoggedIn } from './browser-login.ts';
import { lifeInWords } from './life-in-words.ts';
import type { LoginArguments } from './login-arguments.ts';
import type { KeptLogin, LoginCluster, LoginPorts } from './login-ports.ts';
import { type LoginTarget, refusePlainHttp } from './login-target.ts';
import { oldTokenSentence } from './old-token-words.ts';
import { isToken } from './pasted-login.ts';
import { unlessInterrupted } from './unless-interrupted.ts';

/** What came of a login by a token. */
interface Outcome extends LoggedIn {
  readonly token: string;
  readonly kept: KeptLogin;
  readonly opensImages: boolean;
}

/**
 * Logs in to one cluster: gets a token, asks the cluster whose it is, keeps it in the kubeconfig, and renews every
 * registry host of that cluster.
 * @returns the exit status: 1 if a host has no good token after it
 * @throws AppError if nobody is logged in; nothing was changed then
 */
export async function logIn(target: LoginTarget, args: LoginArguments, ports: LoginPorts): Promise<number> {
  const name = clusterDisplayName(target.server);
  refusePlainHttp(target);
  if (target.note !== undefined) ports.printError(target.note);
  const cluster = await ports.cluster(target, args.certificateAuthority);
  const { identity } = target;
  if (identity?.source.kind === 'exec' && args.method.kind === 'browser') {
    const given = await unlessInterrupted(cluster.runPlugin(identity), ports);
    tellLogin(name, given, `by ${identity.source.plugin.command}`, ports);
    return renewHosts(target, identity.user, ports);
  }
  await ports.checkKubeconfig();
  if (identity?.insecure === true && args.certificateAuthority === undefined) {
    ports.printError(
      `Warning: context ${identity.context} does not verify the certificate of ${target.server}; ` +
        'whoever stands between you and it can take your password and token.',
    );
  }
  const outcome = await byMethod({ name, target, args, cluster }, ports);
  const { kept } = outcome;
  tellLogin(name, outcome, `context ${kept.context}`, ports);
  for (const path of kept.written) ports.print(`${path}: the token was written`);
  for (const warning of kept.warnings) ports.printError(`Warning: ${warning}`);
  if (!outcome.opensImages) ports.printError('Warning: this token is of a scope that opens no image.');
  const status = args.revokeOld ? await revokeOld(outcome, cluster, ports) : 0;
  return Math.max(status, await renewHosts(target, kept.user, ports));
}

interface Situation {
  readonly name: string;
  readonly target: LoginTarget;
  readonly args: LoginArguments;
  readonly cluster: LoginCluster;
}

async function byMethod({ name, target, args, cluster }: Situation, ports: LoginPorts): Promise<Outcome> {
  const { method } = args;
  const finish = (token: string): Promise<Outcome> => finishLogin(token, cluster, ports);
  if (method.kind === 'token') return finish(await tokenFromStdin(ports));
  await unlessInterrupted(cluster.checkOAuth(), ports);
  if (method.kind === 'password') {
    const username = method.username ?? '';
    const password =
      method.fromStdin && !ports.isInteractive
        ? await ports.readStdin()
        : await askForPassword(username, name, ports);
    if (password === '') throw nothingTyped('password');
    return finish(await unlessInterrupted(cluster.logInByPassword(username, password), ports));
  }
  const { server } = target;
  return browserLogin(method, { cluster: name, server }, finish, { ...ports, authorize: cluster.authorize });
}

async function finishLogin(token: string, cluster: LoginCluster, ports: LoginPorts): Promise<Outcome> {
  // Whoever stops the program meanwhile wants nothing written.
  const verified = await unlessInterrupted(cluster.verify(token), ports);
  const kept = await cluster.keep(token, verified.user);
  return { ...verified, token, kept };
}

async function tokenFromStdin(ports: LoginPorts): Promise<string> {
  const text = ports.isInteractive
    ? await unlessInterrupted(ports.ask('Token: '), ports)
    : await ports.readStdin();
  const token = (text ?? '').trim();
  if (token === '') throw nothingTyped('token');
  if (isToken(token)) return token;
  throw new AppError({
    code: 'no-token',
    message: 'What came on stdin is no token',
    hint: 'Give the token alone, in one line.',
  });
}

async function askForPassword(username: string, name: string, ports: LoginPorts): Promise<string> {
  if (!ports.isInteractive) {
    throw new AppError({
      code: 'no-terminal',
      message: 'There is no terminal to ask for the password at',
      hint: 'Give it on stdin, with --password-stdin.',
    });
  }
  return (await unlessInterrupted(ports.ask(`Password of ${username} at ${name}: `), ports)) ?? '';
}

function nothingTyped(what: string): AppError {
  return new AppError({
    code: 'nothing-typed',
    message: `No ${what} was given: nothing was changed`,
    hint: 'Log in again.',
  });
}

function tellLogin(cluster: string, { user, expiresAtMs }: LoggedIn, how: string, ports: LoginPorts): void {
  const end =
    typeof expiresAtMs === 'number'
      ? `for ${lifeInWords(expiresAtMs, ports.nowMs())}`
      : expiresAtMs === null
        ? 'without an end'
        : 'until the cluster ends it';
  ports.print(oneLine(`Logged in to ${cluster} as ${user}, ${end} (${how}).`));
}

async function revokeOld(
  { kept, token }: Outcome,
  cluster: LoginCluster,
  ports: LoginPorts,
): Promise<number> {
  try {
    const { oldToken } = kept;
    const outcome =
      oldToken === undefined ? ({ kind: 'none' } as const) : await cluster.revoke(oldToken, token);
    const { sentence, isOver } = oldTokenSentence(outcome);
    if (isOver) ports.print(sentence);
    else ports.printError(sentence);
    return isOver ? 0 : 1;
  } catch (error) {
    // The login itself is kept; what was not done besides is said.
    if (!(error instanceof AppError)) throw error;
    ports.printError(describeError(error));
    return 1;
  }
}

async function renewHosts({ server, host }: LoginTarget, user: string, ports: LoginPorts): Promise<number> {
  const hosts = await ports.signInHosts(server, user, host);
  if (hosts.length === 0) {
    ports.print('No registry host gets this login yet. Run: docker-credential-openshift setup HOST');
    return 0;
  }
  const outcomes = await unlessInterrupted(Promise.all(hosts.map((each) => ports.renewHost(each))), ports);
  for (const [index, each] of hosts.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) continue;
    // That a login of a day ends within the week is no news to who has just made it.
    const told = outcome.kind === 'good' ? { ...outcome, warning: undefined } : outcome;
    ports.print(describeRenewal(each, told, ports.nowMs()));
  }
  return outcomes.some(({ kind }) => kind === 'none') ? 1 : 0;
}
