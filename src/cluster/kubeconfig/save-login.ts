import { type KubeconfigText, mergeLoginFiles } from './merge-login-files.ts';
import { textField } from './parse-kubeconfig.ts';
import { defaultKubeconfig, type Login, type LoginPlan, planLogin } from './plan-login.ts';

export interface SaveLoginPorts extends Pick<CheckKubeconfigPorts, 'kubeconfigPaths' | 'readTextFile'> {
  /** The project that a new context is to start in; undefined: it can't be told. */
  startProject(): Promise<string | undefined>;
  /**
   * Runs a plan on the files and writes what it says, safely. `exposed`: written files that others may read; `closed`: those
   * that others could read before.
   */
  editTextFiles<T extends Pick<LoginPlan, 'edits'>>(
    paths: readonly string[],
    plan: (files: readonly KubeconfigText[]) => T,
  ): Promise<{
    plan: T;
    exposed: readonly { path: string; mode: number }[];
    closed: readonly { path: string; mode: number }[];
  }>;
}

export interface CheckKubeconfigPorts {
  /** In the order of KUBECONFIG. */
  readonly kubeconfigPaths: readonly string[];
  /** @throws AppError if it can't be read */
  readTextFile(path: string): Promise<KubeconfigText>;
  /** @throws AppError if the file, or one to be made, is not to be written to */
  refuseUnwritable(path: string): Promise<void>;
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
 * @throws AppError that names the file and what to do; then no token was written, and the login can be saved anew
 */
export async function saveLogin(login: Login, ports: SaveLoginPorts): Promise<SavedLogin> {
  const files = await readFiles(ports);
  const { isNewContext } = planLogin(files, login);
  const whole = isNewContext ? { ...login, namespace: await ports.startProject() } : login;
  const { plan, exposed, closed } = await ports.editTextFiles(ports.kubeconfigPaths, (now) =>
    planLogin(now, whole),
  );
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
  ports: CheckKubeconfigPorts,
  context: string | undefined,
): Promise<void> {
  const files = await readFiles(ports);
  const { contexts, users } = mergeLoginFiles(files);
  const user = textField(contexts.get(context ?? '')?.fields, 'user');
  await ports.refuseUnwritable(users.get(user ?? '')?.path ?? defaultKubeconfig(files));
}

async function readFiles(
  ports: Pick<CheckKubeconfigPorts, 'kubeconfigPaths' | 'readTextFile'>,
): Promise<KubeconfigText[]> {
  const files: KubeconfigText[] = [];
  for (const path of ports.kubeconfigPaths) files.push(await ports.readTextFile(path));
  return files;
}
