import { MAIN_ENGINES } from '../../engines/engines.ts';
import { type CommandDeclaration, YES } from '../declaration.ts';

export const DOCTOR = {
  name: 'doctor',
  usage: [
    `doctor [HOST | IMAGE | CONSOLE-URL] [--engine ${MAIN_ENGINES.join('|')}] [--fix [--yes] | --authority] [--verbose | --json | --bundle FILE]`,
  ],
  does: 'explain why a pull works or does not, and fix what can be fixed',
  details: [
    'Without an argument it looks at every host that is linked to a cluster. For a host or an image it also tells which login docker and podman use; with --verbose, step by step.',
  ],
  words: [
    {
      name: 'HOST | IMAGE | CONSOLE-URL',
      does: 'a registry host, an image, or the address of a web console',
      completes: 'host',
    },
  ],
  options: {
    engine: {
      value: 'NAME',
      completes: MAIN_ENGINES,
      isRepeatable: true,
      does: 'look at docker, or at podman and its family, alone',
    },
    fix: { does: 'fix what can be fixed: show what it is going to do, and ask' },
    yes: YES,
    authority: {
      does: "print the authority that HOST's certificate is verified by, for an engine's certs.d, and nothing else",
    },
    verbose: { does: 'show all that was looked at, and how each engine comes by a login, step by step' },
    json: { does: 'print the findings as JSON' },
    bundle: {
      value: 'FILE',
      completes: 'file',
      does: 'write a report for a bug tracker, without secrets and user names',
    },
  },
  environment: ['KUBECONFIG', 'DOCKER_CONFIG', 'REGISTRY_AUTH_FILE', 'HTTPS_PROXY', 'SSL_CERT_FILE'],
  examples: [
    { run: 'doctor', does: 'all hosts' },
    { run: 'doctor registry.example.com/shop/cart:latest', does: 'why one image can be pulled, or not' },
    { run: 'doctor --fix', does: 'fix what can be fixed' },
  ],
  exitStatuses: { 0: 'all is well', 1: 'something needs to be fixed' },
} as const satisfies CommandDeclaration;
