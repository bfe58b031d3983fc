import type { AskAsMinter } from '../../src/cluster/mint-service-account-token.ts';
import { basic, send } from '../sandbox/https-client.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { accessTo } from '../support/access-to.ts';

/** Asks a sandbox's API server as the bearer of a token. */
export function askAs(sandbox: Sandbox, token: string): AskAsMinter {
  const { access, who } = accessTo(sandbox);
  return (path, body) => access.ask(who, token, path, body);
}

/** Whether the sandbox's registry takes a token. */
export async function registryTakes(sandbox: Sandbox, token: string): Promise<boolean> {
  const { status } = await send(`${sandbox.registryUrl}/openshift/token`, {
    caPem: sandbox.ingressCaPem,
    headers: { authorization: basic('robot', token) },
  });
  return status === 200;
}
