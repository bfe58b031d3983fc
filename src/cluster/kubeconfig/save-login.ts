import { editTextFiles } from '../../files/edit-text-files.ts';
import { readTextFile, refuseUnwritable } from '../../files/text-file.ts';
import { shownName } from '../../hosts/quoting.ts';
import { AppError } from '../../hosts/reason.ts';
import { editKubeconfig, type KubeconfigChange } from './edit-kubeconfig.ts';
import { type LoginPlace, loginEntries, ocServer, type WhySpared } from './login-entries.ts';
import { type KubeconfigText, mergeLoginFiles } from './merge-kubeconfigs.ts';
import { textField } from './parse-kubeconfig.ts';

/** A login as it is to be kept. */
export interface Login extends LoginPlace {
  readonly token: string;
  /** PEM: what the API server's certificate is to be verified by; a cluster that is there keeps its own without it. */
  readonly ca?: string | undefined;
  /** The certificate is not verified. */
  readonly insecure?: boolean | undefined;
}

export interface LoginPlan {
  /** The files that change, in the order to write them in; a login that is there already changes none. */
  readonly edits: readonly { readonly path: string; readonly text: string }[];
  readonly context: string;
  /** The user entry that holds the token. */
  readonly user: string;
  /** Whether `context` was not there. */
  readonly isNewContext: boolean;
  /** Why the user entry of the named context did not get it; undefined if it did, or none was named. */
  readonly spared: WhySpared | undefined;
  /** The token that was replaced, if no other entry holds it: it may be revoked. */
  readonly oldToken: string | undefined;
  /** The user entry held this very token before. */
  readonly isSameToken: boolean;
  /** Another user entry that holds the token that was replaced. */
  readonly oldTokenUsedBy: string | undefined;
}

/**
 * Where kubectl writes what no file holds yet (client-go, clientcmd/config.go, `GetDefaultFilename`): the first of the
 * kubeconfigs that is there, else the last.
 * @throws AppError `no-kubeconfig`
 */
function defaultKubeconfig(files: readonly KubeconfigText[]): string {
  const file = files.find(({ text }) => text !== null) ?? files.at(-1);
  // kubectl would make a directory of that name in whichever it is started.
  if (file !== undefined && /^~[\\/]/.test(file.path) && file.text === null) {
    throw new AppError({
      code: 'kubeconfig-quoted',
      message: `KUBECONFIG names ${file.path}, in which no shell has replaced the ~, since it was quoted`,
      fix: { do: 'Write $HOME in place of the ~ in KUBECONFIG, then log in again.' },
    });
  }
  if (file !== undefined) return file.path;
  throw new AppError({
    code: 'no-kubeconfig',
    message: 'there is no place for a login: neither KUBECONFIG nor HOME is set',
    fix: { do: 'Set HOME, or KUBECONFIG to the file that the login is to go to.' },
  });
}

/**
 * Plans what a login changes in the kubeconfigs. A user entry that is there gets the token in the file that it counts
 * in; what is new goes to the default file. A cluster that is there stays as it is, but for an authority that is given.
 * The current context stays, too, unless there is none: who logs in to pull an image did not ask for the next `oc delete` to
 * go to another cluster.
 * @param files in the order of KUBECONFIG
 * @throws AppError that names the file: broken, or with an entry that can't be changed alone; `no-kubeconfig`
 */
export function planLogin(files: readonly KubeconfigText[], login: Login): LoginPlan {
  const config = mergeLoginFiles(files);
  const home = defaultKubeconfig(files);
  const entries = loginEntries(login, config);
  const changes = new Map<string, KubeconfigChange[]>();
  const change = (path: string, what: KubeconfigChange): void => {
    changes.set(path, [...(changes.get(path) ?? []), what]);
  };
  const user = config.users.get(entries.user);
  const { token, ca } = login;
  if (user === undefined)
    change(home, { kind: 'entry', list: 'users', name: entries.user, fields: { token } });
  else change(user.path, { kind: 'token', user: entries.user, token });
  const cluster = config.clusters.get(entries.cluster);
  if (cluster === undefined) {
    change(home, { kind: 'entry', list: 'clusters', name: entries.cluster, fields: clusterFields(login) });
  } else if (ca !== undefined) change(cluster.path, { kind: 'authority', cluster: entries.cluster, ca });
  const isNewContext = !config.contexts.has(entries.context);
  if (isNewContext) {
    const fields = contextFields(entries, login.namespace ?? 'default');
    change(home, { kind: 'entry', list: 'contexts', name: entries.context, fields });
  }
  if (config.currentContext === undefined) change(home, { kind: 'current-context', name: entries.context });
  const edits = [...changes].flatMap(([path, ofFile]) => {
    const before = files.find((file) => file.path === path)?.text ?? '';
    const text = editKubeconfig(before, ofFile);
    if (text === undefined) throw tangled(path, entries.user);
    return text === before ? [] : [{ path, text }];
  });

  const old = textField(user?.fields, 'token');
  const isReplaced = old !== undefined && old !== token;
  const oldTokenUsedBy = isReplaced
    ? [...config.users].find(
        ([name, { fields }]) => name !== entries.user && textField(fields, 'token') === old,
      )
    : undefined;
  return {
    edits,
    context: entries.context,
    user: entries.user,
    isNewContext,
    spared: entries.spared,
    oldToken: isReplaced && oldTokenUsedBy === undefined ? old : undefined,
    isSameToken: old === token,
    oldTokenUsedBy: oldTokenUsedBy?.[0],
  };
}

