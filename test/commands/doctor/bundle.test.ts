import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleText, redactNames, variablesIn } from '../../../src/commands/doctor/bundle.ts';

test("users' names are replaced wherever they stand, the same by the same, and nobody's are left", () => {
  const names = [
    'alice',
    'alice/api-example-com:6443',
    'team/api-example-com:6443/alice',
    'bob.b',
    'root',
    'kubeadmin',
  ];
  assert.equal(
    redactNames('alice, /home/al/x, bob.b and malice as root; alice/api-example-com:6443', names, '/home/al'),
    'user-1, ~/x, user-2 and malice as root; user-1/api-example-com:6443',
  );
  assert.equal(redactNames('/root/a and a.b', ['a.c'], '/'), '/root/a and a.b');
  assert.equal(
    redactNames('C:\\Users\\al\\x, "C:\\\\Users\\\\al\\\\x"', [], 'C:\\Users\\al'),
    '~\\x, "~\\\\x"',
  );
});

test('the report holds the findings and files, and no token, whoever let it in', () => {
  const secret = 'sha256~SECRETSECRET';
  const text = bundleText(
    {
      subject: { kind: 'all' },
      findings: [
        {
          check: 'x',
          status: 'problem',
          code: 'y',
          why: `alice has ${secret} at https://u:hu/sh@2@proxy.example.com/`,
        },
      ],
      lookups: [],
      fixed: [],
    },
    {
      versions: [['program', 'v1']],
      variables: [['PATH', '/home/alice/bin']],
      files: [
        { path: '/home/alice/.docker/config.json', text: '{"auths":{"r.example.com":{"auth":"…"}}}\n````' },
      ],
      userNames: ['alice'],
      home: '/home/alice',
      log: [`{"event":"resolved","user":"alice/api","context":"${secret}"}`],
    },
  );
  assert.doesNotMatch(text, /SECRET|hu\/sh|sh@2|alice/);
  for (const part of [
    'program: v1',
    'PATH: ~/bin',
    '### ~/.docker/config.json',
    'r.example.com',
    '{"event":"resolved","user":"user-1/api","context":"***"}',
    'user-1 has *** at https://***@proxy.example.com/',
  ]) {
    assert.ok(text.includes(part), part);
  }
  // A file can't end the block it is in.
  assert.equal(text.match(/^````$/gm)?.length, 10);
});

test('of variables that may hold a secret or a name it is told that they are set, of others what they say', () => {
  const env = {
    PATH: '/bin',
    KUBECONFIG: '/k',
    HTTPS_PROXY: 'http://u:p@proxy',
    DOCKER_CREDENTIAL_OPENSHIFT_TOKEN: 'sha256~x',
    DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT: 'ns/api/alice',
    OTHER_TOKEN: 'x',
    DOCKER_CONFIG: '',
  };
  assert.deepEqual(
    new Map(variablesIn(env)),
    new Map([
      ['DOCKER_CREDENTIAL_OPENSHIFT_TOKEN', '(set)'],
      ['DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT', '(set)'],
      ['HTTPS_PROXY', '(set)'],
      ['KUBECONFIG', '/k'],
      ['PATH', '/bin'],
    ]),
  );
});
