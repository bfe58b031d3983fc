import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import type { KubeletPorts } from '../../../src/commands/kubelet/node.ts';
import type { FileState } from '../../../src/commands/kubelet/read-provider-files.ts';
import { runKubelet } from '../../../src/commands/kubelet/run-kubelet.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { checkProviderConfig } from '../../../src/kubelet/provider-config.ts';
import type { PodsSetting } from '../../../src/registry/bind-host.ts';

const HOST = 'registry.example.com:5000';
const CONFIG = '/etc/providers';
const BIN = '/opt/providers';
const OURS = `${CONFIG}/docker-credential-openshift.yaml`;
const OUR_CONFIG = '/etc/docker-credential-openshift.yaml';
const PROGRAMS = [
  'docker-credential-openshift',
  'libexec/docker-credential-openshift/docker-credential-openshift',
];
const PLACES = ['--config', CONFIG, '--bin-dir', BIN];
const FLAGS = [`--image-credential-provider-config=${CONFIG}`, '--image-credential-provider-bin-dir', BIN];

/** A provider of somebody else. */
const config = (name: string, more = '') => `apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: ${name}
    matchImages: [images.example.com]
    defaultCacheDuration: 5m
    apiVersion: credentialprovider.kubelet.k8s.io/v1
${more}`;

interface Entry {
  readonly text?: string;
  readonly state?: Partial<FileState>;
}

interface Node {
  readonly files?: Readonly<Record<string, Entry | string>>;
  readonly pods?: Readonly<Record<string, PodsSetting>>;
  readonly running?: readonly string[];
  readonly ports?: Partial<KubeletPorts>;
  /** Done by somebody else just before our file is written. */
  readonly meanwhile?: (files: Map<string, Entry>) => void;
}

/** Runs a command on a node that lies in memory. */
async function run(words: readonly string[], node: Node = {}) {
  const given = Object.entries({ [BIN]: { state: { kind: 'directory' as const } }, ...node.files });
  const files = new Map<string, Entry>(
    given.map(([path, entry]) => [path, typeof entry === 'string' ? { text: entry } : entry]),
  );
  const before = new Map(files);
  const out: string[] = [];
  const err: string[] = [];
  const isDirectory = (path: string) =>
    files.get(path)?.state?.kind === 'directory' ||
    [...files.keys()].some((each) => each.startsWith(`${path}/`));
  const ports: KubeletPorts = {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    platform: 'linux',
    env: {},
    configPath: OUR_CONFIG,
    absolutePath: (path) => posix.resolve('/work', path),
    podsByHost: async () => new Map(Object.entries(node.pods ?? { [HOST]: 'own-token' })),
    runningKubelet: async () => node.running,
    isMachineConfigs: async () => false,
    ownPrograms: () => PROGRAMS.toReversed().map((below) => ({ from: `/usr/bin/${below}`, below })),
    files: {
      uid: 0,
      stateOf: async (path) => {
        if (isDirectory(path)) return { kind: 'directory', mode: 0o755, uid: 0, ...files.get(path)?.state };
        const entry = files.get(path);
        return entry && { kind: 'file', mode: 0o755, uid: 0, ...entry.state };
      },
      namesIn: async (directory) =>
        [...files.keys()]
          .filter((path) => posix.dirname(path) === directory)
          .map((path) => posix.basename(path)),
      readText: async (path) => {
        const entry = files.get(path);
        if (entry?.state?.kind === 'other')
          throw new AppError({ code: 'unreadable-file', message: `${path} is a FIFO` });
        return entry?.text;
      },
      copyProgram: async (from, to) => void files.set(to, { text: from }),
      writeConfig: async (path, text, mayReplace) => {
        node.meanwhile?.(files);
        if (!(await mayReplace())) return false;
        files.set(path, { text });
        return true;
      },
      remove: async (path) => files.delete(path),
      isSameFile: async (one, other) => one === other,
    },
    ...node.ports,
  };
  const status = await runKubelet(words, ports);
  const changed = [...new Set([...files.keys(), ...before.keys()])].filter(
    (path) => files.get(path) !== before.get(path),
  );
  const textOf = (path: string) => files.get(path)?.text;
  return { status, out: out.join('\n'), err: err.join('\n'), changed: changed.sort(), textOf };
}

