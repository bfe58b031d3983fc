import assert from 'node:assert/strict';
import type { CheckContext } from '../../../../src/commands/doctor/check.ts';
import type { Finding, Fix } from '../../../../src/commands/doctor/finding.ts';

export const HOST = 'registry.example.com';

/** What checks are told: one host, which is the helper's own. */
export const CONTEXT: CheckContext = {
  subject: { kind: 'all' },
  hosts: [HOST],
  ours: [HOST],
  anonymous: [],
  unclaimed: [],
  aims: [],
  engines: ['docker', 'podman'],
  signal: new AbortController().signal,
};

/** A fix that is told by its file, and that no check carries out. */
export function fixOf(path: string): Fix {
  const fail = () => assert.fail('a check changes nothing');
  return { key: path, preview: fail, apply: fail };
}

/** How bad each finding is, and which file its fix is for. */
export function inShort(findings: readonly Finding[]): readonly (readonly (string | undefined)[])[] {
  return findings.map(({ status, fix }) => [status, fix?.key]);
}
