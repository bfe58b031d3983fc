import { AppError } from '../../hosts/reason.ts';
import { normaliseServerUrl } from '../../registry/server-url.ts';
import { type Fields, parseKubeconfig, textField } from './parse-kubeconfig.ts';

/** One of the kubeconfigs; `text` is null if there is no such file. */
export interface KubeconfigText {
  readonly path: string;
  readonly text: string | null;
}
/** An entry, and the file that it counts in. */
interface Place {
  readonly path: string;
  readonly fields: Fields;
}

/** The kubeconfigs as one, each entry with its file. */
export interface PlacedKubeconfig {
  readonly clusters: ReadonlyMap<string, Place>;
  readonly users: ReadonlyMap<string, Place>;
  readonly contexts: ReadonlyMap<string, Place>;
  /** The current context; undefined too where it names none that is there. */
  readonly currentContext: string | undefined;
  /** The API server that a context leads to, normalised. */
  serverOf(context: string): string | undefined;
}

/**
 * Merges the kubeconfigs as `mergeKubeconfigs` does, for those who are to write to them: none may be broken.
 * @throws AppError `kubeconfig-broken`, with line and column
 */
export function mergeLoginFiles(files: readonly KubeconfigText[]): PlacedKubeconfig {
  const clusters = new Map<string, Place>();
  const users = new Map<string, Place>();
  const contexts = new Map<string, Place>();
  let current: string | undefined;
  for (const { path, text } of files) {
    const parsed = parseKubeconfig(text ?? '');
    if ('fault' in parsed) {
      throw new AppError({
        code: 'kubeconfig-broken',
        message: `${path} is broken: ${parsed.fault}`,
        fix: { do: `Mend ${path}, then log in again: kubectl can't read it either.` },
      });
    }
    for (const list of ['clusters', 'users', 'contexts'] as const) {
      const merged = { clusters, users, contexts }[list];
      for (const [name, fields] of parsed[list]) if (!merged.has(name)) merged.set(name, { path, fields });
    }
    current ??= parsed.currentContext;
  }
  const serverOf = (context: string) => {
    const cluster = clusters.get(textField(contexts.get(context)?.fields, 'cluster') ?? '');
    return normaliseServerUrl(textField(cluster?.fields, 'server') ?? '') ?? undefined;
  };
  const currentContext = current !== undefined && contexts.has(current) ? current : undefined;
  return { clusters, users, contexts, currentContext, serverOf };
}
