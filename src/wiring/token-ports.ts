import { createHash } from 'node:crypto';
import { findLegacyToken, mintServiceAccountToken } from '../cluster/mint-service-account-token.ts';
import { localTimeMs } from '../cluster/oauth-tokens.ts';
import { runExecPlugin } from '../cluster/run-exec-plugin.ts';
import { machineSecretName, missingRight } from '../commands/service-account/objects.ts';
import { keptTokenFile, readKeptToken, saveKeptToken } from '../files/kept-tokens.ts';
import { withLock } from '../files/lock.ts';
import { noteFailure, recentFailure } from '../files/plugin-failures.ts';
import { fingerprintOf } from '../files/sign-outs.ts';
import type { ClusterToken } from '../hosts/cluster-token.ts';
import type { ExecPlugin, Identity } from '../hosts/identity.ts';
import { readJwt } from '../hosts/jwt.ts';
import type { KeptToken } from '../hosts/keep-token.ts';
import { loginCommand } from '../hosts/login-command.ts';
import type { MintOutcome, ObtainPorts } from '../hosts/obtain-token.ts';
import { AppError } from '../hosts/reason.ts';
import type { ServiceAccountOrder } from '../hosts/service-account-order.ts';
import { machineName } from './machine-name.ts';
import type { Session } from './session.ts';
import { moment } from './this-process.ts';

const LARGEST_TOKEN = 1024 * 1024;
/** What a plugin is given at least before it counts as one that hangs. */
const PLUGIN_MS = 3000;
/** A token whose end nobody tells is asked for again after half of this. */
const LIFE_WITHOUT_END_MS = 10 * 60_000;

/** What obtaining tokens needs of a session: its files, plugins, clusters and locks. */
export function tokenPorts(session: Session): ObtainPorts {
  const { here, cache } = session;
  return {
    nowMs: Date.now,
    remainingMs: session.remainingMs,
    recallKept: (key) =>
      cache === null ? undefined : readKeptToken(keptTokenFile(cache, key), here.uid, moment()),
    keep: async (key, token) => {
      if (cache !== null) await saveKeptToken(keptTokenFile(cache, key), token, moment(), here.uid);
    },
    alone: (key, waitMs, action, meanwhile) =>
      withLock(cache === null ? null : `${cache}/locks/${key}`, waitMs, here.uid, action, meanwhile),
    readTokenFile: (path) => readTokenFile(path, session),
    runPlugin: (identity, plugin, timeoutMs) => runPlugin(identity, plugin, timeoutMs, session),
    mint: (host, identity, bearer, order, timeoutMs) =>
      mint(host, identity, bearer, order, session, timeoutMs),
    missingRight: (subject, { namespace, name }) => missingRight({ namespace, name, subject }),
    keyOf: (identity, order) => keyOf(identity, order, session),
  };
}

async function readTokenFile(path: string, session: Session): Promise<string> {
  const text = (await session.readTracked(path, LARGEST_TOKEN))?.trim();
  if (text !== undefined && /^[\x21-\x7e]+$/.test(text)) return text;
  const fault = text === undefined ? 'is not there' : text === '' ? 'is empty' : 'holds no token';
  throw new AppError({
    code: 'bad-token-file',
    message: `The token file ${path} ${fault}`,
    fix: { run: `ls -lL ${path}` },
  });
}

async function runPlugin(
  identity: Identity,
  plugin: ExecPlugin,
  timeoutMs: number,
  session: Session,
): Promise<KeptToken> {
  const { here, cache } = session;
  // There a person is, and the plugin may open a browser.
  const login = { run: loginCommand(identity.server, identity.context) };
  if (plugin.needsPerson) {
    throw new AppError({
      code: 'plugin-needs-person',
      message: `The exec plugin ${plugin.command} needs a person at a terminal (interactiveMode: Always)`,
      fix: login,
    });
  }
  const failed = session.byHand ? undefined : recentFailure(cache, plugin, here.uid, Date.now());
  if (failed !== undefined) throw new AppError({ code: 'plugin-failed-before', message: failed, fix: login });
  try {
    const { token, expiresAtMs } = await runExecPlugin(
      plugin,
      await session.connectionOf(identity),
      here.env,
      timeoutMs,
    );
    const startedAtMs = Date.now();
    const jwtEndSeconds = readJwt(token)?.exp;
    const jwtEndMs = jwtEndSeconds === undefined ? undefined : jwtEndSeconds * 1000;
    const endMs = expiresAtMs ?? jwtEndMs;
    return endMs === undefined
      ? { token, startedAtMs, expiresAtMs: startedAtMs + LIFE_WITHOUT_END_MS, isEndAssumed: true }
      : { token, startedAtMs, expiresAtMs: endMs };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Remembered, so that not every pull waits for it; but not if it was only given less than its time.
    const isCutShort = error.code === 'exec-plugin-late' && timeoutMs < PLUGIN_MS;
    // One that is not there costs no pull a wait, and may be installed in a moment.
    if (!isCutShort && error.code !== 'exec-plugin-missing')
      await noteFailure(cache, plugin, error.message, here.uid, Date.now());
    throw new AppError({ code: error.code, message: error.message, fix: error.fix ?? login, cause: error });
  }
}

async function mint(
  host: string,
  identity: Identity,
  bearer: ClusterToken | undefined,
  order: ServiceAccountOrder,
  session: Session,
  timeoutMs: number,
): Promise<MintOutcome> {
  const access = session.access.within(timeoutMs);
  const ask = (path: string, body?: object) => access.ask(identity, bearer, path, body);
  const boundSecret = order.selfRenew ? machineSecretName(machineName()) : undefined;
  const minted = await mintServiceAccountToken({ ...order, boundSecret }, ask);
  const startedAtMs = Date.now();
  if (!('kind' in minted)) {
    const expiresAtMs = localTimeMs(minted.expiresAtMs, minted.dateMs, startedAtMs);
    return { kind: 'minted', token: { token: minted.token, startedAtMs, expiresAtMs } };
  }
  if (minted.kind === 'unreachable') return { kind: 'unavailable', detail: minted.detail };
  if (minted.kind !== 'not-served') return minted;
  const found = await findLegacyToken(order, host, ask);
  if (typeof found === 'string') {
    return { kind: 'minted', token: { token: found, startedAtMs, expiresAtMs: Number.POSITIVE_INFINITY } };
  }
  const detail = 'it has no TokenRequest, and no secret of the account holds a token';
  if (found.kind === 'not-served') return { kind: 'unavailable', detail };
  return found.kind === 'unreachable' ? { kind: 'unavailable', detail: found.detail } : found;
}

async function keyOf(
  identity: Identity,
  order: ServiceAccountOrder | undefined,
  session: Session,
): Promise<string> {
  // By any other connection it may be another cluster that gave it.
  const { ca, insecure, proxyUrl, tlsServerName } = await session.connectionOf(identity);
  const way = [ca ?? null, insecure, proxyUrl ?? null, tlsServerName ?? null];
  const { server, user, source } = identity;
  const plugin = source.kind === 'exec' ? source.plugin : null;
  // The environment names its tokens' bearers no further: each token is another's.
  const bearer =
    identity.context === undefined && source.kind === 'token' ? fingerprintOf(source.token) : null;
  return createHash('sha256')
    .update(JSON.stringify([server, way, user, plugin, bearer, order ?? null]))
    .digest('hex')
    .slice(0, 40);
}
