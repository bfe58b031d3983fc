import { MAIN_ENGINES } from '../../engines/engines.ts';
import { type CommandDeclaration, YES } from '../declaration.ts';

export const SETUP = {
  name: 'setup',
  usage: [
    `setup [HOST...] [--context NAME] [--own-login] [--engine ${MAIN_ENGINES.join('|')}] [--yes | --dry-run] [--timer | --no-timer] [--secrets-in-files]`,
    'setup --undo [HOST...] [--yes | --dry-run]',
  ],
  does: 'link registry hosts to your logins, and let docker and podman ask this helper',
  details: [
    'Without HOST it asks all clusters of your kubeconfig for their registries. It shows which file would change and how, asks before it writes, and then asks each registry whether it works.',
  ],
  words: [
    { name: 'HOST', does: 'a registry host to set up, or to undo', completes: 'host', isRepeatable: true },
  ],
  options: {
    context: {
      value: 'NAME',
      completes: 'context',
      does: 'the login that HOST gets, where several may be meant',
    },
    'own-login': { does: 'HOST gets your login, and no tokens of a service account any more' },
    engine: {
      value: 'NAME',
      completes: MAIN_ENGINES,
      does: 'set up this engine alone (buildah and skopeo go with podman)',
    },
    yes: YES,
    'dry-run': { does: 'show what would change, and change nothing' },
    timer: { does: 'install the hourly renewal too' },
    'no-timer': { does: 'do not ask about the hourly renewal' },
    'secrets-in-files': {
      does: 'keep logins that you type in private files, where there is no keychain',
    },
    undo: { does: 'take back what setup did, for these hosts or all' },
  },
  environment: ['KUBECONFIG', 'DOCKER_CONFIG', 'REGISTRY_AUTH_FILE', 'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG'],
  examples: [
    { run: 'setup', does: 'find the registries of your clusters and set them up' },
    { run: 'setup registry.example.com --context work', does: 'one host, with the login of a context' },
    { run: 'setup --undo', does: 'make all files what they were' },
  ],
  exitStatuses: {
    0: 'the files are as planned, also where a registry could not be reached',
    1: 'an error, or you said no',
  },
} as const satisfies CommandDeclaration;
