import { delimiter, join } from 'node:path';
import type { Place } from '../storage/directories.ts';

/**
 * The kubeconfig files that count, first wins, as kubectl finds them (client-go, clientcmd/loader.go):
 * those of `KUBECONFIG`, each once; without it, `~/.kube/config`.
 */
export function kubeconfigPaths({ platform, env }: Pick<Place, 'platform' | 'env'>): string[] {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return [...new Set(listed)];
  const home = platform === 'win32' ? (env.HOME ?? env.USERPROFILE) : env.HOME;
  return home === undefined || home === '' ? [] : [join(home, '.kube', 'config')];
}
