import type { ExecPlugin, Identity } from '../../hosts/identity.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import type { LoginArguments } from './login-arguments.ts';
import type { LoginCluster, LoginPorts } from './login-ports.ts';
import type { LoginTarget } from './login-target.ts';
import { renewHosts } from './renew-hosts.ts';
import { tellLogin } from './tell-login.ts';
import { unlessInterrupted } from './unless-interrupted.ts';

/**
 * Logs in by the exec plugin that a context's user is, at this terminal, and renews the registry hosts of it.
 * @returns the exit status, as `logIn` has it
 * @throws AppError if the plugin gives nothing that the cluster takes, or the person stops it
 */
export async function logInByPlugin(
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
  const given = await unlessInterrupted(cluster.runPlugin(identity, ports.interrupted), ports);
  tellLogin(server, given, `by ${plugin.command}`, ports);
  return renewHosts({ server, userEntry, user: given.user, context }, host, ports);
}
