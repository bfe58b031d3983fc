import assert from 'node:assert/strict';
import type { ApiReply, ApiRequest } from '../../../src/commands/service-account/ensure-object.ts';

/** A request and what it is answered; `body` is checked if it is given. */
export interface Exchange {
  readonly asks: string;
  readonly body?: object;
  readonly answers: number;
  readonly with?: unknown;
  readonly detail?: string;
}

/** A cluster that expects exactly these requests, in this order, and fails on any other. */
export function scriptedCluster(exchanges: readonly Exchange[]): { request: ApiRequest; finish(): void } {
  const left = [...exchanges];
  return {
    request: async (method, path, body): Promise<ApiReply> => {
      const next = left.shift();
      assert.equal(`${method} ${path}`, next?.asks ?? 'no further request');
      if (next?.body !== undefined) assert.deepEqual(body, next.body);
      return {
        status: next?.answers ?? 0,
        body: typeof next?.with === 'string' ? next.with : JSON.stringify(next?.with ?? {}),
        detail: next?.detail ?? '',
      };
    },
    finish: () => assert.deepEqual(left, [], 'requests that were never made'),
  };
}

/** A cluster that keeps what is created; `forbidden` and `existing` are paths of the API. */
export function keepingCluster(
  options: { forbidden?: (method: string, path: string) => boolean; existing?: Record<string, object> } = {},
) {
  const objects = new Map<string, object>(Object.entries(options.existing ?? {}));
  const writes: string[] = [];
  const reply = (status: number, body: object = {}): ApiReply => ({
    status,
    body: JSON.stringify(body),
    detail: '',
  });
  const request: ApiRequest = async (method, path, body) => {
    if (options.forbidden?.(method, path) === true) return reply(403);
    const found = objects.get(path);
    if (method === 'GET') return found === undefined ? reply(404) : reply(200, found);
    assert.ok(body !== undefined, `${method} ${path} has no body`);
    writes.push(`${method} ${path}`);
    const { name } = (body as { metadata: { name: string } }).metadata;
    const item = method === 'POST' ? `${path}/${name}` : path;
    assert.equal(method === 'POST', !objects.has(item), `${method} ${path} of ${name}`);
    objects.set(item, body);
    return reply(method === 'POST' ? 201 : 200, body);
  };
  return { request, objects, writes };
}
