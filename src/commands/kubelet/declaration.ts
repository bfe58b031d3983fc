import type { CommandDeclaration } from '../declaration.ts';

/** What `kubelet` does, by the word after it. `provide` is answered before any command line is read. */
const KUBELET_WORDS = ['provide'] as const;

export const KUBELET = {
  name: 'kubelet',
  usage: ['kubelet provide'],
  does: "answer a node's kubelet, which pulls images for pods",
  details: [
    "`provide` is what a kubelet calls as a credential provider: a CredentialProviderRequest comes on stdin, and one CredentialProviderResponse is printed. Its status is always 0, and `auth` is empty where there is no good credential; why is said on stderr. What pods get is the config's `pods` to say: docs/kubelet.md.",
  ],
  words: [{ name: 'provide', does: 'what to do', completes: KUBELET_WORDS }],
  options: {},
  environment: ['DOCKER_CREDENTIAL_OPENSHIFT_CONFIG', 'KUBECONFIG', 'XDG_CACHE_HOME'],
  examples: [{ run: 'kubelet provide < request.json', does: 'what a kubelet asks' }],
  exitStatuses: { 0: 'answered' },
} as const satisfies CommandDeclaration;