test('install writes one file and the program, and says what the kubelet and the cluster need besides', async () => {
  const { status, out, err, changed, textOf } = await run(['install', ...PLACES]);
  assert.deepEqual([status, err], [0, '']);
  assert.deepEqual(changed, [OURS, ...PROGRAMS.map((below) => `${BIN}/${below}`)].sort());
  assert.match(
    out,
    /--image-credential-provider-config=\/etc\/providers\n {2}--image-credential-provider-bin-dir=\/opt\/providers/,
  );
  assert.match(out, /kubelet print --rbac \| kubectl apply -f -/);
  const { providers, findings } = checkProviderConfig([{ path: OURS, text: textOf(OURS) ?? '' }]);
  assert.deepEqual(findings, []);
  assert.deepEqual(providers[0]?.provider, {
    name: 'docker-credential-openshift',
    matchImages: [HOST],
    defaultCacheDuration: 0,
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    args: ['kubelet', 'provide'],
    env: [
      { name: 'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG', value: OUR_CONFIG },
      { name: 'XDG_CACHE_HOME', value: '/var/cache' },
    ],
    tokenAttributes: {
      serviceAccountTokenAudience: 'https://kubernetes.default.svc',
      cacheType: 'Token',
      requireServiceAccount: false,
      optionalServiceAccountAnnotationKeys: ['docker-credential-openshift/pull-as'],
    },
  });
});

test('where every pod gets the same, the kubelet is told to send no token, and nodes need no right', async () => {
  const { out, textOf } = await run(['install', ...PLACES], { pods: { [HOST]: 'all' } });
  assert.doesNotMatch(textOf(OURS) ?? '', /tokenAttributes/);
  assert.doesNotMatch(out, /rbac/);
});

test('the running kubelet says where its config and its programs are, and needs no option then', async () => {
  const { status, out, changed } = await run(['install'], { running: FLAGS });
  assert.equal(status, 0);
  assert.ok(changed.includes(OURS) && changed.includes(`${BIN}/docker-credential-openshift`));
  assert.doesNotMatch(out, /--image-credential/);
  const { out: checked } = await run(['check'], {
    running: FLAGS,
    files: { [OURS]: config('ours'), [`${BIN}/ours`]: '' },
  });
  assert.match(checked, /^A kubelet takes \/etc\/providers: ours \(1 file\)\.$/);
});

test('a dry run changes nothing and shows what would change', async () => {
  const { status, out, changed } = await run(['install', ...PLACES, '--dry-run']);
  assert.deepEqual([status, changed], [0, []]);
  assert.match(
    out,
    /\+kind: CredentialProviderConfig[\s\S]+Would be installed: \/opt\/providers\/docker-cred[\s\S]+Nothing was changed\./,
  );
});

const REFUSED: Readonly<Record<string, { node: Node; words?: readonly string[]; code: string }>> = {
  'a broken file of others': {
    node: { files: { [`${CONFIG}/a.yaml`]: config('ecr', '    image: x\n'), [`${BIN}/ecr`]: '' } },
    code: 'provider-config-field',
  },
  "a provider of ours in another's file": {
    node: { files: { [`${CONFIG}/a.yaml`]: config('docker-credential-openshift') } },
    code: 'provider-twice',
  },
  'a program of others that is not there': {
    node: { files: { [`${CONFIG}/a.yaml`]: config('ecr') } },
    code: 'provider-program-missing',
  },
  'a program of others that may not be executed': {
    node: { files: { [`${CONFIG}/a.yaml`]: config('ecr'), [`${BIN}/ecr`]: { state: { mode: 0o644 } } } },
    code: 'provider-program-missing',
  },
  'a directory instead of a program': {
    node: {
      files: { [`${CONFIG}/a.yaml`]: config('ecr'), [`${BIN}/ecr`]: { state: { kind: 'directory' } } },
    },
    code: 'provider-program-missing',
  },
  'a link that leads nowhere': {
    node: { files: { [`${CONFIG}/a.yaml`]: {} } },
    code: 'provider-config-broken',
  },
  'a FIFO, which a kubelet would wait for': {
    node: { files: { [`${CONFIG}/a.json`]: { state: { kind: 'other' } } } },
    code: 'provider-config-broken',
  },
  'a provider of others in our file': {
    node: { files: { [OURS]: config('ecr'), [`${BIN}/ecr`]: '' } },
    code: 'provider-file-foreign',
  },
  'a config that is one file': { node: { files: { [CONFIG]: config('ecr') } }, code: 'provider-config-file' },
  "a node of OpenShift, whose config is the machine-config operator's": {
    node: { ports: { isMachineConfigs: async () => true } },
    code: 'machine-config-operator',
  },
  'a program that Node runs': {
    node: { ports: { ownPrograms: () => undefined } },
    code: 'not-a-native-program',
  },
  'another system': { node: { ports: { platform: 'win32' } }, code: 'no-linux-node' },
  'a config of ours without a word of pods': { node: { pods: {} }, code: 'no-host-for-pods' },
};

