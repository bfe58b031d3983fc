import type { CommandDeclaration } from '../declaration.ts';

export const TOKEN = {
  name: 'token',
  usage: ['token HOST'],
  does: "print a registry host's token alone, for tools that read no engine's files",
  details: [
    'What `get` answers, by the same checks, without the user name: OpenShift takes any. Where a login that you typed is answered, that is its password.',
    'Nothing else is on stdout, so that it can go on to another program. At a terminal it is said, on stderr, what that is.',
  ],
  words: [{ name: 'HOST', does: 'the registry host', completes: 'host' }],
  options: {},
  environment: ['KUBECONFIG', 'DOCKER_CREDENTIAL_OPENSHIFT_SERVER', 'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN'],
  examples: [{ run: 'token registry.example.com', does: 'for a script, or for a bot such as Renovate' }],
  exitStatuses: { 0: 'printed', 1: 'the host gets no token: the reason is on stderr' },
} as const satisfies CommandDeclaration;
