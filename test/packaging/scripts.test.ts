import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findProgram } from '../support/find-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const NAME = 'docker-credential-openshift';
const packaging = join(import.meta.dirname, '../../packaging');
const TOOLS =
  'sh cat chmod cp cut dirname env find grep gzip head id ls mkdir mktemp mv rm sed sha256sum sort tail tar tr';
const HOME_OF_RELEASES = 'https://example.com/releases';

function writeProgram(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

/** A home, tools as every system has them, and a release whose program writes down how it was called. */
function machine(t: TestContext, program = `echo "$@" >> "$TMPDIR/calls"`) {
  const directory = temporaryDirectory(t);
  const path = (name: string) => join(directory, name);
  mkdirSync(path('tools'));
  for (const tool of TOOLS.split(' ')) symlinkSync(findProgram(tool) ?? `/no/${tool}`, path(`tools/${tool}`));
  writeProgram(path('tools/uname'), '#!/bin/sh\ncase $1 in -m) echo aarch64 ;; *) echo Darwin ;; esac\n');
  const tree = `${NAME}-1.2.3-macos-arm64`;
  writeProgram(path(`${tree}/bin/${NAME}`), `#!/bin/sh\n${program}\n`);
  writeProgram(path(`${tree}/libexec/${NAME}/${NAME}`), '');
  writeProgram(path(`${tree}/share/man/man1/${NAME}.1`), '');
  mkdirSync(path('files'));
  execFileSync('tar', ['-C', directory, '-czf', path(`files/${tree}.tar.gz`), tree]);
  const archive = path(`files/${tree}.tar.gz`);
  const sum = createHash('sha256').update(readFileSync(archive)).digest('hex');
  const script = readFileSync(join(packaging, 'install.sh'), 'utf8')
    .replaceAll('@VERSION@', '1.2.3')
    .replaceAll('@HOME@', HOME_OF_RELEASES)
    .replace('@SUMS@', `${sum}  ${tree}.tar.gz`);
  const home = path("ho'me");
  mkdirSync(home);
  const run = (args: readonly string[], env: Record<string, string> = {}, text = script) => {
    const all = { HOME: home, PATH: path('tools'), TMPDIR: home, ...env };
    const input = { input: text, env: all, encoding: 'utf8', cwd: home } as const;
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-s', '--', ...args], input);
    return { status, stdout, stderr };
  };
  const prefix = path('prefix');
  const from = ['--prefix', prefix, '--from', path('files')];
  const calls = () => readFileSync(join(home, 'calls'), 'utf8').trim().split('\n');
  const installed = () =>
    existsSync(prefix) ? readdirSync(prefix, { recursive: true, encoding: 'utf8' }) : [];
  return { path, script, run, from, prefix, home, archive, calls, installed };
}

test('install.sh puts a release in place, and gives engines their files back before it takes it away', (t) => {
  const { run, from, prefix, calls, installed } = machine(t);
  for (const _ of ['first', 'again']) {
    const { status, stdout } = run(from);
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^Installed ${prefix}/bin/${NAME} 1.2.3\\.\\n.*setup$`, 'm'));
  }
  assert.ok(installed().includes(`libexec/${NAME}/${NAME}`));
  assert.equal(run(['--uninstall', '--prefix', prefix]).status, 0);
  assert.deepEqual(calls(), ['version', 'version', 'setup --undo --yes', 'renew --remove-timer']);
  assert.deepEqual(
    installed().filter((file) => file.includes(NAME)),
    [],
  );
});

test('install.sh removes nothing while engines would still look for the helper', (t) => {
  const { run, from, prefix, installed } = machine(t, 'test "$1" = version');
  assert.equal(run(from).status, 0);
  const { status, stderr } = run(['--uninstall', '--prefix', prefix]);
  assert.equal(status, 1);
  assert.match(stderr, /nothing was removed/);
  assert.ok(installed().includes(`bin/${NAME}`));
});

test('install.sh refuses what is not the release, what does not start and where there is none, and leaves what is there', (t) => {
  const { run, from, archive, installed, path } = machine(t);
  const whole = readFileSync(archive);
  const refused = (why: RegExp, args = from) => {
    const { status, stderr } = run(args);
    assert.equal(status, 1);
    assert.match(stderr, why);
    assert.deepEqual(installed(), []);
  };
  writeFileSync(archive, whole.subarray(0, whole.length / 2));
  refused(
    /^install\.sh: nothing was installed: \S+ is not what was released \(its SHA-256 is \w+, and not \w+\)/,
  );
  writeFileSync(archive, Buffer.concat([whole, Buffer.from('x')]));
  refused(/is not what was released/);
  rmSync(archive);
  refused(/can't be read/);
  refused(/only https is/, [...from, '--from', 'http://example.com/files']);
  refused(/There is no option --perfix/, ['--perfix', path('prefix')]);
  writeProgram(path('tools/uname'), '#!/bin/sh\ncase $1 in -m) echo riscv64 ;; *) echo Linux ;; esac\n');
  refused(/there is no docker-credential-openshift 1\.2\.3 for linux-riscv64\. With Node/);

  const broken = machine(t, 'exit 1');
  assert.match(broken.run(broken.from).stderr, /nothing was installed: the program does not start here/);
  assert.deepEqual(broken.installed(), []);
});

test('of install.sh no half does anything', (t) => {
  const { run, script, from, installed } = machine(t);
  for (let bytes = 0; bytes < script.length - 10; bytes += 977) run(from, {}, script.slice(0, bytes));
  assert.deepEqual(installed(), []);
});

test("install.sh --ci logs a job in, leaves the machine's files alone and shows no token", (t) => {
  const { run, path, home, calls } = machine(t, `echo "$@ HOME=\${HOME-none}" >> "$TMPDIR/calls"`);
  const config = join(home, '.docker/config.json');
  mkdirSync(dirname(config));
  writeFileSync(config, '{"auths":{"quay.io":{}}}');
  const token = 'sha256~aTokenOfARobot';
  const args = ['--ci', '--from', path('files')];
  const { status, stdout, stderr } = run(args, { DOCKER_CREDENTIAL_OPENSHIFT_TOKEN: token });
  assert.equal(status, 0, stderr);
  assert.equal(calls().at(-1), 'setup --yes HOME=none');
  assert.equal(readFileSync(config, 'utf8'), '{"auths":{"quay.io":{}}}');
  assert.equal(`${stdout}${stderr}`.includes(token), false);
  const shown = `${stdout}\ncat "$DOCKER_CONFIG/config.json" "$DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE"; command -v ${NAME}`;
  const job = spawnSync('/bin/sh', ['-c', shown], { env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' });
  assert.match(job.stdout, new RegExp(`quay.io.*${token}${home}/${NAME}-\\w+/bin/${NAME}\\n$`));

  const files = { GITHUB_ENV: join(home, 'env'), GITHUB_PATH: join(home, 'path'), RUNNER_TEMP: home };
  assert.equal(run(args, { ...files, DOCKER_CREDENTIAL_OPENSHIFT_TOKEN: token }).stdout, '');
  assert.match(
    readFileSync(files.GITHUB_ENV, 'utf8'),
    /^DOCKER_CONFIG=.*\nREGISTRY_AUTH_FILE=.*\n.*TOKEN_FILE=.*token\n$/,
  );
  assert.match(readFileSync(files.GITHUB_PATH, 'utf8'), /\/bin\n$/);
});

/** The script of the packages' removal, with one person. */
function removal(t: TestContext, person = 'env -i HOME="$5" sh -c "$6"') {
  const directory = temporaryDirectory(t);
  const helper = join(directory, NAME);
  const script = `. ${join(packaging, 'linux/removal.sh')}
    helper=${helper}
    has_other_copy() { false; }
    people() { echo "alice:1000:1000:${directory}"; }
    as_person() { ${person}; }
    leave_answer_if_named`;
  mkdirSync(join(directory, '.docker'));
  const config = join(directory, '.docker/config.json');
  return { helper, config, leave: () => execFileSync('/bin/sh', ['-ec', script], { encoding: 'utf8' }) };
}

test('a removed package leaves an answer where a file still names it, and takes it away when none does', (t) => {
  const { helper, config, leave } = removal(t);
  writeFileSync(config, '{"credHelpers":{"registry.example.com":"secretservice"}}');
  assert.equal(leave(), '');
  assert.equal(existsSync(helper), false);
  writeFileSync(config, '{"credHelpers":{"registry.example.com": "openshift"}}');
  assert.match(leave(), /config\.json names it\.\n.*stays, as a script that knows no login/);

  const ask = (verb: string) => {
    const { status, stdout, stderr } = spawnSync(helper, [verb], {
      input: 'r.example.com',
      encoding: 'utf8',
    });
    return [status, stdout, stderr.replace(/ was removed.*\n/, '')];
  };
  const line = 'No login for r.example.com: docker-credential-openshift';
  assert.deepEqual(ask('get'), [1, 'credentials not found in native keychain\n', line]);
  assert.deepEqual(ask('list'), [0, '{}\n', '']);
  assert.deepEqual(ask('erase'), [0, '', '']);
  assert.deepEqual(ask('store'), [1, '', NAME]);

  writeFileSync(config, '{}');
  assert.equal(leave(), '');
  assert.equal(existsSync(helper), false);
});

test('a removed package leaves an answer where nobody knows whether a file still names it', (t) => {
  const { helper, leave } = removal(t, 'return 0');
  assert.match(leave(), /^The files of alice could not be looked at\.\n/);
  assert.equal(existsSync(helper), true);
});

const asRoot = process.getuid?.() === 0 && process.platform === 'linux';

test(`${asRoot ? '' : 'SKIPPED, since it takes root on Linux: '}what a removal runs for a person has that person's rights, nothing of root's, and an end`, {
  skip: !asRoot,
}, (t) => {
  const file = join(temporaryDirectory(t), 'script');
  const look = String.raw`id -u; env | sort; if cat; then (: < /dev/tty) || echo no terminal; fi; printf "\033]0;title\007end\n"`;
  const text = `. ${join(packaging, 'linux/removal.sh')}
    deadline=$(($(date +%s) + 60))
    export SECRET=of-root
    as_person 20 nobody 65534 65534 / '${look}'
    start=$(date +%s)
    as_person 1 nobody 65534 65534 / 'trap "" TERM; sleep 50; echo late'
    echo took $(($(date +%s) - start)) | sed 's/[1-9]$/seconds/'
    deadline=0
    as_person 20 nobody 65534 65534 / 'echo too late'`;
  writeFileSync(file, text);
  // With a terminal of its own, which it must not be able to reach.
  const said = execFileSync('script', ['-qec', `sh ${file}`, '/dev/null'], {
    encoding: 'utf8',
    input: 'typed',
  });
  assert.deepEqual(
    // What was typed is echoed by the terminal, once, and read by nobody.
    said
      .replace('typed', '')
      .split('\r\n')
      .filter((line) => !/^_=|^(?:OLD)?PWD=|^SHLVL=|^Killed\b/.test(line)),
    [
      '65534',
      'HOME=/',
      'LC_ALL=C',
      'LOGNAME=nobody',
      'PATH=/usr/local/bin:/usr/bin:/bin',
      'USER=nobody',
      'sh: 1: cannot open /dev/tty: No such device or address',
      'no terminal',
      ']0;titleend',
      'took seconds',
      '',
    ],
  );
});
