import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loginAsMeant } from '../../src/engines/config-files/login-in-entry.ts';
import { engineVersion, helperVersion, isForeignProgram } from '../../src/engines/program-versions.ts';
import { readEngines, refuseLoginInVariable } from '../../src/engines/read-engine-state.ts';
import { answerFile } from '../../src/files/answer-file.ts';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { CACHE_FORMAT } from '../../src/hosts/cached-answer.ts';
import { runProgram } from '../../src/process/run-program.ts';
import { jwt } from '../support/identities.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function placeIn(t: TestContext, env: Record<string, string> = {}) {
  const home = temporaryDirectory(t);
  const write = (path: string, text: string, mode = 0o600) => {
    mkdirSync(dirname(join(home, path)), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, path), text);
    chmodSync(join(home, path), mode);
  };
  const here = {
    platform: process.platform,
    env: { HOME: home, PATH: join(home, 'bin'), ...env },
    uid: process.geteuid?.(),
  };
  return { home, write, here };
}

test('a secret that ends in a line break, or has a part of its user name before it, is known to be refused, and why', async (t) => {
  const { write, here } = placeIn(t);
  const auths = {
    'a.example.com': { auth: base64('u:sha256~live\n') },
    'b.example.com': { auth: base64('u:s') },
    'c.example.com': { auth: base64('kube:admin:sha256~live') },
    'd.example.com': { auth: base64('u:pass:word') },
  };
  write('.docker/config.json', JSON.stringify({ auths }));
  const { state } = await readEngines(here, Date.now);
  assert.deepEqual(
    state.files.flatMap(({ logins }) => logins.map(({ secret }) => [secret?.dead, secret?.flaw])),
    [
      [true, 'line-break'],
      [false, undefined],
      [true, 'colon'],
      [false, undefined],
    ],
  );
});

test('a stored token is known to have ended by what it says itself, or by what its cluster said', async (t) => {
  const { home, write, here } = placeIn(t);
  const secrets = {
    past: jwt({ exp: 1 }),
    ahead: jwt({ exp: 4e9 }),
    revoked: 'sha256~revoked',
    alive: 'sha256~alive',
    unknown: 'hunter2',
  };
  const logins = Object.entries(secrets).map(([name, secret]) => [
    `${name}.example.com`,
    { auth: base64(`u:${secret}`) },
  ]);
  write('.docker/config.json', JSON.stringify({ auths: Object.fromEntries(logins) }));
  const cache = join(home, '.cache/docker-credential-openshift');
  const known = [
    { fingerprint: fingerprintOf(secrets.revoked), revoked: true },
    { fingerprint: fingerprintOf(secrets.alive), expiresAtMs: Date.now() + 3_600_000 },
  ];
  for (const [index, token] of known.entries()) {
    const path = answerFile(cache, `host-${index}.example.com`);
    const answer = { kind: 'anonymous', reasons: [] };
    write(
      path.slice(home.length),
      JSON.stringify({
        format: CACHE_FORMAT,
        answer,
        sources: [],
        checkedAt: { wallMs: 0, uptimeMs: null },
        token,
      }),
    );
  }
  const { files } = (await readEngines(here, Date.now)).state;
  const found = files.find(({ readNowBy }) => readNowBy.includes('docker'))?.logins ?? [];
  assert.deepEqual(
    found.map(({ key, secret }) => [key.split('.')[0], secret?.kind, secret?.dead]),
    [
      ['past', 'jwt', true],
      ['ahead', 'jwt', false],
      ['revoked', 'oauth', true],
      ['alive', 'oauth', false],
      ['unknown', 'other', false],
    ],
  );
  assert.doesNotMatch(JSON.stringify(files), /hunter2|sha256~|eyJ/);
  // Where nothing of ours is kept, nothing is known but what a token says itself.
  const bare = { ...here, env: { DOCKER_CONFIG: join(home, '.docker') }, uid: undefined };
  const told = (await readEngines(bare, Date.now)).state.files.find(({ isDockers }) => isDockers)?.logins;
  assert.deepEqual(
    told?.map(({ secret }) => secret?.dead),
    [true, false, false, false, false],
  );
});

test('DOCKER_AUTH_CONFIG is read as a file is, or known to be broken', async (t) => {
  const text = JSON.stringify({ auths: { 'a.example.com': { auth: base64('u:p') } } });
  const read = async (value: string) =>
    (await readEngines(placeIn(t, { DOCKER_AUTH_CONFIG: value }).here, Date.now)).state.dockerAuthConfig;
  const logins = await read(text);
  assert.deepEqual(Array.isArray(logins) && logins.map(({ key }) => key), ['a.example.com']);
  assert.equal(await read(''), undefined);
  // Seen with docker 28.5 and 29.7: for any of these it drops the whole of it.
  const whole = `"b.example.com": {"auth": "${base64('u:p')}"}`;
  for (const odd of [
    'nonsense',
    `{"auths": {${whole}}, "HttpHeaders": {}}`,
    `{"auths": {${whole}, "a.example.com": {}}}`,
    `{"auths": {${whole}, "a.example.com": {"auth": ""}}}`,
    `{"auths": {${whole}, "a.example.com": {"auth": "no base64"}}}`,
    `{"auths": {${whole}, "a.example.com": {"auth": "${base64('u:p')}", "email": "u@example.com"}}}`,
  ])
    assert.equal(await read(odd), 'broken', odd);
});

