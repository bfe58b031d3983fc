import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommandLine } from '../../src/commands/command-line.ts';
import { COMMANDS } from '../../src/commands/commands.ts';
import { type CommandDeclaration, ENVIRONMENT_VARIABLES } from '../../src/commands/declaration.ts';
import { helpOf } from '../../src/commands/help.ts';
import { parseHosts, parseWords, runAsCommand } from '../../src/commands/parse-words.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { VERSION } from '../../src/process/version.ts';
import { sourceFiles } from '../house/source-files.ts';
import { TOKEN } from '../support/identities.ts';

const NAMES = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];
const DECLARATIONS: Record<string, CommandDeclaration> = COMMANDS;

async function typed(args: readonly string[], status?: number) {
  const out: string[] = [];
  const err: string[] = [];
  const ran: string[] = [];
  const printer = { print: (line: string) => out.push(line), printError: (line: string) => err.push(line) };
  const result = await runCommandLine(args, printer, 'linux-x64', async (command, words) => {
    if (status === undefined) assert.fail('run was not expected');
    ran.push([command, ...words].join(' '));
    return status;
  });
  return { result, out: out.join('\n'), err, ran };
}

test('a command is run with its own words, and its exit status is the result', async () => {
  const { result, ran } = await typed(['setup', 'registry.example.com', '--context', 'work'], 7);
  assert.deepEqual([result, ran], [7, ['setup registry.example.com --context work']]);
});

test('every command explains all of its options by --help, by -h and by help COMMAND, and is not run', async () => {
  for (const name of NAMES) {
    for (const args of [
      [name, '--help'],
      [name, 'x', '-h'],
      ['help', name],
    ]) {
      const { result, out } = await typed(args);
      assert.equal(result, 0);
      assert.match(out, new RegExp(`^Usage: docker-credential-openshift ${name}`));
      for (const option of [...Object.keys(COMMANDS[name].options), 'help'])
        assert.match(
          out,
          new RegExp(`^  (?:-\\w, )?--${option}(?: \\S+)?(?:  +\\S|$)`, 'm'),
          `${name} --${option}`,
        );
    }
  }
});

test('the help of a command without words has no empty part for them', () => {
  const wordless: CommandDeclaration = { ...DECLARATIONS.status, words: [] } as CommandDeclaration;
  assert.doesNotMatch(helpOf(wordless), /Arguments:/);
  assert.match(helpOf(wordless), /Options:/);
});

test('help names every command, verb and environment variable, and no help is wider than 80 columns', async () => {
  const { out } = await typed(['help']);
  for (const name of [...NAMES, 'get', 'store', 'erase', 'list', ...Object.keys(ENVIRONMENT_VARIABLES)])
    assert.match(out, new RegExp(`^  ${name}(?:  |$)`, 'm'), name);
  for (const args of [['help'], ...NAMES.map((name) => ['help', name])]) {
    for (const line of (await typed(args)).out.split('\n')) assert.ok(line.length <= 80, line);
  }
});

test('every variable of this program that the source names is in the help', () => {
  const named = sourceFiles().flatMap(
    ({ text }) => text.match(/\bDOCKER_CREDENTIAL_OPENSHIFT_[A-Z_]*[A-Z]\b/g) ?? [],
  );
  const { text } = sourceFiles().find(({ name }) => name === 'hosts/environment-settings.ts') ?? { text: '' };
  const read = Array.from(
    text.matchAll(/read\('(\w+)'\)/g),
    ([, name]) => `DOCKER_CREDENTIAL_OPENSHIFT_${name}`,
  );
  assert.ok(read.length >= 7);
  assert.deepEqual(
    [...new Set([...named, ...read])].filter((name) => !Object.hasOwn(ENVIRONMENT_VARIABLES, name)),
    [],
  );
});

test('every example and every usage has only words that the command takes', () => {
  for (const [name, declaration] of Object.entries(DECLARATIONS)) {
    for (const { run } of declaration.examples) {
      const [command, ...words] = run.replace(/ <.*/, '').split(' ');
      assert.equal(command, name);
      assert.equal(typeof parseWords(words, declaration), 'object', run);
    }
    for (const option of declaration.usage.join(' ').match(/--[\w-]+/g) ?? [])
      assert.ok(Object.hasOwn(declaration.options, option.slice(2)), option);
  }
});

