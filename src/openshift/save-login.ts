import { type KubeconfigText, mergeLoginFiles } from './merge-login-files.ts';
import { defaultKubeconfig, type Login, type LoginPlan, planLogin } from './plan-login.ts';

export interface SaveLoginPorts {
  /** In the order of KUBECONFIG. */
  readonly kubeconfigPaths: readonly string[];
  /** Runs a plan on the files and writes what it says, safely. `exposed`: written files that others may read. */
  editTextFiles<T extends Pick<LoginPlan, 'edits'>>(
    paths: readonly string[],
    plan: (files: readonly KubeconfigText[]) => T,
  ): Promise<{ plan: T; exposed: readonly { path: string; mode: number }[] }>;
}

export interface CheckKubeconfigPorts extends Pick<SaveLoginPorts, 'kubeconfigPaths'> {
  /** @throws AppError if it can't be read */
  readTextFile(path: string): Promise<KubeconfigText>;
  /** @throws AppError if the file, or one to be made, is not to be written to */
  refuseUnwritable(path: string): Promise<void>;
}

export interface SavedLogin extends Omit<LoginPlan, 'edits'> {
  /** The files that were changed; none if the login was there already. */
  readonly written: readonly string[];
  /** For the person: sentences. */
  readonly warnings: readonly string[];
}

/**
 * Keeps a login in the kubeconfig, for oc, kubectl and this program alike.
 * @throws AppError that names the file and what to do; then no token was written, and the login can be saved anew
 */
export async function saveLogin(login: Login, ports: SaveLoginPorts): Promise<SavedLogin> {
  defaultKubeconfig(ports.kubeconfigPaths.map((path) => ({ path, text: null })));
  const { plan, exposed } = await ports.editTextFiles(ports.kubeconfigPaths, (files) =>
    planLogin(files, login),
  );
  const { edits, ...rest } = plan;
  return {
    ...rest,
    written: edits.map(({ path }) => path),
    warnings: exposed.map(
      ({ path, mode }) => `${path} can be read by others (mode ${mode.toString(8)}). Run: chmod 600 ${path}`,
    ),
  };
}

/**
 * Looks whether a login could be kept, before a person is asked to log in: whether all files can be read, and new entries
 * be written. In which file an entry lies that is there already turns out only with the person's name.
 * @throws AppError as `saveLogin` would
 */
export async function checkKubeconfig(ports: CheckKubeconfigPorts): Promise<void> {
  const files: KubeconfigText[] = [];
  for (const path of ports.kubeconfigPaths) files.push(await ports.readTextFile(path));
  mergeLoginFiles(files);
  await ports.refuseUnwritable(defaultKubeconfig(files));
}
