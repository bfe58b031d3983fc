import type { CommandDeclaration } from '../declaration.ts';

export const RENEW = {
  name: 'renew',
  usage: [
    'renew [HOST...] [--all]',
    'renew --background HOST...',
    'renew --install-timer | --remove-timer | --timer-status',
  ],
  does: "renew what can be renewed unattended, and say what can't; or let a timer do so every hour",
  details: [
    'Without HOST it renews all hosts, and removes logins in files of docker and podman that override the helper.',
  ],
  words: [{ name: 'HOST', does: 'a registry host to renew', completes: 'host', isRepeatable: true }],
  options: {
    all: { does: 'all hosts, as without HOST' },
    background: { does: 'renew tokens alone and say nothing, as `get` does behind a pull' },
    'install-timer': { does: 'renew every hour from now on, in the background' },
    'remove-timer': { does: 'stop that' },
    'timer-status': { does: 'say when the timer runs next, and whether it is up to date' },
  },
  environment: ['KUBECONFIG', 'DOCKER_CONFIG', 'REGISTRY_AUTH_FILE'],
  examples: [
    { run: 'renew', does: 'all hosts now' },
    { run: 'renew --install-timer', does: 'all hosts every hour' },
  ],
  exitStatuses: {
    0: 'every host has a good token',
    1: 'a host has none, or the timer is not as it should be',
  },
} as const satisfies CommandDeclaration;
