import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { hourlySchedule, refresherName } from '../../../src/cluster/pull-secret-objects.ts';
import type { KubernetesObject } from '../../../src/cluster/service-account-objects.ts';
import { runPullSecret } from '../../../src/commands/pull-secret/run-pull-secret.ts';
import { unexpected } from '../../support/identities.ts';

const TARGET = ['shop/pull', '--host', 'registry.example.com', '--service-account', 'shop/puller'];

/** Runs the command; nothing of the world is asked. */
async function run(...words: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runPullSecret(words, 'registry.example.com/refresher:1', unexpected('open'), {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    nowMs: unexpected('nowMs'),
    wait: unexpected('wait'),
    random: unexpected('random'),
  });
  return { status, out: out.join('\n'), err };
}

async function manifest(...words: string[]): Promise<KubernetesObject[]> {
  const { status, out, err } = await run('manifest', ...words);
  assert.deepEqual([status, err], [0, []]);
  return parseAllDocuments(out).map((document) => document.toJS() as KubernetesObject);
}

const named = (objects: readonly KubernetesObject[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);

test('the objects come in the order in which they can be applied, the same each time, each with what it is for', async () => {
  const objects = await manifest(...TARGET);
  assert.deepEqual(named(objects), [
    'ServiceAccount shop/refresh-pull',
    'Role shop/refresh-pull',
    'RoleBinding shop/refresh-pull',
    'Secret shop/pull',
    'CronJob shop/refresh-pull',
  ]);
  const { out } = await run('manifest', ...TARGET);
  assert.equal(out, (await run('manifest', ...TARGET)).out);
  for (const document of out.split('---\n')) assert.match(document, /^# \S.*\.\napiVersion: /);
});

test('the refresher may get and patch one Secret, mint for one account, and nothing else', async () => {
  const [, role] = await manifest(...TARGET);
  assert.deepEqual(role?.rules, [
    { apiGroups: [''], resources: ['secrets'], resourceNames: ['pull'], verbs: ['get', 'patch'] },
    { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['puller'], verbs: ['create'] },
  ]);
});

test('an account of another namespace is minted for by a Role of its own there, and made with --image-namespace', async () => {
  const words = ['shop/pull', '--host', 'registry.example.com', '--service-account', 'robots/puller'];
  const objects = await manifest(...words, '--image-namespace', 'base', '--image-namespace', 'shop');
  assert.deepEqual(named(objects).slice(0, 3), [
    'ServiceAccount robots/puller',
    'RoleBinding base/docker-credential-openshift.robots.puller',
    'RoleBinding shop/docker-credential-openshift.robots.puller',
  ]);
  const roles = objects.filter(({ kind }) => kind === 'Role');
  assert.deepEqual(
    roles.map(({ metadata, rules }) => [metadata.namespace, rules?.flatMap(({ resources }) => resources)]),
    [
      ['shop', ['secrets']],
      ['robots', ['serviceaccounts/token']],
    ],
  );
  const far = objects.find(({ kind, metadata }) => kind === 'RoleBinding' && metadata.namespace === 'robots');
  assert.deepEqual(far?.subjects, [{ kind: 'ServiceAccount', namespace: 'shop', name: 'refresh-pull' }]);
});

test('the job runs hourly, alone, bounded, without privileges, and on a root that is read-only', async () => {
  const job = (await manifest(...TARGET)).at(-1);
  const spec = job?.spec as Record<string, unknown> & { jobTemplate: { spec: Record<string, unknown> } };
  assert.match(String(spec.schedule), /^[0-5]?\d \* \* \* \*$/);
  assert.deepEqual([spec.concurrencyPolicy, spec.startingDeadlineSeconds], ['Forbid', 1800]);
  assert.deepEqual(
    [spec.jobTemplate.spec.activeDeadlineSeconds, spec.jobTemplate.spec.backoffLimit],
    [600, 2],
  );
  const { spec: pod } = spec.jobTemplate.spec.template as { spec: Record<string, unknown> };
  assert.deepEqual(
    [pod.serviceAccountName, pod.restartPolicy, pod.securityContext, pod.volumes],
    ['refresh-pull', 'Never', { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, undefined],
  );
  const [container] = pod.containers as Record<string, unknown>[];
  assert.deepEqual(container?.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  assert.deepEqual(container?.args, ['pull-secret', 'refresh', ...TARGET]);
  assert.deepEqual(Object.keys(container?.resources as object), ['requests', 'limits']);
});

test('what is asked for by --existing, --image and --schedule is in it', async () => {
  const more = ['--existing', '--image', 'mirror.example.com:5000/a/b:1@sha256:'.concat('0'.repeat(64))];
  const objects = await manifest(...TARGET, ...more, '--schedule', '*/10 6-20 * * MON-FRI');
  assert.ok(!objects.some(({ kind }) => kind === 'Secret'));
  const text = JSON.stringify(objects.at(-1));
  assert.ok(text.includes(`"image":"${more[2]}"`));
  assert.ok(text.includes('"schedule":"*/10 6-20 * * MON-FRI"'));
});

test('schedules are spread over the hour, and names fit a CronJob whatever the Secret is called', () => {
  const minutes = new Set<string>();
  for (let n = 0; n < 600; n += 1) minutes.add(hourlySchedule('shop', `pull-${n}`, 'registry.example.com'));
  assert.equal(minutes.size, 60);
  const long = [`${'a'.repeat(43)}.b`, `${'a'.repeat(42)}.${'b'.repeat(50)}`, 'x'.repeat(253)];
  for (const name of ['pull', 'my.pull-secret', ...long]) {
    const refresher = refresherName(name);
    assert.ok(refresher.length <= 52, refresher);
    assert.match(refresher, /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/);
  }
  assert.equal(new Set(long.map(refresherName)).size, long.length);
});

test("the cluster's global pull secret and public registries are refused with the reason, and nothing is printed", async () => {
  for (const verb of ['manifest', 'refresh']) {
    const global = await run(verb, 'openshift-config/pull-secret', ...TARGET.slice(1));
    assert.deepEqual([global.status, global.out], [1, '']);
    assert.match(
      global.err.join(),
      /the machine-config operator rolls .* \[global-pull-secret\]\. Run: docker-credential-openshift help pull-secret$/,
    );
    const foreign = await run(verb, 'shop/pull', '--host', 'quay.io', '--service-account', 'shop/puller');
    assert.deepEqual([foreign.status, foreign.out], [1, '']);
    assert.match(
      foreign.err.join(),
      /^No token goes to quay\.io: it is a public registry \[not-linked\]\. Run: /,
    );
  }
});

test('a wrong command line is told in one sentence, with the usage', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^Say what to do: manifest, refresh\.$/],
    ['print shop/pull', /^"print" is not one of its actions\. Choose one of manifest, refresh\.$/],
    ['refesh shop/pull', /^"refesh" is not one of its actions\. Did you mean refresh\?$/],
    ['manifest', /^Which Secret\?/],
    ['manifest shop/pull', /^Which registry\?/],
    ['manifest shop/pull --host r.example.com', /^Whose tokens\?/],
    ['manifest pull --host r.example.com', /^"pull" is no NAMESPACE\/SECRET\.$/],
    ['manifest shop/pull --host r.example.com --service-account puller', /^"puller" is no NAMESPACE\/NAME/],
    ['manifest shop/pull --host :: --service-account a/b', /^"::" is not a registry host\.$/],
    [
      'refresh shop/pull --host r.example.com --service-account a/b --existing',
      /^--existing goes with `pull-secret manifest`\.$/,
    ],
    [
      'manifest shop/pull --host r.example.com --service-account a/b --context x',
      /^--context goes with `pull-secret refresh`\.$/,
    ],
    [
      'manifest shop/pull --host r.example.com --service-account a/b --schedule hourly',
      /no schedule of cron/,
    ],
    ['manifest shop/pull --host r.example.com --service-account a/b --image a$b', /is not an image\.$/],
    [
      'manifest shop/pull --host r.example.com --service-account a/b --image-namespace A',
      /no name of a namespace/,
    ],
    ['manifest shop/pull more', /^"more" is one argument too many\.$/],
  ];
  for (const [line, problem] of cases) {
    const { status, out, err } = await run(...line.split(' ').filter((word) => word !== ''));
    assert.deepEqual([status, out], [2, ''], line);
    assert.match(err[0] ?? '', problem, line);
    assert.match(err[1] ?? '', /^Usage: /, line);
  }
});