for (const [what, { node, words = ['install', ...PLACES], code }] of Object.entries(REFUSED)) {
  test(`install writes nothing because of ${what}, and names it`, async () => {
    const { status, err, changed } = await run(words, node);
    assert.deepEqual([status, changed], [1, []]);
    assert.match(err, new RegExp(`\\[${code}\\]`));
  });
}

test('a mistake that somebody makes just before our file is written keeps it from being written', async () => {
  const meanwhile = (files: Map<string, Entry>) =>
    files.set(`${CONFIG}/b.yaml`, { text: 'kind: Nonsense\n' });
  const { status, err, textOf } = await run(['install', ...PLACES], { meanwhile });
  assert.equal(status, 1);
  assert.match(err, /\[provider-config-refused\]\. Run: docker-credential-openshift kubelet check --config /);
  assert.equal(textOf(OURS), undefined);
});

test('a host of which the config does not say what pods get is installed with that remark', async () => {
  const { status, err, textOf } = await run(['install', 'other.example.com', ...PLACES]);
  assert.equal(status, 0);
  assert.match(err, /what pods get of other\.example\.com, so they get nothing \[pods-not-allowed\]/);
  assert.match(textOf(OURS) ?? '', /- other\.example\.com\n/);
});

test('undo removes what install wrote and nothing else', async () => {
  const others = { [`${CONFIG}/a.yaml`]: config('ecr'), [`${BIN}/ecr`]: '' };
  const installed = Object.fromEntries(PROGRAMS.map((below) => [`${BIN}/${below}`, '']));
  const files = { ...others, ...installed, [OURS]: config('docker-credential-openshift') };
  const dry = await run(['install', '--undo', ...PLACES, '--dry-run'], { files });
  assert.deepEqual([dry.status, dry.changed], [0, []]);
  const { status, out, changed } = await run(['install', '--undo', ...PLACES], { files });
  assert.equal(status, 0);
  assert.deepEqual(changed, [OURS, ...Object.keys(installed)].sort());
  assert.match(out, /systemctl restart kubelet/);
  const again = await run(['install', '--undo', ...PLACES], { files: others });
  assert.deepEqual([again.status, again.changed], [0, []]);
  assert.match(again.out, /^There is nothing to take back/);
});

test('undo leaves the program where a file of others names it', async () => {
  const program = `${BIN}/docker-credential-openshift`;
  const files = { [`${CONFIG}/a.yaml`]: config('docker-credential-openshift'), [program]: '' };
  const { status, changed } = await run(['install', '--undo', ...PLACES], { files });
  assert.deepEqual([status, changed], [0, []]);
});

test('undo does not empty the directory that a kubelet is told of, since it ends without a config', async () => {
  const files = { [OURS]: config('docker-credential-openshift') };
  const refused = await run(['install', '--undo'], { files, running: FLAGS });
  assert.deepEqual([refused.status, refused.changed], [1, []]);
  assert.match(refused.err, /\[last-provider-config\]\. Run: systemctl cat kubelet$/);
  const { status, changed } = await run(['install', '--undo', ...PLACES], { files, running: ['--v=2'] });
  assert.deepEqual([status, changed], [0, [OURS]]);
});

