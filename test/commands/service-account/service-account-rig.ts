import assert from 'node:assert/strict';
import type { ApiReply } from '../../../src/cluster/api-fault.ts';
import type { ApiRequest } from '../../../src/commands/service-account/ensure-object.ts';
import {
  runServiceAccount,
  type ServiceAccountPorts,
} from '../../../src/commands/service-account/run-service-account.ts';
import { unexpected } from '../../support/identities.ts';

export const HOST = 'registry.example.com';
export const SERVER = 'https://api.example.com:6443';
export const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces';

/** Runs the command; what is asked for without being given fails. @param line its words */
export async function run(line: string, fakes: Partial<ServiceAccountPorts> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runServiceAccount(line.split(' '), {
    print: (text) => out.push(text),
    printError: (text) => err.push(text),
    logIn: unexpected('logIn'),
    machineName: unexpected('machineName'),
    linkHost: unexpected('linkHost'),
    ...fakes,
  });
  return { status, out, err };
}

/** A cluster that keeps what is created, and what was asked of it and linked. @param isForbidden by path and method of the API */
export function keepingCluster(
  isForbidden = (_path: string, _method: string) => false,
  existing: Record<string, object> = {},
) {
  const objects = new Map<string, object>(Object.entries(existing));
  const writes: string[] = [];
  const links: [string, object][] = [];
  const contexts: (string | undefined)[] = [];
  const reply = (status: number, body: object = {}): ApiReply => ({
    status,
    body: JSON.stringify(body),
    detail: '',
  });
  const request: ApiRequest = async (method, path, body) => {
    if (isForbidden(path, method)) return reply(403);
    const object = objects.get(path);
    if (method === 'GET') return object === undefined ? reply(404) : reply(200, object);
    assert.ok(body !== undefined, `${method} ${path} has no body`);
    writes.push(`${method} ${path}`);
    const item =
      method === 'POST' ? `${path}/${(body as { metadata: { name: string } }).metadata.name}` : path;
    assert.equal(method === 'POST', !objects.has(item), `${method} ${item}`);
    objects.set(item, body);
    return reply(method === 'POST' ? 201 : 200, body);
  };
  const ports: Partial<ServiceAccountPorts> = {
    logIn: async (_host, context) => {
      contexts.push(context);
      return { server: SERVER, user: 'alice', request };
    },
    machineName: () => 'laptop',
    linkHost: async (name, entry) => {
      links.push([name, entry]);
      return ['/c/config.yaml: linked it'];
    },
  };
  return { ports, objects, writes, links, contexts };
}
