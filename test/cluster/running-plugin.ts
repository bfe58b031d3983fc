import type { TestContext } from 'node:test';
import type { Connection } from '../../src/cluster/connection.ts';
import { type ExecCredential, runExecPlugin } from '../../src/cluster/run-exec-plugin.ts';
import type { ExecPlugin } from '../../src/hosts/identity.ts';
import { createExecPlugin, type ExecPluginOptions } from '../support/exec-plugin.ts';
import { plugin } from '../support/identities.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

export const STATUS = { token: 'plugin-token', expirationTimestamp: '2030-01-01T00:00:00Z' };

/** How the plugin's cluster is reached. */
export const CONNECTION: Connection = {
  server: 'https://api.example.com:6443',
  ca: 'the CA',
  tlsServerName: undefined,
  insecure: false,
  proxyUrl: undefined,
  clientCertificate: undefined,
  fault: undefined,
};

/** A plugin in a directory of its own, ended after the test, and how it is run. */
export function pluginFor(t: TestContext, options: Partial<ExecPluginOptions> = {}) {
  let made: ReturnType<typeof createExecPlugin> | undefined;
  // Registered before the directory's removal is: `after` hooks run in order.
  t.after(() => made?.stop());
  made = createExecPlugin(temporaryDirectory(t), { status: STATUS, ...options });
  const { command } = made;
  const run = (
    more: { entry?: Partial<ExecPlugin>; env?: Record<string, string>; timeoutMs?: number } = {},
  ): Promise<ExecCredential> => {
    const env = { PATH: process.env.PATH, ...more.env };
    return runExecPlugin(plugin({ command, ...more.entry }), CONNECTION, env, more.timeoutMs ?? 10_000);
  };
  return { made, run };
}
