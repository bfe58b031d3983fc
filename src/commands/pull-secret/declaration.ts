import type { CommandDeclaration } from '../declaration.ts';

export const PULL_SECRET = {
  name: 'pull-secret',
  usage: [
    'pull-secret manifest NAMESPACE/SECRET --host HOST --service-account NAMESPACE/NAME [--image-namespace NAMESPACE]... [--existing] [--image IMAGE] [--schedule CRON]',
    'pull-secret refresh NAMESPACE/SECRET --host HOST --service-account NAMESPACE/NAME [--context NAME] [--registry-context NAME] [--pod-directory DIRECTORY]',
  ],
  does: "keep the token in a cluster's pull secret fresh",
  details: [
    '`manifest` asks no cluster: it prints a CronJob that refreshes the Secret every hour, and the least rights that it needs, as YAML for `oc apply -f -`. `refresh` is what that runs; it can be run anywhere else.',
    '`refresh` changes the Secret in place. It leaves a token alone for half of its life, writes a new one only once the registry has accepted it, and takes out one that has ended, so that public images are pulled again. Other logins in the Secret stay as they are.',
  ],
  words: [
    { name: 'manifest | refresh', does: 'what to do', completes: ['manifest', 'refresh'] },
    { name: 'NAMESPACE/SECRET', does: 'the pull secret' },
  ],
  options: {
    host: { value: 'HOST', completes: 'host', does: 'the registry whose login it holds' },
    'service-account': { value: 'NAMESPACE/NAME', does: 'whose tokens those are' },
    'image-namespace': {
      value: 'NAMESPACE',
      isRepeatable: true,
      does: 'with manifest: make the service account, too, and let it pull from here',
    },
    existing: { does: 'with manifest: the Secret is there; applied again it would be emptied' },
    image: { value: 'IMAGE', does: 'with manifest: the image to run, with this program at /usr/local/bin' },
    schedule: { value: 'CRON', does: 'with manifest: when to run; hourly without it' },
    context: {
      value: 'NAME',
      completes: 'context',
      does: "with refresh: whose login changes the Secret; without it the pod's own, else the current one",
    },
    'registry-context': {
      value: 'NAME',
      completes: 'context',
      does: "with refresh: whose login mints, where the registry is another cluster's",
    },
    'pod-directory': {
      value: 'DIRECTORY',
      completes: 'file',
      does: "with refresh: where the pod's token and ca.crt lie, if not where the kubelet puts them",
    },
  },
  environment: ['KUBECONFIG', 'HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_FILE'],
  examples: [
    {
      run: 'pull-secret manifest shop/pull --host registry.example.com --service-account shop/puller --image-namespace base',
      does: 'what an admin of the namespace applies',
    },
  ],
  exitStatuses: {
    0: 'printed; or the login in the Secret is good',
    1: 'an error, or no new token could be had though one is due',
  },
} as const satisfies CommandDeclaration;
