import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSecretService } from '../../test/support/secret-service.ts';
import type { Program } from './timed-run.ts';

/** A helper of another project with something to answer, and how to end what it needs. */
export interface GoHelper {
  readonly program: Program;
  stop(): Promise<void>;
}

const ECR_HOST = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const ECR_KEY_ID = 'AKIAIOSFODNN7EXAMPLE';
const HOUR_MS = 3_600_000;

/**
 * amazon-ecr-credential-helper 0.6 with a valid cached token: it asks nobody
 * (its ecr-login/cache: the key holds the access key's id followed by the MD5 of nothing).
 * @param more further environment
 */
export function ecrHelper(
  executable: string,
  directory: string,
  more: Record<string, string> = {},
): GoHelper {
  const home = join(directory, 'ecr');
  const emptyMd5 = createHash('md5').digest();
  const account = Buffer.concat([Buffer.from(ECR_KEY_ID), emptyMd5]).toString('base64');
  const now = Date.now();
  const entry = {
    AuthorizationToken: Buffer.from(`AWS:${'x'.repeat(1800)}`).toString('base64'),
    RequestedAt: new Date(now - HOUR_MS).toISOString(),
    ExpiresAt: new Date(now + 11 * HOUR_MS).toISOString(),
    ProxyEndpoint: `https://${ECR_HOST}`,
    RegistryID: '123456789012',
    Service: 'ecr',
  };
  const cache = { Registries: { [`us-east-1-${account}-123456789012`]: entry }, Version: '1.0' };
  mkdirSync(join(home, '.ecr'), { recursive: true });
  writeFileSync(join(home, '.ecr/cache.json'), JSON.stringify(cache));
  return {
    program: {
      command: [executable, 'get'],
      env: {
        HOME: home,
        AWS_ACCESS_KEY_ID: ECR_KEY_ID,
        AWS_SECRET_ACCESS_KEY: 'none',
        AWS_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...more,
      },
      input: ECR_HOST,
      expect: { status: 0, output: /"Username":"AWS"/ },
    },
    stop: async () => {},
  };
}

/** docker-credential-secretservice with a secret in a gnome-keyring of its own, on a D-Bus of its own. */
export async function secretServiceHelper(executable: string, directory: string): Promise<GoHelper> {
  const { env, stop } = await startSecretService(directory);
  const host = 'registry.example.com';
  const stored = spawnSync(executable, ['store'], {
    env,
    input: JSON.stringify({ ServerURL: host, Username: 'user', Secret: 'x'.repeat(50) }),
    stdio: ['pipe', 'ignore', 'ignore'],
    timeout: 10_000,
  });
  if (stored.status !== 0) {
    await stop();
    throw new Error('docker-credential-secretservice could not store a secret');
  }
  const expect = { status: 0, output: /"Username":"user"/ };
  return { program: { command: [executable, 'get'], env, input: host, expect }, stop };
}

/** The same keyring's secret, stored by another helper for itself. */
export function inSameKeyring({ program }: GoHelper, executable: string): Program {
  const input = JSON.stringify({ ServerURL: program.input, Username: 'user', Secret: 'x'.repeat(50) });
  const { status } = spawnSync(executable, ['store'], { env: program.env, input, timeout: 10_000 });
  if (status !== 0) throw new Error(`${executable} could not store a secret`);
  return { ...program, command: [executable, 'get'] };
}
