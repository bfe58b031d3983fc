import { kubeconfigPaths } from '../openshift/kubeconfig/kubeconfig-paths.ts';
import type { CheckKubeconfigPorts, SaveLoginPorts } from '../openshift/kubeconfig/save-login.ts';
import type { Place } from '../storage/directories.ts';
import { editTextFiles } from '../storage/edit-text-files.ts';
import { readTextFile, refuseUnwritable } from '../storage/text-file.ts';

/** The kubeconfigs, as a login is written into them. */
export function kubeconfigFiles(here: Place): Omit<SaveLoginPorts, 'startProject'> & CheckKubeconfigPorts {
  return {
    kubeconfigPaths: kubeconfigPaths(here),
    editTextFiles: (paths, plan) => editTextFiles(paths, here.uid, plan),
    readTextFile,
    refuseUnwritable: async (path) => refuseUnwritable(await readTextFile(path), here.uid),
  };
}