test('a word that is close to a command is answered with it', async () => {
  for (const args of [['setpu'], ['help', 'setpu']]) {
    const { result, err } = await typed(args);
    assert.deepEqual([result, err], [2, ['There is no such command. Did you mean `setup`?']]);
  }
});

test('version prints the version first, then commit, date and platform', async () => {
  for (const word of ['version', '--version', '-V']) {
    const lines = (await typed([word])).out.split('\n');
    assert.equal(lines[0], VERSION);
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(' ')[0]),
      ['commit', 'date', 'platform'],
    );
    assert.equal(lines.at(-1), 'platform linux-x64');
  }
});

test('help of a verb, of version or of help itself is the help of all; version takes no words', async () => {
  const { out: all } = await typed(['help']);
  for (const args of [
    ['help', 'get'],
    ['help', 'list'],
    ['help', 'version'],
    ['help', 'help'],
    ['version', '-h'],
  ]) {
    const { result, out } = await typed(args);
    assert.deepEqual([result, out], [0, all], args.join(' '));
  }
  const { result, out, err } = await typed(['version', '--json']);
  assert.deepEqual([result, out, err], [2, '', ['`version` takes no arguments.']]);
});

test('an unknown option is named with the closest one, and no token is repeated', () => {
  const { 'service-account': account, setup } = COMMANDS;
  assert.equal(parseWords(['--contxt', 'a'], setup), 'There is no option --contxt. Did you mean --context?');
  assert.equal(parseWords(['--frobnicate'], setup), 'There is no option --frobnicate.');
  assert.equal(parseWords(['-yx'], setup), 'There is no option -x.');
  assert.equal(parseWords([`--${TOKEN}`], setup), 'There is no such option.');
  assert.equal(parseWords(['--hst=a'], account), 'There is no option --hst. Did you mean --host?');
});

test('an option gets its value, a switch gets none, and what comes behind -- is no option', () => {
  const { setup, login, doctor } = COMMANDS;
  for (const words of [['--context'], ['--context='], ['--context', '--yes']])
    assert.equal(parseWords(words, setup), '--context needs a value: NAME.');
  assert.equal(parseWords(['--yes=no'], setup), '--yes takes no value.');
  assert.deepEqual(parseWords(['--context=-x', '--', '--y'], setup), {
    values: { __proto__: null, context: '-x' },
    positionals: ['--y'],
  });
  assert.deepEqual({ ...Object(parseWords(['-ualice'], login)).values }, { username: 'alice' });
  assert.deepEqual({ ...Object(parseWords(['--engine', 'docker'], doctor)).values }, { engine: ['docker'] });
});

test('-y is --yes in every command that asks before it does something', () => {
  const asking = Object.values(DECLARATIONS).filter(({ options }) => Object.hasOwn(options, 'yes'));
  assert.deepEqual(
    asking.map(({ name }) => name),
    ['setup', 'doctor', 'logout'],
  );
  for (const declaration of asking)
    assert.deepEqual(parseWords(['-y'], declaration), parseWords(['--yes'], declaration));
});

test('the declarations are data alone: a generator can read them without running anything', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(COMMANDS)), structuredClone(COMMANDS));
  for (const { name, imports } of sourceFiles()) {
    if (!name.endsWith('/declaration.ts')) continue;
    // The table of engines is data, too: their names are the values of an option.
    const data = ['commands/declaration.ts', 'engines/engines.ts'];
    const others = imports.filter(({ file, isType }) => !isType && !data.includes(file ?? ''));
    assert.deepEqual(others, [], name);
  }
});

test('an error that a person can fix is told in one line without secrets; a defect goes up as it is', async () => {
  const err: string[] = [];
  const printer = { printError: (line: string) => void err.push(line) };
  const fail = (error: Error) => runAsCommand(COMMANDS.status, {}, printer, () => Promise.reject(error));
  const fault = { code: 'x', message: `no ${TOKEN}`, fix: { run: 'oc login' } };
  assert.equal(await fail(new AppError(fault)), 1);
  assert.deepEqual(err, ['no *** [x]. Run: oc login']);
  await assert.rejects(fail(new TypeError('defect')), TypeError);
});

test('a token pasted in the place of a host is repeated by no command', () => {
  for (const typed of [TOKEN, `eyJ${'k'.repeat(300)}.`])
    assert.doesNotMatch(String(parseHosts([typed])), /kkk/);
  assert.deepEqual(parseHosts(['https://R.example.com/v1/', 'r.example.com']), ['r.example.com']);
});
