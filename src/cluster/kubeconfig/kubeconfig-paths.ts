import { delimiter, join } from 'node:path';

interface Place {
  readonly platform: NodeJS.Platform;
  readonly env: Record<string, string | undefined>;
}

/**
 * The kubeconfig files that count, first wins, as kubectl finds them (client-go, clientcmd/loader.go):
 * those of `KUBECONFIG`, each once; without it, `~/.kube/config`.
 */
export function kubeconfigPaths({ platform, env }: Place): string[] {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return [...new Set(listed)];
  const home = platform === 'win32' ? (env.HOME ?? env.USERPROFILE) : env.HOME;
  return home === undefined || home === '' ? [] : [join(home, '.kube', 'config')];
}
