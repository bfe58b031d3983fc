import { basename } from 'node:path';
import { wayTo } from '../cluster/bounded-requests.ts';
import { mintToken } from '../cluster/mint-service-account-token.ts';
import { proxyFor } from '../cluster/proxy-for.ts';
import { runExecPlugin } from '../cluster/run-exec-plugin.ts';
import { machineSecretName, missingRight } from '../cluster/service-account-objects.ts';
import { keptTokenFile, paceOf, readKeptToken, saveKeptToken, tokenKey } from '../files/kept-tokens.ts';
import { withLock } from '../files/lock.ts';
import { noteFailure, recentFailure } from '../files/plugin-failures.ts';
import { removeFile } from '../files/remove-file.ts';
import { fingerprintOf } from '../files/sign-outs.ts';
import { PLUGIN_VARIABLES } from '../hosts/cached-answer.ts';
import { type ClusterToken, type Identity, serviceAccountOrder } from '../hosts/identity.ts';
import { readJwt } from '../hosts/jwt.ts';
import type { ObtainPorts } from '../hosts/keep-token.ts';
import { bearerToken, tokenDependsOn, tokenInFile } from '../hosts/obtain-token.ts';
import { runPlugin } from '../hosts/run-plugin.ts';
import { logged } from '../process/log.ts';
import { moment } from '../process/this-process.ts';
import { machineName } from '../process/version.ts';
import { namesOf } from './log-events.ts';
import type { Session } from './session.ts';

const LARGEST_TOKEN = 1024 * 1024;
/** How long to wait for a renewal of a host's token to end, so that it leaves nothing behind. */
const RENEWAL_ENDS_MS = 3000;

/**
 * The bearer token of an identity itself.
 * @returns undefined: it has a client certificate instead
 * @throws AppError if there is none: why, and what fixes it
 */
export async function bearerOf(identity: Identity, session: Session): Promise<ClusterToken | undefined> {
  return bearerToken(identity, { eager: session.eager, refused: undefined }, tokenPorts(session));
}

/** @returns whether a token says that it is a service account's */
export function isServiceAccountToken(token: string): boolean {
  return readJwt(token)?.subject?.startsWith('system:serviceaccount:') === true;
}

/** What obtaining tokens needs of a session: its files, plugins, clusters and locks. */
export function tokenPorts(session: Session): ObtainPorts {
  const { here, cache } = session;
  const fileOf = (key: string) => (cache === null ? null : keptTokenFile(cache, key));
  const plugins = {
    nowMs: session.nowMs,
    byHand: session.byHand,
    recentFailure: (plugin: Parameters<typeof recentFailure>[1]) =>
      recentFailure(cache, plugin, here.uid, session.nowMs()),
    noteFailure: (plugin: Parameters<typeof recentFailure>[1], message: string) =>
      noteFailure(cache, plugin, message, here.uid, session.nowMs()),
    run: async (plugin: Parameters<typeof recentFailure>[1], identity: Identity, timeoutMs: number) => {
      const connection = await session.connectionOf(identity);
      const credential = await logged(
        'plugin-run',
        { program: basename(plugin.command), ...namesOf(identity) },
        () => runExecPlugin(plugin, connection, here.env, timeoutMs),
        ({ certificate }) => ({ outcome: certificate === undefined ? 'token' : 'certificate' }),
      );
      if (credential.certificate !== undefined) session.certificates.set(identity, credential.certificate);
      return credential;
    },
  };
  return {
    nowMs: session.nowMs,
    remainingMs: session.remainingMs,
    recallKept: (key) => {
      const file = fileOf(key);
      return file === null ? undefined : readKeptToken(file, here.uid, moment());
    },
    keep: async (key, token) => {
      const file = fileOf(key);
      if (file !== null) await saveKeptToken(file, token, moment(), here.uid);
    },
    alone: (key, waitMs, action, meanwhile) =>
      withLock(lockOf(key, session), waitMs, here.uid, action, meanwhile),
    readTokenFile: async (path) => tokenInFile(path, await session.readTracked(path, LARGEST_TOKEN)),
    runPlugin: (...asked) => runPlugin(...asked, plugins),
    mint: (host, identity, bearer, order, timeoutMs) => {
      const clusters = session.access.within(timeoutMs);
      const boundSecret = order.selfRenew ? machineSecretName(machineName()) : undefined;
      const ask = (path: string, body?: object) => clusters.ask(identity, bearer, path, body);
      return logged(
        'minted',
        { host, account: `${order.namespace}/${order.name}`, ...namesOf(identity) },
        () => mintToken({ ...order, boundSecret }, host, ask, session.nowMs),
        ({ kind }) => ({ outcome: kind }),
      );
    },
    missingRight: (subject, { namespace, name }) => missingRight({ namespace, name, subject }),
    keyOf: async (identity, order) => {
      const { ca, insecure, proxyUrl, tlsServerName } = await session.connectionOf(identity);
      const way = [ca ?? null, insecure, proxyUrl ?? null, tlsServerName ?? null];
      const parts = tokenDependsOn(identity, order, way, fingerprintOf);
      // A plugin gives another token where its own variables say so.
      const given = PLUGIN_VARIABLES.map((name) => here.env[name] ?? null);
      return tokenKey(identity.source.kind === 'exec' ? [...parts, given] : parts);
    },
    paceOf: async (key, identity) => {
      const api = new URL(identity.server);
      const { proxyUrl = proxyFor(api, here.env) } = await session.connectionOf(identity);
      return paceOf(machineName(), key, session.reachability.troubleOf(wayTo(api, proxyUrl)));
    },
  };
}

function lockOf(key: string, { cache }: Session): string | null {
  return cache === null ? null : `${cache}/locks/${key}`;
}

/**
 * Drops what was minted for a host, or a plugin gave for it.
 * @returns the file that it was in; undefined: there was none
 */
export async function forgetKept(
  host: string,
  identity: Identity,
  session: Session,
): Promise<string | undefined> {
  const { cache, here } = session;
  if (cache === null) return undefined;
  const { settings } = await session.readSettings(host);
  const key = await tokenPorts(session).keyOf(identity, serviceAccountOrder(settings));
  const file = keptTokenFile(cache, key);
  const remove = () => removeFile(file);
  // One that is renewing it just now would write it anew.
  const waitMs = Math.max(0, Math.min(RENEWAL_ENDS_MS, session.remainingMs()));
  const isRemoved = await withLock(lockOf(key, session), waitMs, here.uid, remove);
  return (isRemoved ?? (await remove())) ? file : undefined;
}
