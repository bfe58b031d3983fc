import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Import, roomOf, type SourceFile, sourceFiles } from './source-files.ts';

const files = sourceFiles();
const byName = new Map(files.map((file) => [file.name, file]));

/** Which rooms a room may import from, besides its own. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  main: ['wiring', 'protocol', 'process'],
  wiring: [
    'cluster',
    'commands',
    'config',
    'engines',
    'files',
    'hosts',
    'keychain',
    'kubelet',
    'process',
    'protocol',
    'registry',
    'session',
  ],
  session: ['cluster', 'config', 'engines', 'files', 'hosts', 'keychain', 'process', 'protocol', 'registry'],
  process: ['files', 'hosts'],
  protocol: ['hosts', 'registry'],
  kubelet: ['hosts', 'registry'],
  commands: ['cluster', 'engines', 'files', 'hosts', 'kubelet', 'process', 'registry', 'session'],
  hosts: ['registry'],
  registry: [],
  config: ['hosts', 'registry'],
  cluster: ['files', 'hosts', 'process', 'registry'],
  engines: ['config', 'files', 'hosts', 'process', 'registry'],
  files: ['hosts'],
  keychain: ['files', 'hosts'],
};
const isYamlEditor = ({ file }: Import): boolean =>
  file === 'files/edit-yaml.ts' || file === 'files/yaml-nodes.ts';
/** What one room may have of another that it may not import from as a whole. */
const EXCEPTIONS: Record<string, (imported: Import) => boolean> = {
  // One way to edit YAML, whoever's file it is.
  config: isYamlEditor,
  kubelet: isYamlEditor,
  // A spelling mistake is no matter of the config, and what is wrong with a file of it is told by it.
  commands: ({ file = '', isType }) =>
    ['config/closest-name.ts', 'config/config.ts', 'keychain/read-kept.ts'].includes(file) ||
    (isType && roomOf(file) === 'config'),
};

/** Calls `report` for every import that a file of ours is imported by. */
function own(file: SourceFile): (Import & { file: string })[] {
  return file.imports.flatMap((it) => (it.file === undefined ? [] : [{ ...it, file: it.file }]));
}

test('there is no room without a rule, and every import leads to a file', () => {
  for (const file of files) {
    assert.ok(roomOf(file.name) in MAY_IMPORT, `${file.name} is in a room without a rule`);
    for (const { file: target } of own(file)) assert.ok(byName.has(target), `${file.name} imports ${target}`);
  }
});

test('imports point one way, from the protocol and the command line down to registry hosts', () => {
  const wrong = files.flatMap((file) => {
    const room = roomOf(file.name);
    return own(file)
      .filter(({ file: target }) => ![room, ...(MAY_IMPORT[room] ?? [])].includes(roomOf(target)))
      .filter((imported) => EXCEPTIONS[room]?.(imported) !== true)
      .map(({ file: target }) => `${file.name} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

test('no file imports itself, directly or by others', () => {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    assert.ok(!path.includes(name), `${[...path, name].join(' → ')} is a circle`);
    if (done.has(name)) return;
    for (const { file } of own(byName.get(name) as SourceFile)) {
      visit(file, [...path, name]);
    }
    done.add(name);
  };
  for (const { name } of files) visit(name, []);
});

test('the decisions are pure: they import no module but each other, and read neither clock nor process', () => {
  for (const { name, code, imports } of files) {
    if (roomOf(name) !== 'hosts' && roomOf(name) !== 'registry') continue;
    const foreign = imports.filter(
      ({ file, specifier }) => file === undefined && !specifier.endsWith('.json'),
    );
    assert.deepEqual(foreign, [], name);
    assert.doesNotMatch(code, /\bDate\.now\b|\bnew Date\(\)|\bprocess\.|\bsetTimeout\b|\bfetch\(/, name);
  }
});

test('only wiring and sessions know the real clock, and only the process room the real process', () => {
  const allowed: Record<string, RegExp> = {
    'main.ts': /process\.argv/g,
    'protocol/wait-for-stdin.ts': /process\.stdin/g,
    // What a system can do with directories, processes and locks is not a matter of where the program stands.
    'cluster/kubeconfig/read-identities.ts': /process\.platform/g,
    // The time that is left, and which absences count, are a session's.
    'session/session.ts': /\b(?:performance|Date)\.now\b|performance\.timeOrigin/g,
    'files/hot-files.ts': /process\.platform/g,
    'files/obstacles.ts': /process\.platform/g,
    'files/replace-file.ts': /process\.platform/g,
    'keychain/secret-service/dbus-connection.ts': /process\.platform|performance\.now\(/g,
    'keychain/secret-service/faults.ts': /process\.platform/g,
    'files/lock.ts': /process\.(?:pid|kill|platform)|(?:performance|Date)\.now\(/g,
  };
  for (const { name, code } of files) {
    if (['wiring', 'process'].includes(roomOf(name))) continue;
    const rest = code.replaceAll(allowed[name] ?? /$^/g, '');
    assert.doesNotMatch(
      rest,
      /\bDate\.now\(|(?<!-)\bprocess\.(?!getBuiltinModule)\w|\bperformance\.now\(|\bhomedir\(/,
      name,
    );
  }
});
