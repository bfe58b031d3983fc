import type { EngineEnvironment } from './engine-files.ts';
import { findOnPath } from './find-on-path.ts';

/** Whether engines started with this environment find `docker-credential-openshift`. */
export async function isHelperOnPath(environment: EngineEnvironment): Promise<boolean> {
  return findOnPath('docker-credential-openshift', environment).some(({ isExecutable }) => isExecutable);
}
