import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseServiceAccountArguments } from '../../../src/commands/service-account/parse-arguments.ts';
import { run } from './service-account-rig.ts';

const account = 'robots/puller';

test('a wrong command line is one sentence and the usage, exit 2, and touches nothing', async () => {
  for (const [line, message] of [
    ['', /^Say what to do: create, manifest\.$/],
    ['make robots/puller', /^"make" is not one of its actions\. Choose one of create, manifest\.$/],
    ['create', /Which service account/],
    ['create robots/puller', /--host HOST/],
    ['create robots/puller more --host r.io', /"more" is one argument too many/],
    ['create puller', /"puller" is no NAMESPACE\/NAME/],
    ...['robots/', 'a/b/c', 'Robots/puller', 'ro.bots/puller', `${'r'.repeat(64)}/p`, 'r/..', 'r/-p'].map(
      (name) => [`create ${name} --host r.io`, /no NAMESPACE\/NAME/] as const,
    ),
    ['create robots/puller --host a|b', /"a\|b" is not a registry host/],
    [
      'create robots/puller --role admin',
      /"admin" is not a role. Choose one of system:image-puller, registry-viewer,/,
    ],
    ['create robots/puller --image-namespace O/C', /"O\/C" is no name of a namespace/],
    ['create robots/puller --image-namespace=', /--image-namespace needs a value: NAMESPACE/],
    ['create robots/puller --machine m', /--machine goes with --self-renew/],
    ['create robots/puller --self-renew --machine M_1', /"M_1" is no machine's name/],
    ['create robots/puller --host r.io --group team', /--group is for `service-account manifest`/],
    ['manifest robots/puller --members alice', /--members goes with --group/],
    ['manifest robots/puller --group a/b', /"a\/b" is no name of a group/],
    ['manifest robots/puller --group system:authenticated', /is no name of a group/],
    ['manifest robots/puller --group team --members alice,', /"" is no name of a user/],
    ['manifest robots/puller --force', /There is no option --force/],
  ] as const) {
    const { status, out, err } = await run(line);
    assert.deepEqual([status, out, err.length], [2, [], 2], line);
    assert.match(err[0] ?? '', message);
    assert.match(err[1] ?? '', /^Usage: /);
  }
});

test('a token pasted in the wrong place is not repeated', async () => {
  const token = `sha256~${'x'.repeat(43)}`;
  for (const line of [
    `create ${token} --host r.io`,
    `create robots/puller --host ${token}`,
    `create robots/puller --host r.io --token=${token}`,
    `create robots/puller --host r.io --${token}`,
    `create robots/puller --host r.io --role eyJ${'x'.repeat(40)}`,
    `create robots/puller --host r.io ${token}`,
    `manifest robots/puller --group ${token}`,
    `manifest robots/puller --group team --members alice,${token}`,
  ]) {
    const { status, err } = await run(line);
    assert.deepEqual([status, /xxx/.test(err.join('\n'))], [2, false]);
  }
});

test('without options the account may pull from its own namespace', () => {
  assert.deepEqual(parseServiceAccountArguments(['create', account, '--host', 'Registry.example.com:443']), {
    verb: 'create',
    host: 'registry.example.com',
    context: undefined,
    isApplied: false,
    options: {
      namespace: 'robots',
      name: 'puller',
      role: 'system:image-puller',
      imageNamespaces: ['robots'],
      selfRenew: false,
      machines: [],
    },
  });
});

test('the group is administered as OpenShift CI asks for if the host is of app.ci, else as an admin', () => {
  const style = (...args: string[]) => {
    const parsed = parseServiceAccountArguments(['manifest', account, '--group', 'team', ...args]);
    assert.ok(typeof parsed === 'object', String(parsed));
    return parsed.options.admins?.style;
  };
  assert.equal(style(), 'namespace-admin');
  assert.equal(style('--host', 'registry.example.com'), 'namespace-admin');
  assert.equal(style('--host', 'registry.build01.ci.openshift.org'), 'namespace-admin');
  assert.equal(style('--host', 'registry.ci.openshift.org'), 'openshift-ci');
  assert.equal(style('--host', 'quay-proxy.ci.openshift.org'), 'openshift-ci');
});
