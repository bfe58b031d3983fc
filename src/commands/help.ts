import { COMMANDS } from './commands.ts';

/** @returns what `help` prints: every command, and the protocol's verbs */
export function help(): string {
  const commands = Object.values(COMMANDS).map(({ usage, does }) => {
    const ways = usage.map((way) => `  docker-credential-openshift ${way.split('\n', 1)[0]}`);
    return [...ways, `      ${does}`].join('\n');
  });
  return `docker-credential-openshift answers docker, podman, buildah and skopeo with a fresh token of the
OpenShift cluster that owns the registry, or tells them to go on anonymously.

Usage:
${commands.join('\n')}
  docker-credential-openshift COMMAND --help
      say more of a command
  docker-credential-openshift version

The protocol's verbs, which engines call (the argument comes on stdin):
  get     a registry host; prints a credential
  store   a credential; keeps it in your keychain, or signs the host in again, if it is your own token
  erase   a registry host; signs it out until the next login
  list    prints the hosts that there is a credential for

Try: echo registry.example.com | docker-credential-openshift get`;
}
