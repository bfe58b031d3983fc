/**
 * Runs real engines in each layout and compares what they do with what their rules say.
 * Arguments: the root directories of systems that have engines; without one it is this machine's own. Ends with 1 where one
 * does something else.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { descriptorOf, ENGINES, type Engine, rulesOf } from '../../src/engines/engines.ts';
import { certificateDirectories } from '../../src/engines/lookup/engine-trust.ts';
import type { Version } from '../../src/engines/rules.ts';
import { createAuthority } from '../sandbox/certificates.ts';
import { CERTIFICATE_LAYOUTS, endOf, LAYOUTS, type Layout, SYSTEM, writeLayout } from './layouts.ts';

/** The user of what is rootless, in the roots alone. */
const UID = 1234;
const HOME = '/tmp/engine-layouts';
const PATH = `${HOME}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

/** How each engine asks a registry for an image; `trust` says how it comes by TLS. */
const COMMANDS: Partial<Record<Engine, (image: string, trust?: string) => readonly string[]>> = {
  podman: (image, trust = NO_TLS) => ['podman', ...STORAGE, 'pull', trust, image],
  buildah: (image, trust = NO_TLS) => ['buildah', ...STORAGE, 'pull', trust, image],
  skopeo: (image, trust = NO_TLS) => ['skopeo', 'inspect', trust, `docker://${image}`],
  // It needs no daemon.
  docker: (image) => ['docker', 'manifest', 'inspect', '--insecure', image],
};
const [NO_TLS, TLS] = ['--tls-verify=false', '--tls-verify=true'];
const STORAGE = ['--storage-driver=vfs', `--root=${HOME}/storage`, `--runroot=${HOME}/runroot`];

type End = 'helper' | 'login' | 'anonymous' | 'error';

/** A registry that has no image, and wants a login for that to be told. */
async function startRegistry(certificate?: { readonly certPem: string; readonly keyPem: string }) {
  const sent: string[] = [];
  const answerIt: RequestListener = ({ headers: { authorization } }, answer) => {
    const basic = authorization?.startsWith('Basic ') ? authorization.slice(6) : '';
    sent.push(Buffer.from(basic, 'base64').toString());
    answer.writeHead(authorization === undefined ? 401 : 404, {
      'WWW-Authenticate': 'Basic realm="layouts"',
      'Docker-Distribution-Api-Version': 'registry/2.0',
    });
    answer.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
  };
  const server =
    certificate === undefined
      ? createServer(answerIt)
      : createTlsServer({ cert: certificate.certPem, key: certificate.keyPem }, answerIt);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, sent, stop };
}

/** A namespace in which the root is another: in a chroot no user namespace could be made, which rootless engines need. */
function inRoot(root: string, command: readonly string[]): readonly string[] {
  if (root === '/') return command;
  const script =
    'mount --rbind "$0" "$0" && cd "$0" && mkdir -p .old && pivot_root . .old && cd / && exec "$@"';
  return ['unshare', '--mount', '--propagation', 'private', '/bin/sh', '-c', script, root, ...command];
}

