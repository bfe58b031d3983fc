import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { kubeconfigPaths } from '../../../src/cluster/kubeconfig/parse-kubeconfig.ts';
import {
  checkKubeconfig,
  type Login,
  saveLogin as save,
} from '../../../src/cluster/kubeconfig/save-login.ts';
import { AppError, describeError } from '../../../src/hosts/reason.ts';
import { bareFix } from '../../support/bare-fix.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NEW = `sha256~${'n'.repeat(43)}`;
const ALICE: Login = { server: 'https://api.a.example:6443', user: 'alice', token: NEW };
const uid = process.geteuid?.();
const filesFor = (env: Record<string, string>) => ({
  paths: kubeconfigPaths({ platform: process.platform, env }),
  uid,
});
const saveLogin = (login: Login, files: ReturnType<typeof filesFor>) =>
  save(login, files, async () => 'first-of-alice');

test('a first login makes a private kubeconfig in the home, a second one changes nothing', async (t) => {
  const home = temporaryDirectory(t);
  const path = join(home, '.kube', 'config');
  const files = filesFor({ HOME: home });
  await checkKubeconfig(files, undefined);
  assert.ok(!existsSync(path));
  const first = await saveLogin(ALICE, files);
  assert.deepEqual([first.written, first.notes, first.warnings], [[path], [], []]);
  if (uid !== undefined) assert.equal(statSync(path).mode & 0o777, 0o600);
  const text = readFileSync(path, 'utf8');
  assert.equal(
    text,
    `apiVersion: v1
kind: Config
users:
- name: alice/api-a-example:6443
  user:
    token: ${NEW}
clusters:
- cluster:
    server: https://api.a.example:6443
  name: api-a-example:6443
contexts:
- context:
    cluster: api-a-example:6443
    namespace: first-of-alice
    user: alice/api-a-example:6443
  name: first-of-alice/api-a-example:6443/alice
current-context: first-of-alice/api-a-example:6443/alice
`,
  );
  assert.deepEqual((await saveLogin(ALICE, files)).written, []);
  const again = await saveLogin({ ...ALICE, token: `${NEW}x` }, files);
  assert.equal(again.oldToken, NEW);
  assert.equal(readFileSync(path, 'utf8'), text.replace(NEW, `${NEW}x`));
});

test('of the files of KUBECONFIG only the one that holds the user is written', async (t) => {
  const directory = temporaryDirectory(t);
  const [none, first, second] = ['none', 'first', 'second'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(first, 'current-context: x\ncontexts: [{name: x, context: {cluster: c, user: me}}]\n', {
    mode: 0o600,
  });
  const held = (token: string) =>
    `clusters: [{name: c, cluster: {server: "${ALICE.server}"}}]\nusers: [{name: me, user: {token: ${token}}}]\n`;
  writeFileSync(second, held('old'), { mode: 0o644 });
  chmodSync(second, 0o644);
  const before = statSync(first, { bigint: true });
  const files = filesFor({ KUBECONFIG: [none, first, second].join(delimiter) });
  const saved = await saveLogin({ ...ALICE, context: 'x', held: { token: 'old', user: 'alice' } }, files);
  assert.deepEqual([saved.written, saved.user, saved.context, saved.oldToken], [[second], 'me', 'x', 'old']);
  assert.equal(readFileSync(second, 'utf8'), held(NEW));
  const after = statSync(first, { bigint: true });
  assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
  assert.ok(!existsSync(none));
  if (uid !== undefined) {
    const note = `${second}: others could read it (mode 644), and can't any more`;
    assert.deepEqual([saved.notes, saved.warnings], [[note], []]);
    assert.equal(statSync(second).mode & 0o777, 0o600);
  }
});

test('what would keep a login from being saved is told before anyone logs in, without a token', async (t) => {
  const directory = temporaryDirectory(t);
  const broken = join(directory, 'broken');
  writeFileSync(broken, `users:\n- name: a\n  user: {token: ${NEW}\n`);
  const readOnly = join(directory, 'read-only');
  writeFileSync(readOnly, '');
  chmodSync(readOnly, 0o400);
  const cases: [Record<string, string>, RegExp][] = [
    [{}, /neither KUBECONFIG nor HOME/],
    [{ KUBECONFIG: broken }, /broken is broken: line \d+, column \d+/],
    [
      { KUBECONFIG: readOnly },
      /read-only can't be changed: it is read-only \[unusable-file\]\. Run: chmod u\+w/,
    ],
    [{ KUBECONFIG: directory }, /it is a directory/],
  ];
  for (const [env, words] of cases) {
    const files = filesFor(env);
    for (const attempt of [() => checkKubeconfig(files, undefined), () => saveLogin(ALICE, files)]) {
      await assert.rejects(attempt(), (error) => {
        assert.ok(error instanceof AppError);
        assert.match(describeError(error), words);
        assert.ok(!`${error.message}${bareFix(error.fix)}`.includes(NEW));
        return true;
      });
    }
  }
});

test('of a named context the file is looked at that holds its user, and no other', async (t) => {
  const directory = temporaryDirectory(t);
  const [first, second] = ['first', 'second'].map((name) => join(directory, name)) as [string, string];
  writeFileSync(first, 'contexts: [{name: x, context: {cluster: c, user: me}}]\n');
  writeFileSync(second, 'users: [{name: me, user: {token: old}}]\n');
  const files = filesFor({ KUBECONFIG: [first, second].join(delimiter) });
  chmodSync(second, 0o400);
  await assert.rejects(checkKubeconfig(files, 'x'), { message: /second can't be changed: it is read-only/ });
  await checkKubeconfig(files, undefined);
  chmodSync(second, 0o600);
  chmodSync(first, 0o400);
  await checkKubeconfig(files, 'x');
});
