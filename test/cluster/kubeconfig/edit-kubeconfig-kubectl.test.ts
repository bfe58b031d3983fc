import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { editKubeconfig, OTHER_PROOFS } from '../../../src/cluster/kubeconfig/edit-kubeconfig.ts';
import fc from '../../support/properties.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type RandomKubeconfig, randomKubeconfig } from './random-kubeconfig.ts';

const NEW = `sha256~${'New-_'.repeat(8)}end`;
/** kubectl reads so many in one go, merged: each has names of its own. */
const BATCH = 100;
const ALL = Number(process.env.KUBECONFIGS ?? 200);

interface View {
  readonly users: { name: string; user: Record<string, unknown> }[] | null;
}

const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0;

/** What kubectl reads in these files. */
function view(directory: string, texts: readonly string[]): View {
  const paths = texts.map((text, i) => {
    const path = join(directory, `config-${i}`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  });
  const env = { ...process.env, HOME: directory, KUBECONFIG: paths.join(delimiter) };
  const args = ['config', 'view', '--raw', '-o', 'json'];
  const { status, stdout, stderr } = spawnSync('kubectl', args, { env, encoding: 'utf8', maxBuffer: 1e9 });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as View;
}

const name = 'kubectl reads the same in an edited kubeconfig but for the token';
test(hasKubectl ? name : `${name} (skipped: there is no kubectl)`, { skip: !hasKubectl }, (t) => {
  const directory = temporaryDirectory(t);
  const batch = fc.tuple(...Array.from({ length: BATCH }, (_, i) => randomKubeconfig(`f${i}-`)));
  const property = fc.property(batch, (files: readonly RandomKubeconfig[]) => {
    const before = view(
      directory,
      files.map(({ text }) => text),
    );
    for (const { name: entry, user } of before.users ?? []) {
      if (!files.some((file) => file.user === entry)) continue;
      for (const proof of OTHER_PROOFS) delete user[proof];
      user.token = NEW;
    }
    const edited = files.map(
      ({ text, user }) =>
        editKubeconfig(text, [{ kind: 'token', user, token: NEW }]) ??
        assert.fail(`refused: ${user} in\n${text}`),
    );
    assert.deepEqual(view(directory, edited), before);
  });
  fc.assert(property, { numRuns: Math.ceil(ALL / BATCH), endOnFailure: true });
});
