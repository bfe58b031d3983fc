import type { CommandDeclaration } from '../declaration.ts';

/** What a service account may do with the images of a namespace; all are ClusterRoles of OpenShift. */
export const IMAGE_ROLES = ['system:image-puller', 'registry-viewer', 'registry-editor'] as const;

export const SERVICE_ACCOUNT = {
  name: 'service-account',
  usage: [
    'service-account create NAMESPACE/NAME --host HOST [--role ROLE] [--image-namespace NAMESPACE]... [--self-renew [--machine NAME]...] [--context NAME] [--applied]',
    'service-account manifest NAMESPACE/NAME [the same options] [--group NAME [--members USER,USER...]]',
  ],
  does: "make a robot's account, or print its manifest for an admin",
  details: [
    '`create` makes what is missing on the cluster with your own login, and links HOST to the account, if nothing is missing any more. `setup HOST --own-login` gives HOST your own login again. `manifest` asks no cluster: it prints what `create` would make, as YAML.',
  ],
  words: [
    { name: 'create | manifest', does: 'what to do', completes: ['create', 'manifest'] },
    { name: 'NAMESPACE/NAME', does: 'the service account; its namespace must exist' },
  ],
  options: {
    host: { value: 'HOST', completes: 'host', does: 'the registry that gets its tokens' },
    role: {
      value: 'ROLE',
      completes: IMAGE_ROLES,
      does: 'system:image-puller (pull; the default), registry-viewer (and list), registry-editor (and push)',
    },
    'image-namespace': {
      value: 'NAMESPACE',
      isRepeatable: true,
      does: 'where its images are; its own namespace without it',
    },
    'self-renew': { does: "it mints its own tokens, and needs nobody's login after the first" },
    machine: {
      value: 'NAME',
      isRepeatable: true,
      does: 'with --self-renew: a machine that can be revoked by itself; this one without it',
    },
    context: {
      value: 'NAME',
      completes: 'context',
      does: 'whose login makes the objects; the one linked to HOST without it',
    },
    applied: { does: 'an admin has applied the manifest: link HOST, though you may not see all of it' },
    group: { value: 'NAME', does: 'with manifest: the group that looks after the account' },
    members: {
      value: 'USER,USER',
      isRepeatable: true,
      does: 'with --group: the users of a group to be made',
    },
  },
  environment: ['KUBECONFIG', 'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG'],
  examples: [
    {
      run: 'service-account create robots/puller --host registry.example.com --image-namespace shop --self-renew',
      does: 'a robot that pulls the images of the namespace shop',
    },
  ],
  exitStatuses: { 0: 'made, or printed', 1: 'an error, or an admin has to apply something first' },
} as const satisfies CommandDeclaration;
