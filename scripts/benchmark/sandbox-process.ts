import { startSandbox } from '../../test/sandbox/sandbox.ts';

/** What the measuring process needs of a cluster that runs beside it. */
export interface SandboxNews {
  readonly apiUrl: string;
  readonly caPem: string;
  readonly registryHost: string;
  readonly token: string;
  readonly context: string;
  readonly kubeconfig: string;
  /** The same with a token whose life is over. */
  readonly expiredKubeconfig: string;
}

/** The requests since the last time, as `METHOD PATH`. */
export type RequestsNews = readonly string[];

const REGISTRY_HOST = 'default-route-openshift-image-registry.apps.example.com';

/** Runs a sandbox as a child process: the measuring one stands still while a program runs. Ends with its parent. */
async function main(): Promise<void> {
  const sandbox = await startSandbox({ publicHostname: REGISTRY_HOST });
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const expired = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 60, createdSecondsAgo: 3600 });
  const kubeconfig = sandbox.kubeconfig({ token });
  const news: SandboxNews = {
    apiUrl: sandbox.apiUrl,
    caPem: sandbox.caPem,
    registryHost: REGISTRY_HOST,
    token,
    context: /^current-context: (.+)$/m.exec(kubeconfig)?.[1] ?? '',
    kubeconfig,
    expiredKubeconfig: sandbox.kubeconfig({ token: expired }),
  };
  process.on('message', () => {
    const requests: RequestsNews = sandbox.requests.map(({ method, path }) => `${method} ${path}`);
    sandbox.clearRequests();
    process.send?.(requests);
  });
  process.on('disconnect', () => void sandbox.stop().then(() => process.exit()));
  process.send?.(news);
}

await main();
