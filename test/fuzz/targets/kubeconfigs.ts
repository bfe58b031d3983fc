import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import {
  editKubeconfig,
  type KubeconfigChange,
  OTHER_PROOFS,
} from '../../../src/cluster/kubeconfig/edit-kubeconfig.ts';
import { loginEntries } from '../../../src/cluster/kubeconfig/login-entries.ts';
import { mergeLoginFiles } from '../../../src/cluster/kubeconfig/merge-kubeconfigs.ts';
import { parseKubeconfig } from '../../../src/cluster/kubeconfig/parse-kubeconfig.ts';
import { readIdentities } from '../../../src/cluster/kubeconfig/read-identities.ts';
import { readPlainYaml } from '../../../src/cluster/kubeconfig/read-plain-yaml.ts';
import { isTooIntricate } from '../../../src/hosts/intricate-yaml.ts';
import { AppError, describeError, inOneLine } from '../../../src/hosts/reason.ts';
import { PASSWORD, plain, readOrRefused, type Target, TOKEN, tellsNoSecret } from '../target.ts';

const NEW = `sha256~${'New-_'.repeat(8)}end`;
const SERVER = 'https://api.a.example.com:6443';

const written = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTg==
    server: ${SERVER}
  name: api-a-example-com:6443
contexts:
- context:
    cluster: api-a-example-com:6443
    namespace: default
    user: alice/api-a-example-com:6443
  name: default/api-a-example-com:6443/alice
current-context: default/api-a-example-com:6443/alice
kind: Config
preferences: {}
users:
- name: alice/api-a-example-com:6443
  user:
    token: ${TOKEN}
