import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import {
  type ServiceAccountOptions,
  serviceAccountObjects,
} from '../../../src/cluster/service-account-objects.ts';
import { manifestYaml } from '../../../src/commands/service-account/run-service-account.ts';

const options = (name: string): ServiceAccountOptions => ({
  namespace: name,
  name,
  role: 'registry-viewer',
  imageNamespaces: [name],
  selfRenew: true,
  machines: [name],
  admins: { group: name, members: [name], style: 'openshift-ci' },
});

test('names that look like numbers or truths are still names to readers of YAML 1.1 and 1.2', () => {
  for (const name of [
    '1e3',
    '0x1f',
    '0o17',
    '123',
    'yes',
    'no',
    'on',
    'off',
    'y',
    'n',
    'null',
    'true',
    '1.5',
  ]) {
    const objects = serviceAccountObjects(options(name));
    for (const version of ['1.1', '1.2'] as const) {
      const documents = parseAllDocuments(manifestYaml(objects), { version });
      assert.deepEqual(
        documents.map((document) => document.toJS()),
        objects,
        `${name} in ${version}`,
      );
    }
  }
});

test('every object comes with a comment that says what it is for', () => {
  const yaml = manifestYaml(serviceAccountObjects(options('robots')));
  const starts = yaml.split('---\n').map((document) => document.split('\n')[0]);
  assert.deepEqual(starts, [
    '# Where the service account lives.',
    '# The robot whose tokens the registry is shown.',
    '# Gives ServiceAccount robots/robots the ClusterRole registry-viewer in namespace robots.',
    '# Empty. Tokens tied to it end when it is deleted.',
    '# Allows create serviceaccounts/token of robots, and get secrets of docker-credential-openshift-robots.',
    '# Gives ServiceAccount robots/robots the Role docker-credential-openshift-token.robots in namespace robots.',
    '# Its members: robots.',
    '# Gives Group robots the ClusterRole view in namespace robots.',
    '# Gives Group robots the ClusterRole pull-secret-namespace-manager in namespace robots.',
  ]);
});
