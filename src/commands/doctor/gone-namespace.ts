import type { Finding } from './finding.ts';

/** A namespace that is not there, or that the user may not look into. */
export function goneNamespace(host: string, namespace: string): Finding {
  const saw = `There is no namespace ${namespace}`;
  if (!namespace.startsWith('ci-op-')) {
    return { status: 'problem', host, saw, mend: 'oc get projects' };
  }
  return {
    status: 'problem',
    host,
    saw: `${saw}: it is gone`,
    why: 'The namespace of a job of OpenShift CI is deleted an hour after the job ended, and only the author of the pull request may read it',
    mend: 'Run the job again, and pull within the hour: /test JOB in the pull request.',
  };
}
