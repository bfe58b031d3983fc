import { type CommandDeclaration, YES } from '../declaration.ts';

export const LOGOUT = {
  name: 'logout',
  usage: ['logout HOST... [--revoke] [--yes]'],
  does: 'remove every login of registry hosts, and stay signed out until `login` or `setup HOST`',
  details: [
    'Stored logins go from every file of docker and podman and from the helpers that these name, and what this program keeps goes, too. From then on engines pull from the host anonymously.',
  ],
  words: [{ name: 'HOST', does: 'a registry host to sign out of', completes: 'host', isRepeatable: true }],
  options: {
    revoke: { does: 'end your login on the cluster, too: for `oc` and all that uses it' },
    yes: YES,
  },
  environment: ['KUBECONFIG', 'DOCKER_CONFIG', 'DOCKER_AUTH_CONFIG', 'REGISTRY_AUTH_FILE'],
  examples: [
    { run: 'logout registry.example.com', does: 'sign out here' },
    { run: 'logout registry.example.com --revoke', does: 'and on the cluster' },
  ],
  exitStatuses: { 0: 'signed out', 1: 'something was left, or you said no' },
} as const satisfies CommandDeclaration;