test('check finds what a kubelet takes and still keeps pods from their login', async () => {
  const env = `    env:\n      - name: DOCKER_CREDENTIAL_OPENSHIFT_CONFIG\n        value: ${OUR_CONFIG}\n`;
  const tokens =
    '    tokenAttributes:\n      serviceAccountTokenAudience: a\n      cacheType: ServiceAccount\n      requireServiceAccount: true\n';
  const check = (text: string, pods: Readonly<Record<string, PodsSetting>>) =>
    run(['check', ...PLACES], { files: { [OURS]: text, [`${BIN}/docker-credential-openshift`]: '' }, pods });
  const codes = (out: string) => [...out.matchAll(/\[([a-z-]+)\]/g)].map(([, code]) => code);
  const ours = config('docker-credential-openshift', env);

  assert.deepEqual(codes((await check(ours, { 'images.example.com': 'all' })).out), []);
  assert.deepEqual(codes((await check(ours, { 'images.example.com:5000': 'all' })).out), [
    'provider-host-unmatched',
  ]);
  assert.deepEqual(codes((await check(ours, { 'images.example.com': 'own-token' })).out), [
    'provider-without-tokens',
  ]);
  assert.deepEqual(codes((await check(ours + tokens, { 'images.example.com': 'annotated' })).out), [
    'provider-cache-type',
    'provider-without-tokens',
  ]);
  const fixes = async (path: string) => {
    const files = { [path]: ours };
    const { out } = await run(['check', ...PLACES], { files, pods: { 'images.example.com:5000': 'all' } });
    return [...out.matchAll(/ {2}(?:Run: )?(.*)/g)].map(([, fix]) => fix);
  };
  const installing = `docker-credential-openshift kubelet install ${PLACES.join(' ')}`;
  assert.deepEqual(await fixes(OURS), [installing, installing]);
  assert.deepEqual(await fixes(`${CONFIG}/others.yaml`), [
    `Install its program in ${BIN}.`,
    'docker-credential-openshift kubelet print',
  ]);
  // Another config than this command's may say other things of its hosts.
  const elsewhere = ours.replace(OUR_CONFIG, '/etc/other.yaml');
  const { status, out } = await check(elsewhere, { 'images.example.com:5000': 'all' });
  assert.deepEqual([status, codes(out)], [0, []]);
});

test('check tells of programs and directories that others than root may change', async () => {
  const files = {
    [OURS]: config('ecr'),
    [`${BIN}/ecr`]: { state: { mode: 0o775 } },
    [BIN]: { state: { kind: 'directory', uid: 1000 } },
  } as const;
  const { status, out } = await run(['check', ...PLACES], { files });
  assert.equal(status, 0);
  assert.match(
    out,
    /change \/opt\/providers\/ecr, and the kubelet runs what is there as root \[provider-program-open\]\n {2}Run: chown root: \/opt\/providers\/ecr && chmod 0755 \/opt\/providers\/ecr/,
  );
  assert.match(
    out,
    /change \/opt\/providers, and the kubelet runs what is there as root \[provider-program-open\]/,
  );
});

test('check of a config alone says that it looked for no programs, and of no config that there is none', async () => {
  const { status, out } = await run(['check', '--config', CONFIG], { files: { [OURS]: config('ecr') } });
  assert.equal(status, 0);
  assert.match(
    out,
    /^A kubelet takes \/etc\/providers: ecr \(1 file\)\.\nTheir programs were not looked for/,
  );
  for (const files of [{}, { [`${CONFIG}/a.txt`]: '' }]) {
    const none = await run(['check', '--config', CONFIG], { files });
    assert.equal(none.status, 1);
    assert.match(
      none.err,
      /\[no-provider-config\]\. Run: docker-credential-openshift kubelet install --config \/etc\/providers --dry-run$/,
    );
  }
});

test('print gives the config alone on stdout, and the right of nodes by itself', async () => {
  const { status, out } = await run(['print']);
  assert.equal(status, 0);
  assert.deepEqual(checkProviderConfig([{ path: 'out', text: out }]).findings, []);
  const rbac = await run(['print', '--rbac'], { pods: {} });
  assert.match(
    rbac.out,
    /resources: \["https:\/\/kubernetes\.default\.svc"\]\n {4}verbs: \["request-serviceaccounts-token-audience"\]/,
  );
  assert.match(rbac.out, /kind: Group\n {4}name: system:nodes$/);
});

for (const words of [
  [],
  ['nonsense'],
  ['print', '--dry-run'],
  ['print', HOST, '--rbac'],
  ['check', HOST],
  ['check', '--undo'],
  ['install', '--rbac'],
  ['install', '--undo', HOST],
  ['install', 'not a host'],
]) {
  test(`\`kubelet ${words.join(' ')}\` is a wrong command line, and changes nothing`, async () => {
    const { status, err, changed } = await run(words);
    assert.deepEqual([status, changed], [2, []]);
    assert.match(err, /\nUsage: docker-credential-openshift kubelet provide/);
  });
}