function clusterFields({ server, ca, insecure }: Login): Readonly<Record<string, unknown>> {
  const url = { server: ocServer(server) };
  if (insecure === true) return { 'insecure-skip-tls-verify': true, ...url };
  return ca === undefined
    ? url
    : { 'certificate-authority-data': Buffer.from(ca).toString('base64'), ...url };
}

function contextFields(
  entries: { cluster: string; user: string },
  namespace: string,
): Record<string, string> {
  const { cluster, user } = entries;
  return namespace === '' ? { cluster, user } : { cluster, namespace, user };
}

function tangled(path: string, what: string): AppError {
  return new AppError({
    code: 'kubeconfig-tangled',
    message: `${path}: ${shownName(what)} can't be changed without another entry`,
    fix: { do: `Write the entry out in ${path}, without YAML anchors and aliases, then log in again.` },
  });
}

/** The kubeconfigs of this machine. */
export interface KubeconfigPlace {
  /** In the order of KUBECONFIG. */
  readonly paths: readonly string[];
  /** The effective user id; undefined: owners are not asked (Windows). */
  readonly uid: number | undefined;
}

export interface SavedLogin extends Omit<LoginPlan, 'edits' | 'isNewContext'> {
  /** The files that were changed; none if the login was there already. */
  readonly written: readonly string[];
  /** What was changed besides: sentences. */
  readonly notes: readonly string[];
  /** For the person: sentences. */
  readonly warnings: readonly string[];
}

/**
 * Keeps a login in the kubeconfig, for oc, kubectl and this program alike. A context that is new starts in a project of
 * the person who logged in, and not in that of the context which was named.
 * @param startProject asks for the project that a new context is to start in; undefined: it can't be told
 * @throws AppError that names the file and what to do; then no token was written, and the login can be saved anew
 */
export async function saveLogin(
  login: Login,
  { paths, uid }: KubeconfigPlace,
  startProject: () => Promise<string | undefined>,
): Promise<SavedLogin> {
  const { isNewContext } = planLogin(await readFiles(paths), login);
  const whole = isNewContext ? { ...login, namespace: await startProject() } : login;
  const { plan, exposed, closed } = await editTextFiles(paths, uid, (now) => planLogin(now, whole));
  const { context, user, spared, oldToken, isSameToken, oldTokenUsedBy } = plan;
  return {
    context,
    user,
    spared,
    oldToken,
    isSameToken,
    oldTokenUsedBy,
    written: plan.edits.map(({ path }) => path),
    notes: closed.map(
      ({ path, mode }) => `${path}: others could read it (mode ${mode.toString(8)}), and can't any more`,
    ),
    warnings: exposed.map(
      ({ path, mode }) => `${path} can be read by others (mode ${mode.toString(8)}). Run: chmod 600 ${path}`,
    ),
  };
}

/**
 * Looks whether a login could be kept, before a person is asked to log in: whether all files can be read, and the one be
 * written that holds the named context's user entry, or gets new ones.
 * @param context whose user entry is to get the token, if there is one
 * @throws AppError as `saveLogin` would
 */
export async function checkKubeconfig(
  { paths, uid }: KubeconfigPlace,
  context: string | undefined,
): Promise<void> {
  const files = await readFiles(paths);
  const { contexts, users } = mergeLoginFiles(files);
  const user = textField(contexts.get(context ?? '')?.fields, 'user');
  const path = users.get(user ?? '')?.path ?? defaultKubeconfig(files);
  await refuseUnwritable(await readTextFile(path), uid);
}

async function readFiles(paths: readonly string[]): Promise<KubeconfigText[]> {
  const files: KubeconfigText[] = [];
  for (const path of paths) files.push(await readTextFile(path));
  return files;
}
