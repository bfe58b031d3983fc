import { kubeconfigPaths } from '../cluster/kubeconfig/parse-kubeconfig.ts';
import type { CheckKubeconfigPorts, SaveLoginPorts } from '../cluster/kubeconfig/save-login.ts';
import type { Place } from '../files/directories.ts';
import { editTextFiles } from '../files/edit-text-files.ts';
import { readTextFile, refuseUnwritable } from '../files/text-file.ts';

/** The kubeconfigs, as a login is written into them. */
export function kubeconfigFiles(here: Place): Omit<SaveLoginPorts, 'startProject'> & CheckKubeconfigPorts {
  return {
    kubeconfigPaths: kubeconfigPaths(here),
    editTextFiles: (paths, plan) => editTextFiles(paths, here.uid, plan),
    readTextFile,
    refuseUnwritable: async (path) => refuseUnwritable(await readTextFile(path), here.uid),
  };
}
