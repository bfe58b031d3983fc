import type { Connection } from '../cluster/connection.ts';
import { runExecPlugin } from '../cluster/run-exec-plugin.ts';
import type { LoginCluster } from '../commands/login/ports.ts';
import { keptTokenFile, saveKeptToken } from '../files/kept-tokens.ts';
import { forgetFailure } from '../files/plugin-failures.ts';
import type { ExecPlugin, Identity } from '../hosts/identity.ts';
import { readJwt } from '../hosts/jwt.ts';
import { AppError } from '../hosts/reason.ts';
import type { Session } from './session.ts';
import { moment } from './this-process.ts';
import { tokenPorts } from './token-ports.ts';

/** A plugin may open a browser, and a person may look for a second factor. */
const PLUGIN_MS = 300_000;
/** Where nobody tells when a plugin's token ends, it is asked for again after this. */
const LIFE_WITHOUT_END_MS = 10 * 60_000;

/**
 * Runs an identity's exec plugin at this terminal, and keeps the token that it gives. What the plugin keeps for itself may
 * be over: only what the cluster takes counts as a login.
 * @throws AppError naming the plugin, or the cluster that does not accept its token
 */
export async function runPluginForPerson(
  identity: Identity,
  connection: Connection,
  { verify, stopped }: Pick<LoginCluster, 'verify'> & { readonly stopped: AbortSignal },
  session: Session,
) {
  const { source } = identity;
  if (source.kind !== 'exec') throw new TypeError('no plugin');
  const { here, cache } = session;
  const given = await runExecPlugin(source.plugin, connection, here.env, PLUGIN_MS, { stopped });
  const { token } = given;
  const startedAtMs = Date.now();
  const verified = await verifiedOfPlugin(verify(token), source.plugin, identity);
  const jwt = readJwt(token);
  const jwtEndMs = jwt?.exp === undefined ? undefined : jwt.exp * 1000;
  const endMs = given.expiresAtMs ?? verified.expiresAtMs ?? jwtEndMs;
  await forgetFailure(cache, source.plugin);
  if (cache !== null && !stopped.aborted) {
    const key = await tokenPorts(session).keyOf(identity, undefined);
    const kept = { token, startedAtMs, expiresAtMs: endMs ?? startedAtMs + LIFE_WITHOUT_END_MS };
    await saveKeptToken(keptTokenFile(cache, key), kept, moment(), here.uid);
  }
  return { user: verified.user, expiresAtMs: endMs ?? verified.expiresAtMs };
}

async function verifiedOfPlugin(
  verified: ReturnType<LoginCluster['verify']>,
  { command }: ExecPlugin,
  { server }: Identity,
): ReturnType<LoginCluster['verify']> {
  try {
    return await verified;
  } catch (error) {
    // Logging in again would get the same token of what the plugin keeps.
    if (!(error instanceof AppError) || error.code !== 'token-refused') throw error;
    throw new AppError({
      code: error.code,
      message: `${server} does not accept the token that ${command} gave`,
      fix: { do: 'Clear what the plugin keeps of its last login, then log in again.' },
      cause: error,
    });
  }
}
