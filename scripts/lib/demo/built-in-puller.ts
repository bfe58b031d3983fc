import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Digest } from '../../../test/sandbox/cluster/image-store.ts';
import { basic, type ClientResponse, send } from '../../../test/sandbox/https-client.ts';
import type { Outcome, RunOptions } from './run-command.ts';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

interface DockerConfig {
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
}

/**
 * Pulls an image as docker does, for machines without any engine: its config file names a credential helper or
 * holds a login, the registry names its token endpoint, and everything downloaded is checked against its digest.
 * @param image `HOST/NAMESPACE/NAME:TAG`
 */
export async function pullImage(image: string, caPem: string, options: RunOptions): Promise<Outcome> {
  const [, host = '', repository = '', tag = ''] = /^([^/]+)\/(.+):(.+)$/.exec(image) ?? [];
  let said = '';
  try {
    const found = await findLogin(host, options);
    said = found.said;
    const url = `https://${host}/v2/${repository}`;
    const get = (path: string, authorization?: string): Promise<ClientResponse> => {
      const headers = { Accept: MANIFEST, ...(authorization && { Authorization: authorization }) };
      return send(`${url}${path}`, { caPem, headers, signal: options.signal });
    };
    const challenge = (await get(`/manifests/${tag}`)).header('WWW-Authenticate') ?? '';
    const realm = /realm="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const scope = encodeURIComponent(`repository:${repository}:pull`);
    const headers = found.login === undefined ? {} : { Authorization: found.login };
    const answer = await send(`${realm}?scope=${scope}`, { caPem, headers, signal: options.signal });
    if (answer.status !== 200) throw new Error(`unauthorized: ${realm} answered ${answer.status}`);
    const bearer = `Bearer ${(answer.json() as { token: string }).token}`;

    const manifest = await get(`/manifests/${tag}`, bearer);
    if (manifest.status !== 200) throw new Error(`unauthorized: ${url} answered ${manifest.status}`);
    const { config, layers } = manifest.json() as { config: Blob; layers: Blob[] };
    for (const { digest } of [config, ...layers]) {
      const blob = await get(`/blobs/${digest}`, bearer);
      if (sha256Digest(blob.body) !== digest) throw new Error(`${digest} is not what was sent`);
    }
    return { done: true, output: said };
  } catch (error) {
    // A pull that fails is an outcome, as an engine's is.
    return { done: false, output: `${said}Error: ${(error as Error).message}\n` };
  }
}

interface Blob {
  readonly digest: string;
}

/** The Authorization header for the token endpoint, and what a helper said on stderr. */
async function findLogin(
  host: string,
  options: RunOptions,
): Promise<{ login: string | undefined; said: string }> {
  const text = await readFile(join(options.env.HOME ?? '', '.docker/config.json'), 'utf8');
  const { credHelpers = {}, auths = {} } = JSON.parse(text) as DockerConfig;
  const name = credHelpers[host];
  if (name === undefined) {
    const auth = auths[host]?.auth;
    return { login: auth === undefined ? undefined : `Basic ${auth}`, said: '' };
  }
  const { stdout, stderr } = await askHelper(`docker-credential-${name}`, host, options);
  if (!stdout.startsWith('{')) return { login: undefined, said: stderr };
  const { Username, Secret } = JSON.parse(stdout) as { Username: string; Secret: string };
  return { login: basic(Username, Secret), said: stderr };
}

function askHelper(
  executable: string,
  host: string,
  { env, signal }: RunOptions,
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, ['get'], { env, signal });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    child.once('error', reject);
    child.once('close', () => resolve(output));
    child.stdin.end(host);
  });
}
