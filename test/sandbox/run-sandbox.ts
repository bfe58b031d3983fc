import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { ClusterMode } from './cluster/cluster.ts';
import type { IdentityProviderOptions } from './oauth/identity-providers.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { HELP, runCommand } from './sandbox-commands.ts';

const MODES: readonly ClusterMode[] = ['openshift', 'qci', 'external-oidc', 'okd-3.11'];
const USAGE = `usage: scripts/sandbox [--mode ${MODES.join('|')}] [--life SECONDS] [--kube-admin]
                       [--provider NAME | --provider NAME:redirect]…\n`;

/** Runs a sandbox by hand: prints where everything is, then obeys commands on stdin until `quit` or its end. */
async function main(): Promise<void> {
  const { mode, lifeSeconds, ...logins } = readArguments();
  const sandbox = await startSandbox({ mode, tokenLifeSeconds: lifeSeconds, ...logins });
  const tokens = new Map<string, string>();
  const file = (name: string) => join(sandbox.directory, name);
  const write = async (name: string, text: string) => {
    await writeFile(file(name), text, { mode: 0o600 });
    await chmod(file(name), 0o600);
  };
  const renew = async (holder: string) => {
    const token = issue(sandbox, mode, holder, lifeSeconds);
    tokens.set(holder, token);
    await write(`${holder}.token`, token);
    if (holder !== 'puller') await write(`${holder}.kubeconfig`, sandbox.kubeconfig({ user: holder, token }));
  };
  for (const holder of ['alice', 'bob', 'puller']) await renew(holder);

  process.stdout.write(`API server    ${sandbox.apiUrl}
OAuth server  ${sandbox.oauthUrl}
registry      ${sandbox.registryHost}
authority     ${sandbox.caFile}
kubeconfigs   ${file('alice.kubeconfig')}, ${file('bob.kubeconfig')}
tokens        ${file('alice.token')}, ${file('bob.token')}, ${file('puller.token')} (service account alice-ns/puller)
log in as     alice, alice-password; bob, bob-password${logins.kubeAdmin ? '; kubeadmin, kubeadmin-password' : ''}
images        ${sandbox.images
    .streams()
    .map((stream) => `${stream.namespace}/${stream.name}`)
    .join(', ')}

Try:  SSL_CERT_FILE=${sandbox.caFile} KUBECONFIG=${file('alice.kubeconfig')} …
Stop: quit, or Ctrl-C; the directory goes with it.
${HELP}`);

  const lines = createInterface({ input: process.stdin });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => lines.close());
  for await (const line of lines) {
    const answer = await runCommand({ sandbox, token: (holder) => tokens.get(holder), renew }, line);
    if (answer === undefined) break;
    process.stdout.write(answer);
  }
  await sandbox.stop();
}

interface Arguments {
  readonly mode: ClusterMode;
  readonly lifeSeconds: number;
  readonly kubeAdmin: boolean;
  readonly identityProviders?: readonly IdentityProviderOptions[];
}

function readArguments(): Arguments {
  const options = {
    mode: { type: 'string', default: 'openshift' },
    life: { type: 'string', default: '86400' },
    'kube-admin': { type: 'boolean', default: false },
    provider: { type: 'string', multiple: true, default: [] as string[] },
  } as const;
  const { values, positionals } = parseArgs({ options, strict: false, allowPositionals: true });
  const known = Object.keys(values).every((name) => name in options) && positionals.length === 0;
  const mode = MODES.find((candidate) => candidate === values.mode);
  const lifeSeconds = Number(values.life);
  if (!known || mode === undefined || !Number.isInteger(lifeSeconds) || lifeSeconds < 0) {
    process.stderr.write(USAGE);
    process.exit(2);
  }
  const providers = [values.provider ?? []].flat().map((text): IdentityProviderOptions => {
    const name = String(text);
    return name.endsWith(':redirect') ? { name: name.slice(0, -9), kind: 'redirect' } : { name };
  });
  const logins = providers.length === 0 ? {} : { identityProviders: providers };
  return { mode, lifeSeconds, kubeAdmin: values['kube-admin'] === true, ...logins };
}

function issue(sandbox: Sandbox, mode: ClusterMode, holder: string, lifeSeconds: number): string {
  if (holder === 'puller') {
    return sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller', lifeSeconds });
  }
  if (mode === 'okd-3.11') return sandbox.issueOpaqueToken(holder);
  if (mode === 'external-oidc') return sandbox.issueOidcToken({ user: holder, lifeSeconds });
  return sandbox.issueOAuthToken({ user: holder, lifeSeconds });
}

await main();
