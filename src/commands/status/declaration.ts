import type { CommandDeclaration } from '../declaration.ts';

export const STATUS = {
  name: 'status',
  usage: ['status [HOST...] [--check] [--json]'],
  does: 'show whose login each registry host gets, how long it lasts, and what is wrong',
  details: ['It asks no cluster, but with --check.'],
  words: [
    { name: 'HOST', does: 'a registry host to show; all without one', completes: 'host', isRepeatable: true },
  ],
  options: {
    check: { does: 'renew or check each host first' },
    json: { does: 'print JSON, as docs/status-logout.md describes it' },
  },
  environment: ['KUBECONFIG', 'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG', 'NO_COLOR'],
  examples: [
    { run: 'status', does: 'all hosts' },
    { run: 'status --check', does: 'ask the clusters first' },
    { run: 'status --json', does: 'for a script' },
  ],
  exitStatuses: {
    0: 'shown; with --check: every host has a good token, or is signed out or anonymous as you wanted',
    1: 'with --check: a host has no good token, or the config is broken',
  },
} as const satisfies CommandDeclaration;
