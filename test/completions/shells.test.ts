import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testWith } from '../support/find-program.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const scripts = fileURLToPath(new URL('../../packaging/completions', import.meta.url));
const PROGRAM = 'docker-credential-openshift';
const HOST = 'registry.example.com';

/** A home with two contexts, and two registry hosts of which one has a port. */
async function environment(t: TestContext): Promise<Record<string, string>> {
  const home = temporaryDirectory(t);
  for (const directory of ['bin', '.kube', '.docker']) mkdirSync(join(home, directory));
  await compiledHelper.install(join(home, 'bin'));
  const context = { cluster: 'c', user: 'u' };
  const kubeconfig = {
    'current-context': 'team/cluster/alice',
    clusters: [{ name: 'c', cluster: { server: 'https://api.example.com:6443' } }],
    users: [{ name: 'u', user: { token: 'opaque' } }],
    contexts: ['team/cluster/alice', 'work'].map((name) => ({ name, context })),
  };
  writeFileSync(join(home, '.kube/config'), JSON.stringify(kubeconfig));
  const credHelpers = { [HOST]: 'openshift', [`${HOST}:5000`]: 'openshift' };
  writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ credHelpers }));
  writeFileSync(join(home, 'file-of-mine'), '');
  return { HOME: home, TERM: 'dumb', PATH: `${join(home, 'bin')}:/usr/bin:/bin` };
}

function run(env: Record<string, string>, shell: string, ...args: string[]): string {
  return execFileSync(shell, args, {
    env,
    cwd: env.HOME,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const COMPLETES = 'commands, hosts with ports, contexts and files complete as they are typed';

test(...testWith(['bash'], `bash: ${COMPLETES}`), async (t) => {
  const env = await environment(t);
  const bash = (line: string) =>
    run(
      env,
      'bash',
      '-c',
      `compopt() { :; }
       source "$1/${PROGRAM}.bash"
       COMP_LINE=$2 COMP_POINT=\${#2}
       read -r -a COMP_WORDS <<< "$2"
       _docker_credential_openshift
       printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      scripts,
      line,
    )
      .trim()
      .split('\n');
  assert.deepEqual(bash(`${PROGRAM} se`), ['setup', 'service-account']);
  assert.deepEqual(bash(`${PROGRAM} setup reg`), [HOST, `${HOST}:5000`]);
  assert.deepEqual(bash(`${PROGRAM} setup ${HOST}:`), ['5000']);
  assert.deepEqual(bash(`${PROGRAM} setup --context `), ['team/cluster/alice', 'work']);
  assert.deepEqual(bash(`${PROGRAM} login --certificate-authority file-`), ['file-of-mine']);
});

test(...testWith(['fish'], `fish: ${COMPLETES}`), async (t) => {
  const env = await environment(t);
  const fish = (line: string) =>
    run(env, 'fish', '-N', '-c', `source ${scripts}/${PROGRAM}.fish; complete -C '${line}'`)
      .trim()
      .split('\n')
      .map((offer) => offer.split('\t')[0]);
  assert.deepEqual(fish(`${PROGRAM} se`).sort(), ['service-account', 'setup']);
  assert.deepEqual(fish(`${PROGRAM} setup reg`), [HOST, `${HOST}:5000`]);
  assert.deepEqual(fish(`${PROGRAM} setup --context w`), ['work']);
  assert.deepEqual(fish(`${PROGRAM} login --certificate-authority file-`), ['file-of-mine']);
});

test(...testWith(['zsh'], `zsh: ${COMPLETES}`), async (t) => {
  const env = await environment(t);
  // A shell in a terminal of its own, where a line is typed and completed; what it then prints is its command line.
  const zsh = (typed: string) =>
    run(
      env,
      'zsh',
      '-f',
      '-c',
      `zmodload zsh/zpty
       zpty shell zsh -f -i
       zpty -w shell "PS1= fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -D; show() { print; print -r -- \\"<\\$BUFFER>\\"; BUFFER= }; zle -N accept-line show; print REA''DY"
       zpty -r shell line '*READY*'
       zpty -w -n shell "${PROGRAM} $2"$'\\t\\r'
       zpty -r shell line '*<*>*'
       print -r -- "$line"`,
      'zsh',
      scripts,
      typed,
    );
  const typed = (line: string) => /<docker-credential-openshift ([^<>]*?) ?>\s*$/.exec(zsh(line))?.[1];
  assert.equal(typed('log'), 'log');
  assert.equal(typed('stat'), 'status');
  assert.equal(typed('setup --context w'), 'setup --context work');
  assert.equal(typed('login --certificate-authority file-'), 'login --certificate-authority file-of-mine');
});

test(...testWith(['groff'], 'the manual page is built, and groff finds no fault in it'), () => {
  const page = fileURLToPath(
    new URL('../../dist/share/man/man1/docker-credential-openshift.1', import.meta.url),
  );
  const warnings = execFileSync('sh', ['-c', `groff -man -Tutf8 -ww -z "$1" 2>&1`, 'sh', page], {
    encoding: 'utf8',
  });
  assert.equal(warnings, '');
  const text = execFileSync('sh', ['-c', `groff -man -Tutf8 -P -cbou "$1"`, 'sh', page], {
    encoding: 'utf8',
  });
  for (const words of ['--all-expiring', 'DOCKER_CREDENTIAL_OPENSHIFT_CONFIG', 'service-account create']) {
    assert.ok(text.replaceAll('‐', '-').includes(words), words);
  }
});