function run(root: string, command: readonly string[], env: Record<string, string>): Promise<string> {
  const [program = '', ...args] = inRoot(root, command);
  return new Promise((done) => {
    const child = spawn(program, args, { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.on('error', (error) => done(String(error)));
    child.on('close', () => done(output));
  });
}

async function realEnd(root: string, engine: Engine, layout: Layout): Promise<{ end: End; output: string }> {
  const uid = layout.rootless ? UID : 0;
  const directory = join(root, HOME);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'bin'), { recursive: true });
  const registry = await startRegistry();
  let shown: readonly string[] = [];
  try {
    if (layout.helperIsMissing !== true) {
      const answer = `{"ServerURL":"x","Username":"u","Secret":"helper"}`;
      const program = join(directory, 'bin/docker-credential-openshift');
      writeFileSync(program, `#!/bin/sh\nread host\necho '${answer}'\n`, { mode: 0o755 });
    }
    const env = writeLayout(layout, { directory, home: HOME, host: registry.host, uid });
    spawnSync('chown', ['-R', `${uid}:${uid}`, directory]);
    if (layout.system !== undefined) shown = showSystem(root, directory);
    const user = layout.rootless ? ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'] : [];
    const command = COMMANDS[engine]?.(`${registry.host}/ns/app:v1`) ?? [];
    const output = await run(root, [...user, ...command], { ...env, PATH });
    const { sent } = registry;
    if (sent.includes('u:helper')) return { end: 'helper', output };
    if (sent.includes('u:file')) return { end: 'login', output };
    return { end: sent.length > 0 ? 'anonymous' : 'error', output };
  } finally {
    registry.stop();
    for (const place of shown) spawnSync('/usr/bin/umount', [place]);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Puts what a layout has below its directory into the root's places, within this process's mounts. */
function showSystem(root: string, directory: string): readonly string[] {
  const places = ['etc/containers', 'usr/share/containers'];
  for (const place of places) mkdirSync(join(directory, SYSTEM, place), { recursive: true });
  const policy = join(directory, SYSTEM, 'etc/containers/policy.json');
  writeFileSync(policy, '{"default": [{"type": "insecureAcceptAnything"}]}');
  return places.map((place) => {
    mkdirSync(join(root, place), { recursive: true });
    const { status } = spawnSync('/usr/bin/mount', [
      '--bind',
      join(directory, SYSTEM, place),
      join(root, place),
    ]);
    if (status !== 0) throw new Error(`${place} can't be mounted in ${root}`);
    return join(root, place);
  });
}

/** Whether an engine takes a registry whose authority lies in one place alone. */
async function trusts(
  root: string,
  engine: Engine,
  { path, env = {} }: (typeof CERTIFICATE_LAYOUTS)[number],
) {
  const directory = join(root, HOME);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'bin'), { recursive: true });
  const authority = await createAuthority('layouts');
  const registry = await startRegistry(await authority.issueServer(['127.0.0.1']));
  const isSystem = path.startsWith('/');
  const file = `${path.replace(/^\//, '')}/${registry.host}/ca.crt`;
  const layout: Layout = {
    name: path,
    env,
    files: isSystem ? {} : { [file]: authority.caPem },
    system: isSystem ? { [file]: authority.caPem } : {},
  };
  const variables = writeLayout(layout, { directory, home: HOME, host: registry.host, uid: 0 });
  const shown = showSystem(root, directory);
  try {
    const command = COMMANDS[engine]?.(`${registry.host}/ns/app:v1`, TLS) ?? [];
    const output = await run(root, command, { ...variables, PATH });
    return { isTrusted: registry.sent.length > 0, output };
  } finally {
    registry.stop();
    for (const place of shown) spawnSync('/usr/bin/umount', [place]);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function versionOf(root: string, engine: Engine): Promise<Version | undefined> {
  const output = await run(root, [descriptorOf(engine).program, '--version'], { PATH });
  const [, major, minor] = /version v?(\d+)\.(\d+)/i.exec(output) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

/** Gives the root a user with subordinate ids, and what rootless engines want to see. */
function prepare(root: string): void {
  const add = (file: string, line: string) => {
    const path = join(root, file);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (!text.includes(line)) writeFileSync(path, `${text}${line}\n`);
  };
  add('etc/passwd', `layouts:x:${UID}:${UID}::/nonexistent:/bin/false`);
  add('etc/group', `layouts:x:${UID}:`);
  for (const file of ['etc/subuid', 'etc/subgid']) add(file, 'layouts:100000:65536');
}

let wrong = 0;
let count = 0;
for (const root of process.argv.length > 2 ? process.argv.slice(2) : ['/']) {
  if (root !== '/') prepare(root);
  for (const engine of ENGINES.filter((name) => COMMANDS[name] !== undefined)) {
    const version = await versionOf(root, engine);
    if (version === undefined) continue;
    for (const layout of LAYOUTS.filter((each) => root !== '/' || !(each.rootless || each.system))) {
      const directory = mkdtempSync(join(tmpdir(), 'engine-layout-'));
      const uid = layout.rootless ? UID : 0;
      const rule = (await endOf(layout, engine, version, { directory, host: '127.0.0.1:1', uid })).kind;
      rmSync(directory, { recursive: true, force: true });
      const { end, output } = await realEnd(root, engine, layout);
      count++;
      if (end === rule) continue;
      wrong++;
      const since = rulesOf(engine, version).since.join('.');
      console.log(
        `${root}: ${engine} ${version.join('.')} (rules of ${since}), ${layout.name}: ${end}, and not ${rule}\n${output}`,
      );
    }
    for (const layout of root === '/' || engine === 'docker' ? [] : CERTIFICATE_LAYOUTS) {
      const variables = { HOME, ...layout.env };
      const here = { platform: 'linux', uid: 0, env: variables } as const;
      const looked = certificateDirectories(engine, 'h', here, version).map(({ path }) => path);
      const place = layout.path.startsWith('/') ? layout.path : join(HOME, layout.path);
      const { isTrusted, output } = await trusts(root, engine, layout);
      count++;
      if (isTrusted === looked.includes(`${place}/h`)) continue;
      wrong++;
      const how = isTrusted ? 'trusts' : 'does not trust';
      console.log(`${root}: ${engine} ${version.join('.')} ${how} what is in ${layout.path}\n${output}`);
    }
    console.log(`${root}: ${engine} ${version.join('.')} was run in every layout`);
  }
}
console.log(`${count} cells, of which ${wrong} are not as the rules say`);
process.exitCode = wrong === 0 ? 0 : 1;
