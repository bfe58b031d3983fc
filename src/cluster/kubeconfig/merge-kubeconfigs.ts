import { dirname, resolve } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import { normaliseServerUrl } from '../../registry/server-url.ts';
import { type Fields, type KubeconfigFile, parseKubeconfig, textField } from './parse-kubeconfig.ts';

/** A thousand contexts with their CAs are 5 MB. */
const LARGEST_KUBECONFIG = 64 * 1024 * 1024;

/** An entry of a kubeconfig, and the directory that the paths in it are relative to. */
export interface Entry {
  readonly fields: Fields;
  readonly directory: string;
}

/** All kubeconfigs as one. */
export interface MergedKubeconfig {
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly currentContext: string | undefined;
  /** What could not be read: sentences that name the file. */
  readonly problems: readonly string[];
}

/** @throws AppError naming the file; undefined if there is none */
export type ReadFile = (path: string, limit: number) => Promise<string | undefined>;

/**
 * Reads the kubeconfigs, merged as kubectl merges them (client-go, clientcmd/loader.go): the first file that has a
 * name, or a current context, wins. Files that are not there are passed over.
 */
export async function mergeKubeconfigs(paths: readonly string[], read: ReadFile): Promise<MergedKubeconfig> {
  const problems: string[] = [];
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  const contexts = new Map<string, Entry>();
  let currentContext: string | undefined;
  for (const path of paths) {
    const file = await readKubeconfig(path, read, problems);
    if (file === undefined) continue;
    const directory = dirname(resolve(path));
    addMissing(clusters, file.clusters, directory);
    addMissing(users, file.users, directory);
    addMissing(contexts, file.contexts, directory);
    currentContext ??= file.currentContext;
  }
  return { clusters, users, contexts, currentContext, problems };
}

async function readKubeconfig(
  path: string,
  read: ReadFile,
  problems: string[],
): Promise<KubeconfigFile | undefined> {
  let text: string | undefined;
  try {
    text = await read(path, LARGEST_KUBECONFIG);
  } catch (error) {
    // A file that can't be read is named; the others still count.
    if (!(error instanceof AppError)) throw error;
    problems.push(error.message);
    return undefined;
  }
  if (text === undefined) return undefined;
  const parsed = parseKubeconfig(text);
  if (!('fault' in parsed)) return parsed;
  problems.push(`${path} is broken: ${parsed.fault}`);
  return undefined;
}

function addMissing(merged: Map<string, Entry>, more: ReadonlyMap<string, Fields>, directory: string): void {
  for (const [name, fields] of more) {
    if (!merged.has(name)) merged.set(name, { fields, directory });
  }
}

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
