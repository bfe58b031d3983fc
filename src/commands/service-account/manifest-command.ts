import type { ServiceAccountOptions } from './service-account-objects.ts';

/** @returns the command line that prints the manifest of these options and applies it; every name is fit for a shell */
export function manifestCommand(options: ServiceAccountOptions, host: string): string {
  const { namespace, name, role, imageNamespaces, selfRenew, machines } = options;
  const words = [
    `docker-credential-openshift service-account manifest ${namespace}/${name} --host ${host} --role ${role}`,
    ...imageNamespaces.map((images) => `--image-namespace ${images}`),
    ...(selfRenew ? ['--self-renew'] : []),
    ...machines.map((machine) => `--machine ${machine}`),
  ];
  return `${words.join(' ')} | oc apply -f -`;
}
