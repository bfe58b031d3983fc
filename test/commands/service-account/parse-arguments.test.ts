import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseServiceAccountArguments } from '../../../src/commands/service-account/parse-arguments.ts';
import { runServiceAccount } from '../../../src/commands/service-account/run-service-account.ts';
import { unexpected } from '../../support/identities.ts';

const account = 'robots/puller';
const host = ['--host', 'registry.example.com'];

/** What the command says to a wrong command line: the sentence and the usage. */
async function refused(args: string[]): Promise<string[]> {
  const err: string[] = [];
  const status = await runServiceAccount(args, {
    print: unexpected('print'),
    printError: (line) => err.push(line),
    logIn: unexpected('logIn'),
    machineName: unexpected('machineName'),
    linkHost: unexpected('linkHost'),
  });
  assert.equal(status, 2);
  return err;
}

test('a wrong command line is one sentence and the usage, exit 2, and touches nothing', async () => {
  const cases: [string[], RegExp][] = [
    [[], /create or manifest/],
    [['make', account], /create or manifest/],
    [['create', ...host], /Which service account/],
    [['create', account], /--host HOST/],
    [['create', account, 'more', ...host], /"more" is one argument too many/],
    [['create', 'puller', ...host], /"puller" is no NAMESPACE\/NAME/],
    [['create', 'robots/', ...host], /no NAMESPACE\/NAME/],
    [['create', 'a/b/c', ...host], /no NAMESPACE\/NAME/],
    [['create', 'Robots/puller', ...host], /no NAMESPACE\/NAME/],
    [['create', 'ro.bots/puller', ...host], /no NAMESPACE\/NAME/],
    [['create', `${'r'.repeat(64)}/puller`, ...host], /no NAMESPACE\/NAME/],
    [['create', 'robots/..', ...host], /no NAMESPACE\/NAME/],
    [['create', 'robots/-puller', ...host], /no NAMESPACE\/NAME/],
    [['create', account, '--host', 'a b'], /"a b" is no registry host/],
    [
      ['create', account, ...host, '--role', 'admin'],
      /"admin" is none of the roles system:image-puller, registry-viewer,/,
    ],
    [['create', account, ...host, '--image-namespace', 'O/C'], /"O\/C" is no name of a namespace/],
    [['create', account, ...host, '--image-namespace', ''], /--image-namespace needs a value: NAMESPACE/],
    [['create', account, ...host, '--machine', 'm'], /--machine goes with --self-renew/],
    [['create', account, ...host, '--self-renew', '--machine', 'M_1'], /"M_1" is no machine's name/],
    [['create', account, ...host, '--self-renew=yes'], /--self-renew/],
    [['create', account, ...host, '--context', ''], /--context needs a value: NAME/],
    [['create', account, ...host, '--context'], /--context/],
    [['create', account, ...host, '--group', 'team'], /--group is for `service-account manifest`/],
    [['manifest', account, '--members', 'alice'], /--members goes with --group/],
    [['manifest', account, '--group', 'a/b'], /"a\/b" is no name of a group/],
    [['manifest', account, '--group', 'system:authenticated'], /is no name of a group/],
    [['manifest', account, '--group', 'team', '--members', 'alice,'], /"" is no name of a user/],
    [['manifest', account, '--force'], /There is no option --force/],
  ];
  for (const [args, message] of cases) {
    const err = await refused(args);
    assert.match(err[0] ?? '', message);
    assert.doesNotMatch(err[0] ?? '', /\. ./);
    assert.match(err[1] ?? '', /^Usage: /);
    assert.equal(err.length, 2);
  }
});

test('a token pasted in the wrong place is not repeated', async () => {
  const token = `sha256~${'x'.repeat(43)}`;
  for (const args of [
    ['create', token, ...host],
    ['create', account, '--host', token],
    ['create', account, ...host, `--token=${token}`],
    ['create', account, ...host, `--${token}`],
    ['create', account, ...host, '--role', `eyJ${'x'.repeat(40)}`],
    ['create', account, ...host, token],
    ['manifest', account, '--group', token],
    ['manifest', account, '--group', 'team', '--members', `alice,${token}`],
  ]) {
    assert.doesNotMatch((await refused(args)).join('\n'), /xxx/);
  }
});

test('without options the account may pull from its own namespace', () => {
  assert.deepEqual(parseServiceAccountArguments(['create', account, '--host', 'Registry.example.com:443']), {
    verb: 'create',
    host: 'registry.example.com',
    context: undefined,
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
