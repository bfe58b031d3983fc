import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editKubeconfig } from '../../../src/cluster/kubeconfig/edit-kubeconfig.ts';

const replaceAuthority = (text: string, cluster: string, ca: string) =>
  editKubeconfig(text, [{ kind: 'authority', cluster, ca }]);

const CA = '-----BEGIN CERTIFICATE-----';
const DATA = Buffer.from(CA).toString('base64');

function kubeconfig(...fields: readonly string[]): string {
  return [
    'clusters:',
    '# of mine',
    '- name: other',
    '  cluster: {server: https://other.example.com, insecure-skip-tls-verify: true}',
    '- name: here',
    '  cluster:',
    '    server: https://api.example.com:6443',
    ...fields.map((field) => `    ${field}`),
    'users: []',
    '',
  ].join('\n');
}

test('the authority takes the place of whatever verified the cluster before, and nothing else changes', () => {
  const wanted = kubeconfig(`certificate-authority-data: ${DATA}`);
  for (const field of [
    'certificate-authority: ca.crt',
    'insecure-skip-tls-verify: true',
    'certificate-authority-data: b2xk',
  ])
    assert.equal(replaceAuthority(kubeconfig(field), 'here', CA), wanted, field);
  assert.equal(replaceAuthority(kubeconfig(), 'here', CA), wanted);
  assert.equal(replaceAuthority(wanted, 'here', CA), wanted);
});

test('a cluster that is not there, or is no mapping, is left alone', () => {
  assert.equal(replaceAuthority(kubeconfig(), 'elsewhere', CA), undefined);
  assert.equal(replaceAuthority('clusters: [{name: here, cluster: 7}]', 'here', CA), undefined);
});
