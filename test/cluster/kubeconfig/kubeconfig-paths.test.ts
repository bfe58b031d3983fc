import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import { test } from 'node:test';
import { kubeconfigPaths } from '../../../src/cluster/kubeconfig/parse-kubeconfig.ts';

const paths = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
  kubeconfigPaths({ platform, env });

test('KUBECONFIG lists the files, each once, empty entries left out', () => {
  const KUBECONFIG = ['/a', '', 'b', '/a', '/c'].join(delimiter);
  assert.deepEqual(paths({ KUBECONFIG, HOME: '/h' }), ['/a', 'b', '/c']);
});

test('without it, or with nothing in it, it is the one in the home directory', () => {
  assert.deepEqual(paths({ HOME: '/h' }), ['/h/.kube/config']);
  for (const KUBECONFIG of ['', delimiter]) {
    assert.deepEqual(paths({ HOME: '/h', KUBECONFIG }), ['/h/.kube/config']);
  }
});

test('without a home there is none', () => {
  assert.deepEqual(paths({}), []);
  assert.deepEqual(paths({ HOME: '' }), []);
});

test('on Windows the home may be the user profile', () => {
  assert.deepEqual(paths({ USERPROFILE: '/profile' }, 'win32'), ['/profile/.kube/config']);
  assert.deepEqual(paths({ USERPROFILE: '/profile' }), []);
});