`;
const odd = `# by hand
clusters: &c
  - name: a
    cluster: {server: "${SERVER}", 'insecure-skip-tls-verify': true} # here
  - {name: b, cluster: {server: https://b.example.com, proxy-url: 'socks5://p:1080', tls-server-name: b}}
users:
  - name: alice
    user: &u
      username: alice
      password: ${PASSWORD}
  - name: bob
    user:
      <<: *u
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: ./kubelogin
        args: [get-token, --oidc-issuer-url, "https://idp.example.com"]
        env: [{name: A, value: "1"}]
  - name: carol
    user: {client-certificate: c.crt, client-key-data: a2V5, auth-provider: {name: oidc}}
  - {name: dave, user: {tokenFile: t, token: "x y"}}
contexts:
  - {name: one, context: {cluster: a, user: alice}}
  - {name: two, context: {cluster: b, user: bob, namespace: |-
      ns
    }}
  - name: three
    context: {cluster: a, user: dave}
current-context: one
`;
const json = JSON.stringify({
  clusters: [{ name: 'a', cluster: { server: SERVER } }],
  users: [
    { name: 'alice', user: { token: TOKEN, extensions: [{ name: 'x', extension: { id: 1, share: 0.1 } }] } },
  ],
  contexts: [{ name: 'one', context: { cluster: 'a', user: 'alice' } }],
  'current-context': 'one',
});
const SEEDS = [
  written,
  written.replaceAll('\n', '\r\n'),
  odd,
  json,
  JSON.stringify(JSON.parse(json), null, 2),
  '',
];
const WORDS = [
  ...[
    'clusters:',
    'users:',
    'contexts:',
    'current-context: ',
    '- name: alice\n  user:\n    token: old\n',
    'token: ',
  ],
  ...[
    'name: ',
    'server: ',
    'user: ',
    'exec:',
    'alice',
    'one',
    '    ',
    '\n- ',
    '\n  ',
    '|\n',
    '>-\n',
    '? ',
    '!!binary ',
  ],
  ...[
    '!!str ',
    '!t ',
    '&x ',
    '*x',
    '*u',
    '<<: ',
    '[*u, *u]',
    '#c',
    '%YAML 1.1\n---\n',
    '---\n',
    '...\n',
    '~',
    '0o7',
  ],
  ...[
    '2001-01-01',
    '1:20',
    'yes',
    'no',
    '.inf',
    '"\\x41"',
    "'it''s'",
    '{a: b}',
    '[a, b]',
    ' : ',
    '\\\n',
    'password: ',
  ],
];

/** Every file that the identities read is absent: what they name is read at no place. */
const noFiles = {
  exists: () => false,
  env: {},
};

const parse: Target = {
  name: 'kubeconfig',
  isSlow: true,
  seeds: SEEDS,
  words: WORDS,
  async run(text) {
    const parsed = parseKubeconfig(text);
    if ('fault' in parsed) tellsNoSecret(parsed.fault, text);
    const quick = readPlainYaml(text);
    if (quick !== undefined && !isTooIntricate(text)) {
      const document = parseDocument(text, {
        merge: true,
        uniqueKeys: false,
        logLevel: 'silent',
        prettyErrors: false,
      });
      assert.deepEqual([document.errors, plain(document.toJS())], [[], plain(quick)]);
    }
    const { identities, connectionOf } = await readIdentities({
      ...noFiles,
      kubeconfigPaths: ['/k/config', '/k/second'],
      readRegularFile: async (path) =>
        path === '/k/config' ? text : path === '/k/second' ? written : undefined,
    });
    for (const problem of identities.problems) tellsNoSecret(inOneLine([{ code: 'x', why: problem }]), text);
    for (const identity of identities.all) {
      if (identity.source.kind === 'none') tellsNoSecret(inOneLine([identity.source.reason]), text);
      try {
        await connectionOf(identity);
      } catch (error) {
        // A CA or a key that is not there.
        if (!(error instanceof AppError)) throw error;
        tellsNoSecret(describeError(error), text);
      }
    }
  },
};

interface Content {
  [name: string]: unknown;
  users?: { name?: string; user?: Record<string, unknown> }[];
}

/** Numbers as they are, whatever a double makes of them. */
function exact(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each) =>
      typeof each === 'bigint' || (typeof each === 'number' && !Number.isFinite(each))
        ? `${each} (number)`
        : each,
    ),
  );
}

/** What a text means to the library alone. @returns undefined: it is broken, or more than JSON can say */
function meaning(text: string): Content | undefined {
  try {
    const document = parseDocument(text.replace(/^\ufeff/, ''), {
      merge: true,
      uniqueKeys: false,
      logLevel: 'silent',
      prettyErrors: false,
      intAsBigInt: true,
    });
    if (document.errors.length > 0) return undefined;
    return exact(document.toJS({ maxAliasCount: 100 }) ?? {}) as Content;
  } catch {
    // Aliases that lead nowhere, or to what they stand in.
    return undefined;
  }
}

const edit: Target = {
  name: 'kubeconfig-edit',
  isSlow: true,
  seeds: SEEDS,
  words: WORDS,
  run(text, random) {
    const change = random.pick<KubeconfigChange>([
      { kind: 'token', user: random.pick(['alice', 'bob', 'alice/api-a-example-com:6443']), token: NEW },
      { kind: 'current-context', name: 'new' },
      { kind: 'entry', list: 'users', name: 'new', fields: { token: NEW } },
      {
        kind: 'entry',
        list: 'contexts',
        name: 'new',
        fields: { cluster: 'a', namespace: 'no', user: 'new' },
      },
      { kind: 'authority', cluster: 'a', ca: 'PEM' },
    ]);
    const after = editKubeconfig(text, [change]);
    if (after === undefined) return;
    const [wanted, now] = [meaning(text), meaning(after)];
    if (wanted === undefined || now === undefined) return assert.equal(now, wanted, 'broken by the edit');
    if (isDeepStrictEqual(wanted, {}) || isEmptyText(text)) return;
    if (change.kind === 'token') {
      const entry = wanted.users?.find(({ name }) => name === change.user);
      assert.ok(entry !== undefined);
      entry.user = { ...entry.user, token: NEW };
      for (const proof of OTHER_PROOFS) delete entry.user[proof];
      assert.deepEqual(now, wanted);
    } else if (change.kind === 'current-context') {
      assert.deepEqual(now, { ...wanted, 'current-context': 'new' });
    } else if (change.kind === 'entry') {
      const list = now[change.list] as unknown[];
      const key = change.list === 'users' ? 'user' : 'context';
      assert.deepEqual(list.pop(), { name: 'new', [key]: change.fields });
      assert.deepEqual(
        { ...now, [change.list]: list },
        { ...wanted, [change.list]: wanted[change.list] ?? [] },
      );
    }
    assert.equal(editKubeconfig(after, change.kind === 'entry' ? [] : [change]), after);
  },
};

function isEmptyText(text: string): boolean {
  return text.split('\n').every((line) => line.trim() === '' || line.trimStart().startsWith('#'));
}

/** Where a login would be written to. */
const place: Target = {
  name: 'login-entries',
  isSlow: true,
  seeds: SEEDS,
  words: WORDS,
  run(text, random) {
    const files = [
      { path: '/k/one', text },
      { path: '/k/two', text: random.pick([null, written, odd]) },
    ];
    const config = readOrRefused(text, () => mergeLoginFiles(files));
    if (config === undefined) return;
    const user = random.pick(['alice', 'kube:admin']);
    const target = {
      server: SERVER,
      user,
      context: random.pick([undefined, 'one', 'three']),
      namespace: 'default',
    };
    const entries = loginEntries(target, config);
    const server = config.clusters.get(entries.cluster)?.fields.server;
    // A token is not to go to another cluster than it is of.
    if (server !== undefined) assert.equal(config.serverOf(entries.context) ?? SERVER, SERVER);
    for (const [name, { fields }] of config.contexts) {
      if (fields.user !== entries.user) continue;
      assert.equal(config.serverOf(name) ?? SERVER, SERVER, `${name} would send it elsewhere`);
    }
    for (const proof of OTHER_PROOFS) assert.equal(config.users.get(entries.user)?.fields[proof], undefined);
  },
};

/** What is read of kubeconfigs, and written to them. */
export const kubeconfigTargets: readonly Target[] = [parse, edit, place];
