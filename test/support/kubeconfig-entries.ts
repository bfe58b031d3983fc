import { stringify } from 'yaml';
import { TOKEN } from './identities.ts';

interface Entries {
  readonly clusters?: readonly object[];
  readonly users?: readonly object[];
  readonly contexts?: readonly object[];
  readonly current?: string;
}

/** The text of a kubeconfig. */
export function kubeconfig({ clusters = [], users = [], contexts = [], current }: Entries): string {
  const text = { apiVersion: 'v1', kind: 'Config', clusters, users, contexts };
  return stringify(current === undefined ? text : { ...text, 'current-context': current });
}

/** A context's entry; what is left out is not in it. */
export function context(name: string, cluster?: string, user?: string, namespace?: string): object {
  return { name, context: JSON.parse(JSON.stringify({ cluster, user, namespace })) };
}

/** The entries of a login with a token. */
export function loginTo(server: string, user: string, name: string, namespace?: string) {
  return {
    clusters: [{ name: `cluster of ${name}`, cluster: { server } }],
    users: [{ name: user, user: { token: TOKEN } }],
    contexts: [context(name, `cluster of ${name}`, user, namespace)],
  };
}
