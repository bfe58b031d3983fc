import { clusterDisplayName } from '../registry/catalogue.ts';
import { type ClusterToken, givenToken, type Identity, type ServiceAccountOrder } from './identity.ts';
import {
  type IssueToken,
  type KeptToken,
  keepToken,
  type MintOutcome,
  type Obtained,
  type ObtainPorts,
  recallUnlessRefused,
  type Wish,
} from './keep-token.ts';
import { loginCommand } from './login-command.ts';
import { AppError, errorOf } from './reason.ts';
import { CERTIFICATE_ONLY, certificateOpensNothing } from './run-plugin.ts';

/** A token as it lies where the user put it; nothing is known of its life. */
function asItLies(token: ClusterToken): Obtained {
  return {
    token,
    startedAtMs: Number.NEGATIVE_INFINITY,
    expiresAtMs: Number.POSITIVE_INFINITY,
    renewSoon: false,
    complaint: undefined,
  };
}

/**
 * The token that an identity gives a registry host.
 * @param order the service account to mint for, if the config names one
 * @throws AppError if there is none: why, and what mends it
 */
export async function obtainToken(
  host: string,
  identity: Identity,
  order: ServiceAccountOrder | undefined,
  wish: Wish,
  ports: ObtainPorts,
): Promise<Obtained> {
  return order === undefined
    ? ownToken(host, identity, wish, ports)
    : mintedToken(host, identity, order, wish, ports);
}

/** What the identity itself proves itself with. */
async function ownToken(host: string, identity: Identity, wish: Wish, ports: ObtainPorts): Promise<Obtained> {
  const { source } = identity;
  switch (source.kind) {
    case 'token':
      return asItLies(source.token);
    case 'token-file':
      return asItLies(givenToken(await ports.readTokenFile(source.path)));
    case 'exec': {
      const issue: IssueToken = (timeoutMs) => ports.runPlugin(identity, source.plugin, timeoutMs, host);
      const key = await ports.keyOf(identity, undefined);
      return keepToken({ key, pace: await ports.paceOf(key, identity) }, issue, wish, ports);
    }
    case 'client-certificate':
      throw certificateOpensNothing(identity, host);
    case 'none':
      throw errorOf(source.reason);
  }
}

/**
 * What an identity proves itself to its cluster with.
 * @returns undefined: a client certificate, its own or one that its plugin has just given
 * @throws AppError if there is none: why, and what fixes it
 */
export async function bearerToken(
  identity: Identity,
  wish: Wish,
  ports: ObtainPorts,
): Promise<ClusterToken | undefined> {
  try {
    return (await ownToken('', identity, wish, ports)).token;
  } catch (error) {
    if (error instanceof AppError && error.code === CERTIFICATE_ONLY) return undefined;
    throw error;
  }
}

async function mintedToken(
  host: string,
  identity: Identity,
  order: ServiceAccountOrder,
  wish: Wish,
  ports: ObtainPorts,
): Promise<Obtained> {
  const key = await ports.keyOf(identity, order);
  const issue: IssueToken = async (timeoutMs) => {
    const untilMs = ports.nowMs() + timeoutMs;
    const leftMs = () => Math.max(1, untilMs - ports.nowMs());
    const kept = order.selfRenew ? recallUnlessRefused(key, wish.refused, ports) : undefined;
    if (kept !== undefined && kept.expiresAtMs > ports.nowMs()) {
      const renewed = await ports.mint(host, identity, givenToken(kept.token), order, leftMs());
      if (renewed.kind === 'minted') return accept(renewed.token, identity, order, ports);
    }
    const bearer = await bearerToken(identity, wish, ports);
    const outcome = await ports.mint(host, identity, bearer, order, leftMs());
    if (outcome.kind === 'minted') return accept(outcome.token, identity, order, ports);
    throw refusal(outcome, host, identity, order, ports);
  };
  return keepToken({ key, pace: await ports.paceOf(key, identity) }, issue, wish, ports);
}

/** A clock that is wrong on either side, or a server that is: what is over when it comes is of no use. */
function accept(
  token: KeptToken,
  identity: Identity,
  order: ServiceAccountOrder,
  { nowMs }: ObtainPorts,
): KeptToken {
  if (token.expiresAtMs > nowMs()) return token;
  throw new AppError({
    code: 'minted-expired',
    message: `${clusterDisplayName(identity.server)} minted a token of ${order.namespace}/${order.name} that had ended already`,
    fix: { run: `oc create token ${order.name} -n ${order.namespace}` },
  });
}

function refusal(
  outcome: Exclude<MintOutcome, { kind: 'minted' }>,
  host: string,
  identity: Identity,
  order: ServiceAccountOrder,
  ports: ObtainPorts,
): AppError {
  const { namespace, name } = order;
  const cluster = clusterDisplayName(identity.server);
  const account = `${namespace}/${name}`;
  const selfRenew = order.selfRenew ? ' --self-renew' : '';
  const create = {
    run: `docker-credential-openshift service-account create ${account} --host ${host}${selfRenew}`,
  };
  switch (outcome.kind) {
    case 'rejected':
      return new AppError({
        code: 'minter-rejected',
        message: `${cluster} refuses your login, so it mints no token of ${account}`,
        fix: { run: loginCommand(identity.server, identity.context) },
      });
    case 'forbidden': {
      const { message, fix } = ports.missingRight(outcome.who ?? identity.user, order);
      return new AppError({ code: 'minter-forbidden', message, fix });
    }
    case 'no-such-account':
      return new AppError({
        code: 'no-such-account',
        message: `There is no service account ${account} on ${cluster}`,
        fix: create,
      });
    case 'no-such-secret':
      return new AppError({
        code: 'machine-signed-out',
        message: `The Secret in ${namespace} that this machine's tokens of ${name} are tied to is gone: the machine was signed out of ${cluster}`,
        fix: create,
      });
    case 'unavailable':
      return new AppError({
        code: outcome.isBusy === true ? 'cluster-busy' : 'not-minted',
        message: `${cluster} minted no token of ${account} (${outcome.detail})`,
        fix:
          outcome.isBusy === true
            ? { do: 'Wait until then: the next pull gets a token.' }
            : { run: `docker-credential-openshift renew ${host}` },
      });
  }
}

/** The token in a file. @param text what lies there; undefined: there is none. @throws AppError naming the file */
export function tokenInFile(path: string, text: string | undefined): string {
  const token = text?.trim();
  if (token !== undefined && /^[\x21-\x7e]+$/.test(token)) return token;
  const fault = token === undefined ? 'is not there' : token === '' ? 'is empty' : 'holds no token';
  throw new AppError({
    code: 'bad-token-file',
    message: `The token file ${path} ${fault}`,
    fix:
      token === undefined ? { do: 'Put the token there, or correct the path.' } : { run: `ls -lL ${path}` },
  });
}

/**
 * Everything that a kept token depends on, for the key that it is kept under.
 * @param way how its cluster is reached: by any other connection it may be another cluster that gave it
 */
export function tokenDependsOn(
  { server, user, context, source }: Identity,
  order: ServiceAccountOrder | undefined,
  way: readonly unknown[],
  fingerprintOf: (token: string) => string,
): readonly unknown[] {
  const plugin = source.kind === 'exec' ? source.plugin : null;
  // The environment names its tokens' bearers no further: each token is another's.
  const bearer = context === undefined && source.kind === 'token' ? fingerprintOf(source.token) : null;
  return [server, way, user, plugin, bearer, order ?? null];
}
