import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identities, Identity } from '../../src/hosts/identity.ts';
import { routeToServer, theRouteTo } from '../../src/hosts/route-to-server.ts';
import { identity, SERVER } from '../support/identities.ts';

const plain = identity({ context: 'plain', route: 'plain' });
const proxied = identity({ context: 'proxied', route: 'proxied' });
const insecure = identity({ context: 'insecure', route: 'insecure', insecure: true });
const elsewhere = identity({ context: 'elsewhere', server: 'https://api.other.example.com' });
const routeOf = (all: readonly Identity[], more: Partial<Identities> = {}, context?: string) => {
  const choice = routeToServer(SERVER, { all, current: undefined, problems: [], ...more }, context);
  return 'rivals' in choice ? choice.rivals.map(({ entry }) => entry) : choice.route.route;
};

test("a server is reached by the current context's connection, also where that is not verified", () => {
  for (const current of [plain, proxied, insecure]) {
    assert.equal(routeOf([insecure, proxied, plain, elsewhere], { current }), current.route);
  }
  const more = {
    current: identity({ context: undefined, server: elsewhere.server }),
    currentContext: proxied,
  };
  assert.equal(routeOf([insecure, proxied, plain], more), 'proxied');
});

test('the context that the config names comes before the current one, if it is of that server', () => {
  assert.equal(routeOf([plain, proxied], { current: plain }, 'proxied'), 'proxied');
  assert.equal(routeOf([plain, elsewhere], { current: plain }, 'elsewhere'), 'plain');
});

test('where none is current a verified one counts, in whatever order they stand', () => {
  for (const all of [
    [insecure, plain],
    [plain, insecure],
  ])
    assert.equal(routeOf(all, { current: elsewhere }), 'plain');
  assert.equal(routeOf([insecure]), 'insecure');
});

test('several that are reached alike are one', () => {
  assert.equal(routeOf([plain, identity({ context: 'again', user: 'bob', route: 'plain' })]), 'plain');
});

test('entries that differ, and of which none is current, are both named', () => {
  assert.deepEqual(routeOf([insecure, plain, proxied]), ['context plain', 'context proxied']);
  const unusedClusters = [{ name: 'old', server: SERVER, insecure: false, route: 'old' }];
  assert.deepEqual(routeOf([plain], { unusedClusters }), ['context plain', 'cluster old']);
  const identities = { all: [plain, proxied], current: undefined, problems: [] };
  assert.throws(() => theRouteTo(SERVER, identities), {
    code: 'ambiguous-route',
    message: /context plain and context proxied/,
    fix: { run: 'oc config use-context plain' },
  });
});

test("a server that no entry is of is reached by the system's roots and the environment's proxy", () => {
  assert.equal(routeOf([elsewhere]), '');
  const unusedClusters = [{ name: 'old', server: SERVER, insecure: false, route: 'old' }];
  assert.equal(routeOf([], { unusedClusters }), 'old');
});

test('where no context leads to either of two entries, none can be made the current one', () => {
  const unusedClusters = ['old', 'older'].map((name) => ({
    name,
    server: SERVER,
    insecure: false,
    route: name,
  }));
  const identities = { all: [], current: undefined, problems: [], unusedClusters };
  const fix = { do: 'Take one of the two out of it.' };
  assert.throws(() => theRouteTo(SERVER, identities), { message: /cluster old and cluster older/, fix });
  const named = { ...identities, all: [proxied], unusedClusters: unusedClusters.slice(0, 1) };
  assert.throws(() => theRouteTo(SERVER, named), { fix: { run: 'oc config use-context proxied' } });
});
