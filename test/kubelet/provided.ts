import assert from 'node:assert/strict';
import type { HelperResult } from '../support/helper-program.ts';
import { type DecodedResponse, decodeStrictly } from './strict-response.ts';

export const GROUP = 'credentialprovider.kubelet.k8s.io';
/** The deadline, and what a busy machine takes to start a process. */
const LATEST_MS = 6500;

/** What a kubelet knows after a call. */
export interface Provided extends DecodedResponse {
  /** The codes on stderr. */
  readonly codes: readonly string[];
  readonly elapsedMs: number;
}

/** @param version what a kubelet's config says of it; what it writes to stdin begins so, too (Go's encoder) */
export function requestText(request: object, version = 'v1'): string {
  const head = { kind: 'CredentialProviderRequest', apiVersion: `${GROUP}/${version}` };
  return `${JSON.stringify({ ...head, ...request })}\n`;
}

/**
 * What a kubelet makes of a call, which is held to the rule: status 0, one response that it decodes, in time, and no token
 * on stderr.
 */
export function providedBy({ status, stdout, stderr, elapsedMs }: HelperResult, version = 'v1'): Provided {
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stderr, /sha256~|eyJ[\w-]{8}/, 'a token is on stderr');
  assert.match(stderr, /^(?:docker-credential-openshift: [^\n]+\n)*$/);
  assert.match(stdout, /^[^\n]+\n$/);
  assert.ok(elapsedMs < LATEST_MS, `it took ${Math.round(elapsedMs)} ms`);
  const codes = [...stderr.matchAll(/\[([a-z-]+)\]/g)].map(([, code = '']) => code);
  return { ...decodeStrictly(stdout, `${GROUP}/${version}`), codes, elapsedMs };
}
