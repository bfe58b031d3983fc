import assert from 'node:assert/strict';
import { test } from 'node:test';
import { membersOf, parseJsonObject } from '../../../src/engines/config-files/json-fields.ts';
import { planEngineEdit, shadowsHost } from '../../../src/engines/edits/plan-engine-edit.ts';
import fc from '../../support/properties.ts';
import { configFileText, hosts } from './random-config-file.ts';

/** The members of an object, each with its own bytes: from its key to the end of its value. */
function slices(text: string, of: ReturnType<typeof parseJsonObject>) {
  return membersOf(of).map(({ name, start, end, value: node }) => ({
    name,
    raw: text.slice(start, end),
    node,
  }));
}

function under(text: string, name: string) {
  const found = slices(text, parseJsonObject(text, '')).find((member) => member.name === name);
  return found === undefined
    ? []
    : slices(text, found.node).map(({ name: key, raw }) => ({ name: key, raw }));
}

test('nothing but the planned keys differs, and planning again changes nothing', () => {
  fc.assert(
    fc.property(configFileText, fc.boolean(), (text, addCredHelpers) => {
      const request = { path: 'config.json', hosts, addCredHelpers };
      const planned = planEngineEdit(text, request);
      const after = planned.text ?? '';
      assert.equal(planned.changes.length === 0, after === text);
      JSON.parse(after);

      const others = (t: string) =>
        slices(t, parseJsonObject(t, ''))
          .filter(({ name }) => name !== 'auths' && name !== 'credHelpers')
          .map(({ raw }) => raw);
      assert.deepEqual(others(after), others(text));
      const kept = under(text, 'auths').filter(({ name }) => !hosts.some((host) => shadowsHost(name, host)));
      assert.deepEqual(under(after, 'auths'), kept);
      const foreign = (t: string) => under(t, 'credHelpers').filter(({ name }) => !hosts.includes(name));
      assert.deepEqual(foreign(after), foreign(text));
      const helpers = JSON.parse(after).credHelpers ?? {};
      for (const host of hosts) {
        const had = under(text, 'credHelpers').some(({ name }) => name === host);
        assert.equal(helpers[host], had || addCredHelpers ? 'openshift' : undefined);
      }
      // What comes before the first brace's first member and after the last brace is nobody's.
      assert.equal(/\s*$/.exec(after)?.[0], /\s*$/.exec(text)?.[0]);

      assert.deepEqual(planEngineEdit(after, request), { text: after, changes: [] });
    }),
    { numRuns: 10_000 },
  );
});
