import type { Sandbox } from '../sandbox/sandbox.ts';

/** The command that renews alice's login to the sandbox, as its kubeconfig calls it. */
export function loginCommandOf({ apiUrl }: Sandbox): string {
  const cluster = apiUrl.replace('https://', '').replaceAll('.', '-');
  return `docker-credential-openshift login alice-ns/${cluster}/alice`;
}
