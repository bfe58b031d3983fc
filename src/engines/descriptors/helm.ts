import type { EngineDescriptor } from '../rules.ts';
import { docker } from './docker.ts';

const [docker29] = docker.rules;

/**
 * helm, whose charts lie in registries, too. It keeps the logins of `helm registry login` in a file of its own, in the form
 * of docker's config, and goes on to docker's config where that has none (helm.sh/helm, pkg/registry; oras-go,
 * registry/remote/credentials). Without a credsStore in it, helm asks the platform's own helper first, if that is installed.
 */
export const helm: EngineDescriptor = {
  program: 'helm',
  family: 'helm',
  ifInstalled: true,
  logsOutBy: 'helm registry logout',
  rules: [
    {
      ...docker29,
      since: [3, 13],
      source: 'seen with 4.3.2; helm.sh/helm, pkg/registry',
      authFiles: [
        {
          kind: 'client',
          places: [
            '$HELM_REGISTRY_CONFIG',
            '$HELM_CONFIG_HOME/registry/config.json',
            '$CONFIG_HOME/helm/registry/config.json',
          ],
          on: 'linux',
        },
        {
          kind: 'client',
          places: [
            '$HELM_REGISTRY_CONFIG',
            '$HELM_CONFIG_HOME/registry/config.json',
            '$HOME/Library/Preferences/helm/registry/config.json',
          ],
          on: 'others',
        },
        ...docker29.authFiles,
      ],
      // Not seen; the worst is assumed.
      brokenEntry: 'fails',
      brokenFile: 'fails',
      emptyFile: 'fails',
      helperMissing: 'fails',
      helperFails: 'fails',
      certificates: [],
    },
  ],
};
