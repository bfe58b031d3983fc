import { dirname, resolve } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import { normaliseServerUrl } from '../../registry/server-url.ts';
import { type Fields, parseKubeconfig, textField } from './parse-kubeconfig.ts';

/** Three thousand contexts with their CAs are 15 MB, and the worst that can be in as much is read in a second. */
const LARGEST_KUBECONFIG = 16 * 1024 * 1024;

/** An entry of a kubeconfig, and the directory that the paths in it are relative to. */
export interface Entry {
  readonly fields: Fields;
  readonly directory: string;
}

/** An entry, and the file that it counts in. */
interface PlacedEntry extends Entry {
  readonly path: string;
}

/** One of the kubeconfigs; `text` is null if there is no such file. */
export interface KubeconfigText {
  readonly path: string;
  readonly text: string | null;
}

/** All kubeconfigs as one. */
export interface MergedKubeconfig {
  readonly clusters: ReadonlyMap<string, PlacedEntry>;
  readonly users: ReadonlyMap<string, PlacedEntry>;
  readonly contexts: ReadonlyMap<string, PlacedEntry>;
  readonly currentContext: string | undefined;
  /** What could not be read: sentences that name the file. */
  readonly problems: readonly string[];
}

/** @throws AppError naming the file; undefined if there is none */
export type ReadFile = (path: string, limit: number) => Promise<string | undefined>;

/** Reads the kubeconfigs, merged as kubectl merges them. One that can't be read is named; the others still count. */
export async function mergeKubeconfigs(paths: readonly string[], read: ReadFile): Promise<MergedKubeconfig> {
  const files: (KubeconfigText | { readonly problem: string })[] = [];
  for (const path of paths) {
    try {
      files.push({ path, text: (await read(path, LARGEST_KUBECONFIG)) ?? null });
    } catch (error) {
      // The system's refusal, told in words.
      if (!(error instanceof AppError)) throw error;
      files.push({ problem: error.message });
    }
  }
  return mergeTexts(files);
}

/**
 * Merges as kubectl does (client-go, clientcmd/loader.go): the first file that has a name, or a current context, wins. Files
 * that are not there are passed over.
 */
function mergeTexts(files: readonly (KubeconfigText | { readonly problem: string })[]): MergedKubeconfig {
  const problems: string[] = [];
  const lists = {
    clusters: new Map<string, PlacedEntry>(),
    users: new Map<string, PlacedEntry>(),
    contexts: new Map<string, PlacedEntry>(),
  };
  let currentContext: string | undefined;
  for (const file of files) {
    const parsed = 'problem' in file ? undefined : parseKubeconfig(file.text ?? '');
    if ('problem' in file) problems.push(file.problem);
    if ('problem' in file || parsed === undefined) continue;
    const { path } = file;
    if ('fault' in parsed) {
      problems.push(`${path} is broken: ${parsed.fault}`);
      continue;
    }
    const directory = dirname(resolve(path));
    for (const list of ['clusters', 'users', 'contexts'] as const) {
      for (const [name, fields] of parsed[list])
        if (!lists[list].has(name)) lists[list].set(name, { fields, path, directory });
    }
    currentContext ??= parsed.currentContext;
  }
  return { ...lists, currentContext, problems };
}

/** The kubeconfigs as those see them who are to write to them. */
export interface PlacedKubeconfig extends Omit<MergedKubeconfig, 'problems'> {
  /** The API server that a context leads to, normalised. */
  serverOf(context: string): string | undefined;
}

/**
 * Merges kubeconfigs that are to be written to: none may be broken. A current context that is not there counts as none.
 * @throws AppError `kubeconfig-broken`, with line and column
 */
export function mergeLoginFiles(files: readonly KubeconfigText[]): PlacedKubeconfig {
  const { problems, currentContext: current, ...lists } = mergeTexts(files);
  const [problem] = problems;
  if (problem !== undefined) {
    throw new AppError({
      code: 'kubeconfig-broken',
      message: problem,
      fix: { do: "Fix that, then log in again: kubectl can't read it either." },
    });
  }
  const serverOf = (context: string) => {
    const cluster = lists.clusters.get(textField(lists.contexts.get(context)?.fields, 'cluster') ?? '');
    return normaliseServerUrl(textField(cluster?.fields, 'server') ?? '') ?? undefined;
  };
  const currentContext = lists.contexts.has(current ?? '') ? current : undefined;
  return { ...lists, currentContext, serverOf };
}
