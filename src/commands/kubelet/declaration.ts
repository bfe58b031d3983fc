import type { CommandDeclaration } from '../declaration.ts';

/** What `kubelet` does, by the word after it. `provide` is answered before any command line is read. */
const KUBELET_WORDS = ['provide', 'print', 'check', 'install'] as const;

export const KUBELET = {
  name: 'kubelet',
  usage: [
    'kubelet provide',
    'kubelet print [HOST...] [--rbac]',
    'kubelet check [--config PATH] [--bin-dir DIR]',
    'kubelet install [HOST...] [--config DIR] [--bin-dir DIR] [--dry-run]',
    'kubelet install --undo [--config DIR] [--bin-dir DIR] [--dry-run]',
  ],
  does: "answer a node's kubelet, which pulls images for pods",
  details: [
    "`provide` is what a kubelet calls as a credential provider: a CredentialProviderRequest comes on stdin, and one CredentialProviderResponse is printed. Its status is always 0, and `auth` is empty where there is no good credential; why is said on stderr. What pods get is the config's `pods` to say: docs/kubelet.md.",
    '`print` prints the config that a kubelet needs for it, for HOST or all hosts with `pods`. `check` tells what a kubelet would make of its config: it ends at its next start if there is one mistake in it. `install` puts a file of its own into the config directory and this program into the directory of providers, once the whole of it has passed that check.',
  ],
  words: [
    { name: 'provide | print | check | install', does: 'what to do', completes: KUBELET_WORDS },
    {
      name: 'HOST',
      does: 'a registry host that the kubelet asks for',
      completes: 'host',
      isRepeatable: true,
    },
  ],
  options: {
    config: {
      value: 'PATH',
      completes: 'file',
      does: "the kubelet's --image-credential-provider-config; that of the running one without it",
    },
    'bin-dir': {
      value: 'DIR',
      completes: 'file',
      does: "the kubelet's --image-credential-provider-bin-dir; that of the running one without it",
    },
    rbac: { does: 'with print: what lets nodes ask for the tokens of pods, as YAML for kubectl apply' },
    'dry-run': { does: 'show what would change, and change nothing' },
    undo: { does: 'take back what install did' },
  },
  environment: ['DOCKER_CREDENTIAL_OPENSHIFT_CONFIG', 'KUBECONFIG', 'XDG_CACHE_HOME'],
  examples: [
    { run: 'kubelet provide < request.json', does: 'what a kubelet asks' },
    { run: 'kubelet check', does: 'whether the running kubelet can be restarted' },
    { run: 'kubelet install --dry-run', does: 'what would be written on this node' },
  ],
  exitStatuses: {
    0: 'answered, printed or installed; the config is one that a kubelet takes',
    1: 'an error, or a config with which a kubelet does not start',
  },
} as const satisfies CommandDeclaration;
