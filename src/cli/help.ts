/** What `--help` prints. */
export const HELP = `docker-credential-openshift answers docker, podman, buildah and skopeo with a fresh token of the
OpenShift cluster that owns the registry, or tells them to go on anonymously.

Usage:
  docker-credential-openshift setup HOST... [--context NAME]
      bind registry hosts to a login of your kubeconfig, and let docker and podman ask this helper
  docker-credential-openshift renew [HOST...]
      renew what can be renewed unattended, and say what can't
  docker-credential-openshift renew --install-timer | --remove-timer | --timer-status
      do so every hour
  docker-credential-openshift service-account create|manifest NAMESPACE/NAME --host HOST
      make a robot's account, or print its manifest for an admin
  docker-credential-openshift version
  docker-credential-openshift help

The protocol's verbs, which engines call (the argument comes on stdin):
  get     a registry host; prints a credential
  store   a credential; signs the host in again, if it is your own token
  erase   a registry host; signs it out until the next oc login
  list    prints the hosts that were last answered with a credential

Try: echo registry.example.com | docker-credential-openshift get`;

/** Every word that may follow the program's name. */
export const COMMANDS = [
  'get',
  'store',
  'erase',
  'list',
  'setup',
  'renew',
  'service-account',
  'version',
  'help',
] as const;
