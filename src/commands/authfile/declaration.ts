import type { CommandDeclaration } from '../declaration.ts';

export const AUTHFILE = {
  name: 'authfile',
  usage: ['authfile --to FILE HOST... [--service-account NAMESPACE/NAME] [--context NAME]'],
  does: 'write fresh tokens into an auth file of its own, for tools that know no helpers',
  details: [
    'For kaniko, builds in containers, or pull secrets: oc create secret generic NAME --from-file=.dockerconfigjson=FILE --type=kubernetes.io/dockerconfigjson.',
    'Each token was accepted by its registry a moment before. The file says nothing of their ends, so write it anew in time. Whatever else is in the file stays, HOST/NAMESPACE too, but for other spellings of a whole HOST (https://HOST/v1/). All hosts get a token, or none.',
  ],
  words: [{ name: 'HOST', does: 'a registry host that gets a token', completes: 'host', isRepeatable: true }],
  options: {
    to: { value: 'FILE', completes: 'file', does: 'the file to write; its mode becomes 0600' },
    'service-account': {
      value: 'NAMESPACE/NAME',
      does: 'tokens of this account, instead of your own login',
    },
    context: {
      value: 'NAME',
      completes: 'context',
      does: 'the context whose cluster and user are asked',
    },
  },
  environment: ['KUBECONFIG', 'DOCKER_CREDENTIAL_OPENSHIFT_SERVER', 'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN'],
  examples: [
    {
      run: 'authfile --to /kaniko/.docker/config.json registry.example.com',
      does: 'for a build that cannot run helpers',
    },
  ],
  exitStatuses: { 0: 'written', 1: 'nothing was written' },
} as const satisfies CommandDeclaration;