test('engines are asked for their version, and stand for the newest where they tell none', async (t) => {
  const { write, here } = placeIn(t);
  const program = (name: string, says: string) => write(`bin/${name}`, `#!/bin/sh\necho '${says}'\n`, 0o755);
  assert.deepEqual(await engineVersion('podman', here, runProgram), {
    isInstalled: false,
    program: 'podman (not installed; as version 6 does)',
    version: undefined,
  });
  program('skopeo', 'skopeo version 1.9.3');
  assert.deepEqual((await engineVersion('podman', here, runProgram)).isInstalled, true);
  program('podman', 'podman version 4.3.1');
  assert.deepEqual(await engineVersion('podman', here, runProgram), {
    isInstalled: true,
    program: 'podman 4.3.1',
    version: [4, 3],
  });
  program('docker', 'Docker version 28.2.2, build e6534b4');
  assert.deepEqual((await engineVersion('docker', here, runProgram)).version, [28, 2]);
  const gone = await engineVersion('docker', here, async () => 'missing');
  assert.deepEqual([gone.isInstalled, gone.version], [true, undefined]);
  // The package podman-docker.
  program('docker', 'podman version 4.3.1');
  assert.equal((await engineVersion('docker', here, runProgram)).isInstalled, false);
  program('docker', '???');
  assert.deepEqual(await engineVersion('docker', here, runProgram), {
    isInstalled: true,
    program: 'docker (it does not tell its version; as version 29 does)',
    version: undefined,
  });
});

test('a program for another processor is known by its header, and so is what is not a program', (t) => {
  const path = join(temporaryDirectory(t), 'program');
  const header = (machine: number, isBigEndian = false) => {
    const bytes = Buffer.alloc(64);
    bytes.write('\x7fELF', 'latin1');
    bytes[5] = isBigEndian ? 2 : 1;
    if (isBigEndian) bytes.writeUInt16BE(machine, 18);
    else bytes.writeUInt16LE(machine, 18);
    return bytes;
  };
  const isForeign = (
    content: Buffer | string,
    arch: NodeJS.Architecture,
    platform = 'linux' as NodeJS.Platform,
  ) => {
    writeFileSync(path, content);
    return isForeignProgram(path, { platform, arch });
  };
  assert.equal(isForeign(header(62), 'x64'), false);
  assert.equal(isForeign(header(183), 'x64'), true);
  assert.equal(isForeign(header(183), 'arm64'), false);
  assert.equal(isForeign(header(22, true), 's390x'), false);
  assert.equal(isForeign('#!/bin/sh\n', 'x64'), false);
  assert.equal(isForeign('not found', 'x64'), true);
  assert.equal(isForeign('', 'x64'), true);
  assert.equal(isForeign('MZ', 'x64', 'win32'), false);
  assert.equal(isForeignProgram(`${path}-gone`, { platform: 'linux', arch: 'x64' }), false);
  assert.equal(isForeignProgram(process.execPath, process), false);
});

test('a login is read as it was meant: without a line break, and with a name without a colon', () => {
  for (const [login, meant] of [
    [
      { username: 'u', secret: 's\r\n' },
      { username: 'u', secret: 's', flaw: 'line-break' },
    ],
    [
      { username: 'kube', secret: 'admin:sha256~x' },
      { username: 'kube-admin', secret: 'sha256~x', flaw: 'colon' },
    ],
    [
      { username: 'kube', secret: 'admin:eyJ.x\n' },
      { username: 'kube-admin', secret: 'eyJ.x', flaw: 'colon' },
    ],
    [
      { username: 'u', secret: 'pass:word' },
      { username: 'u', secret: 'pass:word' },
    ],
    [{ secret: 'sha256~x' }, { username: '', secret: 'sha256~x' }],
  ] as const) {
    assert.deepEqual(loginAsMeant(login), meant);
  }
});

test('a program is this helper if it says so; one that the system refuses to run is told from one that says nothing', async (t) => {
  const path = join(temporaryDirectory(t), 'docker-credential-openshift');
  const ask = (content: string, ends: { status: number; stdout: string } | 'missing') => {
    writeFileSync(path, content);
    return helperVersion(path, { platform: 'linux', arch: 'x64' }, async () => ends);
  };
  const says = (stdout: string, status = 0) => ask('#!/bin/sh', { status, stdout });
  const version = 'docker-credential-openshift v1.2.3';
  assert.deepEqual(await says(`${version}\nmore`), { kind: 'told', version });
  assert.deepEqual(await says('docker-credential-pass v1'), { kind: 'silent' });
  assert.deepEqual(await says(version, 126), { kind: 'not-run' });
  assert.deepEqual(await ask('#!/bin/sh', 'missing'), { kind: 'silent' });
  assert.deepEqual(await ask('no program', { status: 0, stdout: '' }), { kind: 'not-run' });
  // An emulator runs it.
  assert.deepEqual(await ask('no program', { status: 0, stdout: version }), { kind: 'told', version });
});

test('a login in a variable can be taken from it by nobody but whoever set it', () => {
  const host = 'a.example.com';
  const refuse = (text?: string) => () => refuseLoginInVariable({ env: { DOCKER_AUTH_CONFIG: text } }, host);
  const holding = (key: string) => JSON.stringify({ auths: { [key]: { auth: base64('u:p') } }, more: 1 });
  assert.throws(refuse(holding(`https://${host}/v1/`)), {
    code: 'login-in-variable',
    fix: { run: 'unset DOCKER_AUTH_CONFIG' },
  });
  for (const text of [undefined, '', 'nonsense', holding('b.example.com'), `{"auths": {"${host}": {}}}`])
    assert.doesNotThrow(refuse(text));
});
