import assert from 'node:assert/strict';
import { parseDocument } from 'yaml';
import { describeProblem } from '../../../src/config/config.ts';
import {
  bindRegistry,
  entryAsWritten,
  keepSecretsInFiles,
  saysTheSame,
  withEntryAsWritten,
} from '../../../src/config/edit-config.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { environmentSettings } from '../../../src/hosts/environment-settings.ts';
import { oneLine } from '../../../src/hosts/reason.ts';
import { normaliseRegistryHost } from '../../../src/registry/registry-host.ts';
import { plain, readOrRefused, type Target, TOKEN, tellsNoSecret } from '../target.ts';

const HOST = 'registry.example.com';
const SEEDS = [
  `# which login each registry gets
registries:
  ${HOST}: # ours
    server: https://api.a.example.com:6443
    user: alice
  other.example.com:5000: {anonymous: true}
  "third.example.com":
    context: 'default/api-b/bob'
    tokenFile: /run/token
secrets: file
`,
  `registries:
  ${HOST}:
    server: &s https://api.a.example.com:6443
    serviceAccount: ns/puller
    tokenLifetime: 12h
    selfRenew: true
  b.example.com: {server: *s, user: kube:admin}
`,
  JSON.stringify({
    registries: { [HOST]: { server: 'https://a.example.com', user: 'alice' }, 'b.example.com': {} },
  }),
  `registries:\n  b.example.com:\n    server: https://a.example.com\n    user: ${TOKEN}\n`,
  '',
];
const WORDS = [
  ...[
    'registries:',
    'secrets: ',
    'keychain',
    'server: ',
    'user: ',
    'context: ',
    'anonymous: ',
    'serviceAccount: ',
  ],
  ...[
    'tokenFile: ',
    'tokenLifetime: ',
    'selfRenew: ',
    HOST,
    'HTTPS://Registry.Example.com/',
    '\n  ',
    '\n    ',
  ],
  ...[
    '<<: *s',
    '&a ',
    '*a',
    '*s',
    '? ',
    '!!str ',
    '{',
    '}',
    '#c',
    '\r\n',
    '---\n',
    '~',
    'yes',
    '1d',
    '[]',
    '|\n',
  ],
];
const ENTRY = { server: 'https://api.new.example.com:6443', user: 'carol' };

const parse: Target = {
  name: 'config',
  isSlow: true,
  seeds: SEEDS,
  words: WORDS,
  run(text) {
    const { config, problems, brokenHosts, unreadable } = parseConfig(text, '/c/config.yaml');
    for (const problem of problems) {
      tellsNoSecret(oneLine(describeProblem(problem)), text);
      assert.ok(problem.line >= 1 && problem.column >= 1);
    }
    for (const host of config.registries.keys()) {
      assert.equal(normaliseRegistryHost(host), host);
      assert.ok(!brokenHosts.has(host));
    }
    if (unreadable) assert.equal(config.registries.size + brokenHosts.size, 0);
  },
};

type Content = { registries?: Record<string, unknown> } & Record<string, unknown>;

function meaning(text: string): Content {
  const document = parseDocument(text.replace(/^\ufeff/, ''), {
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  });
  assert.deepEqual(document.errors, []);
  return plain(document.toJS() ?? {}) as Content;
}

/** What the others' entries mean, and all else. */
function withoutHost(text: string): Content {
  const content = meaning(text);
  const registries = Object.entries(content.registries ?? {}).filter(
    ([name]) => normaliseRegistryHost(name) !== HOST,
  );
  return { ...content, registries: Object.fromEntries(registries) };
}

const edit: Target = {
  name: 'config-edit',
  isSlow: true,
  seeds: SEEDS,
  words: WORDS,
  run(text, random) {
    const path = '/c/config.yaml';
    const bound = readOrRefused(text, () => bindRegistry(text, HOST, ENTRY, path, random.oneIn(2)));
    if (bound !== undefined) {
      const { config } = parseConfig(bound, path);
      const { server, user, context } = config.registries.get(HOST) ?? {};
      assert.deepEqual([server, user, context], [ENTRY.server, ENTRY.user, undefined]);
      assert.deepEqual(withoutHost(bound), withoutHost(text));
      assert.equal(bindRegistry(bound, HOST, ENTRY, path), bound);
      const back = withEntryAsWritten(bound, HOST, entryAsWritten(text, HOST));
      if (back !== undefined) assert.deepEqual(withoutHost(back), withoutHost(text));
    }
    // `setup --undo` asks this of whatever the file holds by then.
    const as = readOrRefused(text, () => entryAsWritten(text, HOST));
    readOrRefused(text, () => withEntryAsWritten(text, HOST, random.oneIn(2) ? null : as));
    readOrRefused(text, () => saysTheSame(text, random.pick(SEEDS)));
    const kept = readOrRefused(text, () => keepSecretsInFiles(text, path));
    if (kept === undefined) return;
    assert.deepEqual(withoutSecrets(kept), withoutSecrets(text));
    assert.ok(parseConfig(kept, path).config.secrets !== undefined);
  },
};

function withoutSecrets(text: string): Content {
  const { secrets: _, ...rest } = meaning(text);
  return rest;
}

/** Variables of the environment, one a line. */
const environment: Target = {
  name: 'environment',
  seeds: [
    `SERVER=https://api.a.example.com:6443\nTOKEN=${TOKEN}\nREGISTRIES=${HOST}, b.example.com:5000`,
    'SERVER=https://a.example.com\nTOKEN_FILE=/t\nCA_FILE=/ca\nSERVICE_ACCOUNT=ns/name\nSECRETS=file',
    'CONTEXT=one',
  ],
  words: [
    'SERVER=',
    'TOKEN=',
    'REGISTRIES=',
    'CONTEXT=',
    'SERVICE_ACCOUNT=',
    'https://',
    '/',
    ',',
    '\n',
    ' ',
  ],
  run(text) {
    const env = Object.fromEntries(
      text.split('\n').map((line) => {
        const [name = '', ...value] = line.split('=');
        return [`DOCKER_CREDENTIAL_OPENSHIFT_${name}`, value.join('=')];
      }),
    );
    const { problems, registries, identity } = environmentSettings(env);
    for (const problem of problems) tellsNoSecret(problem, text);
    for (const host of registries.keys()) assert.equal(normaliseRegistryHost(host), host);
    if (identity !== undefined) assert.match(identity.server, /^https:\/\//);
  },
};

/** What is read of our own config, and written to it. */
export const configTargets: readonly Target[] = [parse, edit, environment];
