import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { kubeconfigPaths } from '../../cluster/kubeconfig/parse-kubeconfig.ts';
import { createClusterLogin } from '../../cluster/oauth/cluster-login.ts';
import { keptTokenFile, saveKeptToken } from '../../files/kept-tokens.ts';
import { forgetFailure } from '../../files/plugin-failures.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import { theRouteTo } from '../../hosts/route-to-server.ts';
import { moment } from '../../process/this-process.ts';
import type { Session } from '../../session/session.ts';
import { tokenPorts } from '../../session/tokens.ts';
import { type LoginArguments, methodOptions } from './arguments.ts';
import type { LoginCluster, LoginTarget } from './ports.ts';

/** A person who stopped the program waits for its tokens to end, but not for a server that hangs. */
const DISCARDING_MS = 3000;

/** One cluster, with its real servers and the real kubeconfig. @throws AppError if it can't be reached as written */
export async function loginCluster(
  { server, identity }: LoginTarget,
  { certificateAuthority, method }: Pick<LoginArguments, 'certificateAuthority' | 'method'>,
  session: Session,
): Promise<LoginCluster> {
  const { here, cache } = session;
  const options = `${methodOptions(method)} --certificate-authority FILE`.trim();
  const { identities, connectionOf } = await session.identities();
  return createClusterLogin({
    server,
    identity,
    connection: await connectionOf(identity ?? theRouteTo(server, identities)),
    authority: certificateAuthority,
    command: loginCommand(server, identity?.context, options),
    env: here.env,
    platform: here.platform,
    kubeconfigs: { paths: kubeconfigPaths(here), uid: here.uid },
    nowMs: Date.now,
    untilImpatient: () => setTimeoutPromise(DISCARDING_MS, undefined, { ref: false }),
    keepPluginToken: async (of, plugin, token) => {
      await forgetFailure(cache, plugin);
      if (cache === null) return;
      const key = await tokenPorts(session).keyOf(of, undefined);
      await saveKeptToken(keptTokenFile(cache, key), token, moment(), here.uid);
    },
  });
}
