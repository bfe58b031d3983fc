import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse, parseAllDocuments } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { npmManifest } from '../../scripts/lib/write-npm-manifest.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const WORKFLOWS = readdirSync(join(root, '.github/workflows')).map((file) => `.github/workflows/${file}`);

/** GitHub's own validator is made for bundlers: it imports JSON without saying so. */
async function validator() {
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      return found.url.endsWith('.json') ? { ...found, importAttributes: { type: 'json' } } : found;
    },
  });
  return (await import('@actions/languageservice')).validate;
}

test("GitHub's own validator finds nothing in the workflows and in the action", async () => {
  const validate = await validator();
  for (const path of [...WORKFLOWS, 'action.yml']) {
    const faults = await validate(TextDocument.create(`file:///${path}`, 'yaml', 1, read(path)));
    assert.deepEqual(
      faults.map(({ message, range }) => `${path}:${range.start.line + 1}: ${message}`),
      [],
    );
  }
  const broken = read('action.yml').replace('composite', 'compsite');
  assert.notDeepEqual(
    await validate(TextDocument.create('file:///broken/action.yml', 'yaml', 1, broken)),
    [],
  );
});

test('a workflow takes actions by their commit alone, and what it may is said job by job', () => {
  for (const path of WORKFLOWS) {
    for (const [, used] of read(path).matchAll(/uses: (.*)/g))
      assert.match(used ?? '', /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, path);
    const { on, permissions, jobs } = parse(read(path));
    assert.deepEqual(Object.keys(on).includes('pull_request_target'), false, path);
    for (const [name, job] of Object.entries<{ permissions?: Record<string, string> }>(jobs)) {
      const granted = job.permissions ?? permissions;
      const mayWrite = Object.values(granted).includes('write');
      assert.ok(!mayWrite || name === 'publish', `${path}: ${name}`);
    }
  }
});

interface Step {
  readonly run?: string;
}

/** The scripts of a workflow or an action. */
function scriptsIn(path: string): string[] {
  const { jobs, runs } = parse(read(path));
  const steps: Step[] = [runs, ...Object.values(jobs ?? {})].flatMap((job) => job?.steps ?? []);
  return steps.flatMap(({ run }) => run ?? []);
}

test('no script of the forge has values put into its text, and what it calls is there', () => {
  for (const path of [...WORKFLOWS, 'action.yml']) {
    const scripts = scriptsIn(path);
    assert.ok(scripts.length > 0, path);
    for (const script of scripts) {
      assert.doesNotMatch(script, /\$\{\{/, path);
      for (const [called] of script.matchAll(/\bscripts\/[\w-]+/g))
        assert.ok(existsSync(join(root, called)), called);
    }
  }
});

test('the GitLab component is what GitLab takes, and gives a job both variables and a login', async (t) => {
  const directory = temporaryDirectory(t);
  await cp(join(root, 'templates'), join(directory, 'templates'), { recursive: true });
  const server = 'https://api.example.com:6443';
  const job = `include:
  - local: /templates/docker-credential-openshift.yml
    inputs: { server: ${server}, registries: registry.example.com, version: 1.2.3 }
pull:
  extends: .docker-credential-openshift
  script: [docker pull registry.example.com/team/app]
`;
  await writeFile(join(directory, '.gitlab-ci.yml'), job);
  const run = promisify(execFile);
  const git = (...args: string[]) => run('git', ['-C', directory, ...args]);
  await git('init', '-q');
  await git('add', '.');
  await git('remote', 'add', 'origin', 'git@gitlab.example.com:team/app.git');
  const local = join(root, 'node_modules/gitlab-ci-local/dist/index.js');
  const args = [local, '--preview', '--home', directory];
  const { stdout } = await run(process.execPath, args, {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: directory },
  });
  const { pull } = parse(stdout);
  assert.equal(pull.variables.DOCKER_CREDENTIAL_OPENSHIFT_SERVER, server);
  assert.match(pull.before_script.join('\n'), /download\/v\$?.*--ci --from/s);
});

test('the home of the project is said in one place, and is the same wherever it has to stand', () => {
  const home = manifest.homepage;
  const [, ownerAndName = ''] = /^https:\/\/github\.com\/([\w-]+\/[\w-]+)$/.exec(home) ?? [];
  assert.equal(manifest.repository, `github:${ownerAndName}`);
  const [spec] = parseAllDocuments(read('templates/docker-credential-openshift.yml'));
  assert.equal(spec?.toJS().spec.inputs.releases.default, `${home}/releases`);
  const texts = readdirSync(join(root, 'packaging'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
  for (const text of [...texts, read('action.yml')])
    for (const [, named] of text.matchAll(
      /(?:github\.com|ghcr\.io)\/([\w-]+\/docker-credential-openshift)\b/g,
    ))
      assert.equal(named, ownerAndName);
});

test("npm's packages ask for each platform's by this version, and run nothing when they are installed", () => {
  const main = npmManifest('1.2.3', undefined, manifest) as Record<string, Record<string, string>>;
  const platforms = Object.entries(main.optionalDependencies ?? {}).filter(([name]) =>
    name.includes('openshift'),
  );
  assert.equal(platforms.length, 6);
  for (const [name, version] of platforms) {
    assert.equal(version, '1.2.3');
    const platform = npmManifest('1.2.3', name.replace(/^.*\//, ''), manifest) as Record<string, unknown>;
    assert.equal(platform.name, name);
    assert.equal('scripts' in platform, false);
    assert.equal('libc' in platform, name.includes('linux'));
  }
  assert.equal('scripts' in main, false);
  assert.throws(() => npmManifest('1.2.3', 'plan9-x64', manifest), /plan9/);
});

test('Scoop gets a manifest that runs setup --undo when it is uninstalled, and not when it is updated', () => {
  const app = JSON.parse(read('packaging/scoop/docker-credential-openshift.json'));
  for (const key of [
    'version',
    'description',
    'homepage',
    'license',
    'architecture',
    'bin',
    'checkver',
    'autoupdate',
  ])
    assert.ok(key in app, key);
  const { url, hash, extract_dir } = app.architecture['64bit'];
  assert.match(url, /\.zip$/);
  assert.match(hash, /^@SHA256:.*\.zip@$/);
  assert.ok(url.includes(extract_dir));
  const [first, undo] = app.pre_uninstall;
  assert.equal(first, "if ($cmd -eq 'uninstall') {");
  assert.match(undo, /setup --undo --yes$/);
});
